-- What scripts find as globals: Lua 5.1 as KrakenD's interpreter has it, without what reaches files, processes, the
-- interpreter's own insides or another request. The chunk gets the callbacks, the driver, `api.lua` and the objects
-- of each level by their names, and gives a function that makes the globals of one request.
local py, driver, api, levels = ...

local error, ipairs, next, pairs, rawset, select = error, ipairs, next, pairs, rawset, select
local setfenv, setmetatable, tostring, type = setfenv, setmetatable, tostring, type
local byte, concat, find, rep, sub = string.byte, table.concat, string.find, string.rep, string.sub
local loadstring, floor = loadstring, math.floor

local function refused(name, why)
  return function() error(name .. " is not available here: " .. why, 2) end
end

local FILES = "scripts have no files, use `sources`"
local INSIDE = "it reaches out of the script"

-- Patterns ---------------------------------------------------------------------------------------------------------
-- A match is one instruction, however long it takes; so what it may take at worst is estimated before.
local BRIEF_STEPS, MOST_STEPS = 2e6, 1e9
local powers, known = {}, 0

-- With which power of the text's length the work of a pattern may grow.
local function power(pattern)
  local found = powers[pattern]
  if found then return found end
  local count, at, last = 0, 1, 0
  local is_anchored = byte(pattern, 1) == 94
  while at <= #pattern do
    local _, stop
    if find(pattern, "^%%b", at) then
      count, stop = count + 1, at + 3
    elseif find(pattern, "^%%", at) then
      stop = at + 1
    elseif find(pattern, "^%[", at) then
      _, stop = find(pattern, "^%[%^?%]?[^%]]*%]?", at)
      while sub(pattern, stop - 1, stop - 1) == "%" and sub(pattern, stop - 2, stop - 2) ~= "%" and stop < #pattern do
        _, stop = find(pattern, "[^%]]*%]?", stop + 1)
      end
    else
      stop = at
    end
    at = stop + 1
    if find(pattern, "^[*+-]", at) then
      count, last, at = count + 1, at, at + 1
    end
  end
  -- NOTE: nothing after the last repetition can fail, so it is never tried again
  if last > 0 and not find(pattern, "[^)]", last + 1) then count = count - 1 end
  if count > 0 and not is_anchored then count = count + 1 end
  if known >= 1000 then powers, known = {}, 0 end
  powers[pattern], known = count, known + 1
  return count
end

