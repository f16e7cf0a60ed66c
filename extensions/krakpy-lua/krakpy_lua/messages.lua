-- `request`, `response` and `ctx`: what a script sees of the messages. The chunk gets the callbacks, the driver and
-- `api.lua`, and gives the objects of each level by their names, and a function that adds the answer to globals.
local py, driver, api = ...

local error, select, type = error, select, type
local mt_of, ask, given, made = debug.getmetatable, driver.ask, api.given, api.made
local text_of, number_of, wrong, handle_of = api.text_of, api.number_of, api.wrong, api.handle_of

-- PERF: each message has one number in Python; which it is stands in the closures
local REQUEST, RESPONSE = 1, 2

-- What a script has given away is memory that it uses.
local function kept(is_too_much)
  if is_too_much then driver.stop("memory") end
end

-- A text that a script reads and writes: `method`, `path`, `url`, and so on
local function text_field(methods, kind, which, name)
  methods[name] = function(self, ...)
    handle_of(self, kind, name)
    if select("#", ...) == 0 then return given(py.field(which, name)) end
    local problem = py.set_field(which, name, text_of((...), 2, name))
    if problem then error(problem, 2) end
  end
end

-- A body is read when a script asks for it, and not before.
local function body_field(methods, kind, which)
  methods.body = function(self, ...)
    handle_of(self, kind, "body")
    if select("#", ...) == 1 then
      py.set_body(which, text_of((...), 2, "body"))
      return
    end
    if not py.has_body(which) then ask("body", which) end
    return given(py.body(which))
  end
end

local function header_fields(methods, kind, which)
  methods.headers = function(self, ...)
    handle_of(self, kind, "headers")
    local count = select("#", ...)
    local name, value = ...
    if count == 0 then return made(api.Table, py.headers(which)) end
    if count == 1 then return given(py.header(which, text_of(name, 2, "headers"))) end
    if count > 2 then return end
    name = text_of(name, 2, "headers")
    if value == nil then
      py.remove_header(which, name)
    else
      kept(py.set_header(which, name, text_of(value, 3, "headers")))
    end
  end

  methods.headerList = function(self, ...)
    handle_of(self, kind, "headerList")
    local count = select("#", ...)
    local name, list = ...
    if count == 0 then error("need arguments", 2) end
    if count == 1 then return made(api.List, py.header_list(which, text_of(name, 2, "headerList"))) end
    if count > 2 then return end
    name = text_of(name, 2, "headerList")
    if type(list) ~= "userdata" or mt_of(list) ~= api.List.mt then
      error("invalid header value, must be a luaList", 2)
    end
    kept(py.set_header_list(which, name, api.handles[list]))
  end
end

local function params_field(methods, kind)
  methods.params = function(self, ...)
    handle_of(self, kind, "params")
    local count = select("#", ...)
    local name, value = ...
    if count == 0 then return made(api.Table, py.params()) end
    if count == 1 then return given(py.param(text_of(name, 2, "params"))) end
    if count == 2 then kept(py.set_param(text_of(name, 2, "params"), text_of(value, 3, "params"))) end
  end
end

local function request_kind(expected, texts)
  local methods = {}
  local kind = api.class(expected, methods)
  for _, name in ipairs(texts) do text_field(methods, kind, REQUEST, name) end
  body_field(methods, kind, REQUEST)
  header_fields(methods, kind, REQUEST)
  params_field(methods, kind)
  return kind, methods
end

local Request = request_kind("request expected", { "method", "path", "query", "url" })
local Context, context_methods = request_kind("ginContext expected", { "method", "url", "host" })

function context_methods.query(self, ...)
  handle_of(self, Context, "query")
  local count = select("#", ...)
  local name, value = ...
  if count == 0 then error("need arguments", 2) end
  if count == 1 then return given(py.query(text_of(name, 2, "query"))) end
  if count == 2 then kept(py.set_query(text_of(name, 2, "query"), text_of(value, 3, "query"))) end
end

local response_methods = {}
local Response = api.class("response expected", response_methods)
body_field(response_methods, Response, RESPONSE)
header_fields(response_methods, Response, RESPONSE)

function response_methods.isComplete(self, ...)
  handle_of(self, Response, "isComplete")
  if select("#", ...) == 0 then return py.is_complete() end
  local value = ...
  if type(value) ~= "boolean" then wrong(2, "isComplete", "boolean", value, 2) end
  py.set_is_complete(value)
end

function response_methods.statusCode(self, ...)
  handle_of(self, Response, "statusCode")
  if select("#", ...) == 0 then return py.status() end
  py.set_status(number_of((...), 2, "statusCode"))
end

function response_methods.data(self)
  handle_of(self, Response, "data")
  return made(api.Table, py.data())
end

local function loaded_as(kind)
  return { load = function() return made(kind) end }
end

local function level(name, kind)
  local objects = { [name] = loaded_as(kind) }
  for own, object in pairs(api.objects) do objects[own] = object end
  return objects
end

-- The answer joins the globals when there is one.
local response = loaded_as(Response)
return {
  endpoint = level("ctx", Context), proxy = level("request", Request), backend = level("request", Request),
}, function(globals) globals.response = setmetatable({}, { __index = response, __metatable = false }) end
