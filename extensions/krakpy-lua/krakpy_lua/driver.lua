-- Runs scripts as coroutines, and stops them: what `engine.py` calls. The chunk gets how long a script may hold up the
-- event loop and how often one in a thread looks at the time, in seconds of CPU, and where to look whether it is given up.
-- It gives a table with `start`, `step` and what `sandbox.lua` and `api.lua` need of it.
local BRIEF_S, LOOK_S, address = ...
jit.off()
jit.flush()
-- PERF: a heap of 150 KB is swept when 450 KB of garbage lie in it, which is a third of what small scripts cost else
collectgarbage("setpause", 400)

local error, type, pcall = error, type, pcall
local create, resume, yield, status = coroutine.create, coroutine.resume, coroutine.yield, coroutine.status
local clock, mt_of = os.clock, debug.getmetatable

-- NOTE: of Python's clock, and without Python: a thread that had to wait for its interpreter just to look at the time
-- would hold up everybody else's
local ffi = require("ffi")
ffi.cdef("typedef struct { long s; long ns; } krakpy_time; int clock_gettime(int, krakpy_time *);")
local is_given_up = ffi.cast("volatile int *", ffi.cast("uintptr_t", address))
local time = ffi.new("krakpy_time")
local clock_gettime, number = ffi.C.clock_gettime, tonumber
local MONOTONIC = 1

local function now()
  clock_gettime(MONOTONIC, time)
  return number(time.s) + number(time.ns) * 1e-9
end

local NEVER = 1 / 0
local next_look = NEVER -- in seconds of the process's CPU
local deadline = 0      -- of a script in a thread, by the monotonic clock
local stopped = nil     -- why the script that runs is being stopped
local is_brief = true   -- whether the event loop waits for it
local OP = {}           -- marks what a script waits for

-- Ends the script, whatever it guards itself with.
local function stop(why)
  stopped = why
  error(why, 0)
end

-- PERF: each thousand instructions, 0.3 µs; the compiler is off, because compiled code calls no hooks
debug.sethook(function()
  if stopped then error(stopped, 0) end
  if clock() >= next_look then
    if is_brief or is_given_up[0] ~= 0 or now() >= deadline then stop("time") end
    next_look = clock() + LOOK_S
  end
end, "", 1000)

-- What `pcall` and `resume` give; a script that is stopped cannot catch that, nor that its memory is used up.
local function caught(ok, problem, ...)
  if not ok then
    if stopped then error(stopped, 0) end
    if problem == "not enough memory" then stop("memory") end
  end
  return ok, problem, ...
end

local function guarded_pcall(f, ...) return caught(pcall(f, ...)) end

local function handled(handler, ok, ...)
  if ok then return ok, ... end
  return false, handler(...)
end

-- SECURITY: the handler runs when the function has ended. Lua's own would run it within the hook that stops a script,
-- where nothing could stop it any more.
local function guarded_xpcall(f, handler) return handled(handler, caught(pcall(f))) end

-- Waits for something that only Python can do.
local function ask(...) return yield(OP, ...) end

-- A script's own coroutine that waits for Python makes whoever resumed it wait.
local function passed_on(co, ok, first, ...)
  if ok and first == OP then return passed_on(co, caught(resume(co, ask(...)))) end
  return ok, first, ...
end

local function guarded_resume(co, ...) return passed_on(co, caught(resume(co, ...))) end

local function unwrapped(ok, ...)
  if not ok then error((...), 0) end
  return ...
end

local function guarded_wrap(f)
  local co = create(f)
  return function(...) return unwrapped(guarded_resume(co, ...)) end
end

-- How a step ended: "done"; "error" and its text; "stopped" and why; or "ask", the coroutine, and for what.
local function settled(co, ok, first, ...)
  next_look = NEVER
  if stopped then
    local why = stopped
    stopped = nil
    return "stopped", why
  end
  if not ok then
    if first == "not enough memory" then return "stopped", "memory" end
    if type(first) ~= "string" then first = type(first) == "number" and tostring(first) or type(first) end
    return "error", first
  end
  if status(co) ~= "suspended" then return "done" end
  if first ~= OP then return "error", "attempt to yield from outside a coroutine" end
  return "ask", co, ...
end

-- Goes on with a coroutine: on the event loop, or in a thread until a deadline.
local function step(co, strings, until_then)
  local brief = until_then == nil
  stopped = nil
  if brief ~= is_brief then
    is_brief = brief
    -- NOTE: garbage counts against the limit of memory, so little of it may lie in a large heap
    collectgarbage("setpause", brief and 400 or 120)
  end
  -- NOTE: ("x"):upper() finds the table `string` of the script that runs, which may have put functions into it
  mt_of("").__index = strings
  deadline = until_then
  next_look = clock() + (brief and BRIEF_S or LOOK_S)
  return settled(co, resume(co))
end

return {
  step = step,
  -- NOTE: a function of its own for each request, because its globals are part of it
  start = function(factory, globals, strings, until_then)
    return step(create(setfenv(factory, globals)()), strings, until_then)
  end,
  stop = stop,
  ask = ask,
  is_brief = function() return is_brief end,
  pcall = guarded_pcall,
  xpcall = guarded_xpcall,
  resume = guarded_resume,
  wrap = guarded_wrap,
}