local function weighed(match)
  return function(text, pattern, ...)
    if type(text) == "string" and type(pattern) == "string" then
      local steps = (#text) ^ power(pattern)
      if steps > BRIEF_STEPS then
        if driver.is_brief() then driver.stop("heavy") end
        if steps > MOST_STEPS then error("the pattern takes too long for a text of " .. #text .. " bytes", 2) end
      end
    end
    return match(text, pattern, ...)
  end
end

local weighed_find = weighed(find)
local own_string = {}
for name, value in pairs(string) do own_string[name] = value end
own_string.dump = refused("string.dump", INSIDE)
own_string.find = function(text, pattern, init, plain)
  if plain then return find(text, pattern, init, true) end
  return weighed_find(text, pattern, init)
end
own_string.match = weighed(string.match)
own_string.gmatch = weighed(string.gmatch)
own_string.gfind = own_string.gmatch
own_string.gsub = weighed(string.gsub)
own_string.rep = function(text, times)
  if type(times) == "number" and type(text) == "string" and #text * times > 262144 and driver.is_brief() then
    driver.stop("heavy")
  end
  return rep(text, times)
end

-- Globals ----------------------------------------------------------------------------------------------------------
local base = {
  _VERSION = "Lua 5.1",
  assert = assert, error = error, getmetatable = getmetatable, ipairs = ipairs, next = next, pairs = pairs,
  rawequal = rawequal, rawget = rawget, rawset = rawset, select = select, setmetatable = setmetatable,
  tonumber = tonumber, type = type, unpack = unpack,
  pcall = driver.pcall, xpcall = driver.xpcall, custom_error = api.custom_error,
  collectgarbage = function(option) return option == "count" and collectgarbage("count") or 0 end,
  tostring = function(value)
    if type(value) == "number" then return api.number_text(value) end
    return tostring(value)
  end,
  dofile = refused("dofile", FILES), loadfile = refused("loadfile", FILES), require = refused("require", FILES),
  module = refused("module", INSIDE), getfenv = refused("getfenv", INSIDE), setfenv = refused("setfenv", INSIDE),
  newproxy = refused("newproxy", INSIDE),
  print = function(...)
    local words = {}
    for index = 1, select("#", ...) do
      local word = select(index, ...)
      words[index] = type(word) == "number" and api.number_text(word) or tostring(word)
    end
    py.print(concat(words, "\t"))
  end,
}

local libraries = {
  string = own_string,
  math = math,
  coroutine = {
    create = coroutine.create, resume = driver.resume, wrap = driver.wrap, yield = coroutine.yield,
    status = coroutine.status, running = coroutine.running,
  },
  os = {
    clock = os.clock, date = os.date, difftime = os.difftime, time = os.time, getenv = os.getenv,
    execute = refused("os.execute", INSIDE), exit = refused("os.exit", INSIDE), remove = refused("os.remove", FILES),
    rename = refused("os.rename", FILES), tmpname = refused("os.tmpname", FILES),
    setlocale = refused("os.setlocale", INSIDE), setenv = refused("os.setenv", INSIDE),
  },
  io = {
    open = refused("io.open", FILES), lines = refused("io.lines", FILES), popen = refused("io.popen", INSIDE),
    read = refused("io.read", FILES), close = refused("io.close", FILES), input = refused("io.input", FILES),
    output = refused("io.output", FILES), tmpfile = refused("io.tmpfile", FILES),
    write = function(...) py.print(concat({ ... })) end,
  },
  debug = { traceback = function(message) return message end },
}

-- Text alone: what is compiled already may be made so that it reaches anything.
local function loader(globals)
  return function(text, name)
    if type(text) == "function" then
      local pieces, more = {}, text
      repeat
        local piece = more()
        pieces[#pieces + 1] = piece
      until piece == nil or piece == ""
      text = concat(pieces)
    end
    if type(text) ~= "string" then error("bad argument #1 to load (string expected)", 2) end
    if byte(text, 1) == 27 then return nil, "compiled code is not loaded" end
    local chunk, problem = loadstring(text, name or "=string")
    return chunk and setfenv(chunk, globals), problem
  end
end

-- What a script puts into a table of ours is its own: it gets a table of its own, through which ours is read.
local function read_through(from) return { __index = from, __metatable = false } end

local packages = { package = { path = "", cpath = "" }, table = table }

-- PERF: made when a script first asks for them, since nearly all need one or two: 0.5 us for a request, not 15
local function reading(libraries)
  local through = {}
  for name, library in next, libraries do through[name] = read_through(library) end
  return {
    __metatable = false,
    __index = function(globals, name)
      local value = base[name]
      if value ~= nil then return value end
      local mt = through[name]
      if mt then
        value = setmetatable({}, mt)
      elseif name == "loadstring" or name == "load" then
        value = loader(globals)
      elseif name == "_G" then
        value = globals
      else
        return nil
      end
      rawset(globals, name, value)
      return value
    end,
  }
end

local function joined(...)
  local all = {}
  for _, some in ipairs({ ... }) do
    for name, value in next, some do all[name] = value end
  end
  return all
end

local kinds = {}
for level, objects in next, levels do
  kinds[level] = {
    [false] = reading(joined(packages, objects)),
    [true] = reading(joined(packages, objects, libraries)),
  }
end

return function(is_open, level)
  local globals = setmetatable({}, kinds[level][is_open])
  -- NOTE: without the libraries strings have no methods (KrakenD: the same)
  if is_open then return globals, globals.string end
  return globals
end
