-- KrakenD's objects for scripts. Values stay in Python and have a handle here: an index into the objects of the request.
-- The chunk gets the callbacks and the driver, and gives a table with `put`, which adds the objects to the globals.
local py, driver = ...

local error, find, format, floor, next, pairs, select = error, string.find, string.format, math.floor, next, pairs, select
local newproxy, setmetatable, tonumber, tostring, type = newproxy, setmetatable, tonumber, tostring, type
local unpack = unpack
local mt_of, ask, stop = debug.getmetatable, driver.ask, driver.stop

-- Messages ----------------------------------------------------------------------------------------------------------
-- What is no table says so in the words of KrakenD's interpreter when a script takes it for one.
local words = { __add = "add", __sub = "sub", __mul = "mul", __div = "div", __mod = "mod", __pow = "pow" }

local function told(kind, value)
  local mt = { __metatable = false }
  mt.__index = function(_, key)
    error(format("attempt to index a non-table object(%s) with key '%s'", kind, tostring(key)), 2)
  end
  mt.__newindex = mt.__index
  mt.__concat = function(left, right)
    error(format("cannot perform concat operation between %s and %s", type(left), type(right)), 2)
  end
  for event, word in pairs(words) do
    mt[event] = function(left, right)
      error(format("cannot perform %s operation between %s and %s", word, type(left), type(right)), 2)
    end
  end
  debug.setmetatable(value, mt)
end

told("nil", nil)
told("boolean", true)
told("function", function() end)
mt_of("").__metatable = false

-- Arguments ---------------------------------------------------------------------------------------------------------
-- A number as Go writes it: whole ones in full, others with as many digits as tell them from their neighbours.
local function number_text(value)
  if value == 0 then return "0" end
  if value == floor(value) and value > -2 ^ 63 and value < 2 ^ 63 then return format("%.0f", value) end
  if value ~= value then return "NaN" end
  if value == 1 / 0 then return "+Inf" end
  if value == -1 / 0 then return "-Inf" end
  for digits = 15, 17 do
    local text = format("%." .. digits .. "g", value)
    if tonumber(text) == value then return text end
  end
end

local function wrong(position, name, expected, value, level)
  error(format("bad argument #%d to %s (%s expected, got %s)", position, name, expected, type(value)), level + 1)
end

local function text_of(value, position, name)
  if type(value) == "string" then return value end
  if type(value) == "number" then return number_text(value) end
  wrong(position, name, "string", value, 3)
end

local function number_of(value, position, name)
  local number = type(value) ~= "boolean" and tonumber(value)
  return number or wrong(position, name, "number", value, 3)
end

-- Objects -----------------------------------------------------------------------------------------------------------
local handles = setmetatable({}, { __mode = "k" })

local function class(expected, methods)
  local template = newproxy(true)
  local mt = mt_of(template)
  mt.__index, mt.__metatable = methods, false
  return { template = template, mt = mt, expected = expected }
end

local function made(kind, handle)
  local object = newproxy(kind.template)
  handles[object] = handle
  return object
end

-- The handle of an object, which has to be of this kind.
local function handle_of(object, kind, name)
  if type(object) ~= "userdata" then wrong(1, name, "userdata", object, 3) end
  if mt_of(object) ~= kind.mt then error(kind.expected, 3) end
  return handles[object]
end

local table_methods, list_methods, response_methods = {}, {}, {}
local Table = class("response expected", table_methods)
local List = class("response expected", list_methods)
local Null = class("response expected", {})
local HttpResponse = class("response expected", response_methods)

-- What a callback gives: a value alone, or nil, a code and what belongs to it. To be called last, in place of its caller.
local function given(value, code, detail)
  if code == nil then return value end
  if code == 1 then return made(Table, detail) end
  if code == 2 then return made(List, detail) end
  if code == 3 then return made(Null) end
  if code == 4 then error(detail, 2) end
  stop("memory")
end

local native

-- Puts a value of the script's under a key or an index; what JSON does not have is left out.
local function put(put_value, put_object, handle, key, value)
  local kind = type(value)
  local is_too_much
  if kind == "string" or kind == "number" or kind == "boolean" then
    is_too_much = put_value(handle, key, value)
  elseif kind == "table" then
    is_too_much = put_object(handle, key, native(value, 0))
  elseif kind == "userdata" then
    local mt = mt_of(value)
    if mt == Table.mt or mt == List.mt then
      is_too_much = put_object(handle, key, handles[value])
    elseif mt == Null.mt then
      is_too_much = put_value(handle, key, nil)
    end
  end
  if is_too_much then stop("memory") end
end

-- The handle of a copy of a table of the script's: an object, or below the first level an array if all keys are whole.
-- PERF: most members cross in one call: 3 us for a table of four, not 8
function native(value, depth)
  if depth > 200 then error("the table is too deep", 0) end
  local flat, count, others, is_list = {}, 0, nil, depth > 0
  for key, member in next, value do
    local name = key
    if type(key) ~= "string" then
      name = type(key) == "number" and number_text(key) or tostring(key)
      is_list = is_list and type(key) == "number" and key == floor(key)
    elseif is_list then
      is_list = find(key, "^[+-]?%d+$") ~= nil
    end
    local kind = type(member)
    if count < 200 and (kind == "string" or kind == "number" or kind == "boolean") then
      flat[count + 1], flat[count + 2], count = name, member, count + 2
    elseif kind ~= "function" and kind ~= "thread" then
      others = others or {}
      others[name] = member
    end
  end
  local handle = py.new_table(unpack(flat, 1, count))
  if not handle then stop("memory") end
  for name, member in next, others or {} do
    if type(member) == "table" then
      if py.table_put(handle, name, native(member, depth + 1)) then stop("memory") end
    else
      put(py.table_set, py.table_put, handle, name, member)
    end
  end
  return is_list and py.as_list(handle) or handle
end

function table_methods.get(self, ...)
  local handle = handle_of(self, Table, "get")
  if select("#", ...) ~= 1 then error("need arguments", 2) end
  return given(py.table_get(handle, text_of((...), 2, "get")))
end

function table_methods.set(self, ...)
  local handle = handle_of(self, Table, "set")
  if select("#", ...) ~= 2 then error("need arguments", 2) end
  local key, value = ...
  put(py.table_set, py.table_put, handle, text_of(key, 2, "set"), value)
end

function table_methods.len(self) return py.len(handle_of(self, Table, "len")) end

function table_methods.del(self, ...)
  local handle = handle_of(self, Table, "del")
  if select("#", ...) ~= 1 then error("need arguments", 2) end
  py.table_del(handle, text_of((...), 2, "del"))
end

function table_methods.keys(self) return made(List, py.table_keys(handle_of(self, Table, "keys"))) end

function table_methods.keyExists(self, ...)
  local handle = handle_of(self, Table, "keyExists")
  if select("#", ...) ~= 1 then error("need arguments", 2) end
  return py.table_has(handle, text_of((...), 2, "keyExists"))
end

function list_methods.get(self, ...)
  local handle = handle_of(self, List, "get")
  if select("#", ...) ~= 1 then error("need arguments", 2) end
  return given(py.list_get(handle, number_of((...), 2, "get")))
end

function list_methods.set(self, ...)
  local handle = handle_of(self, List, "set")
  if select("#", ...) ~= 2 then error("need arguments", 2) end
  local index, value = ...
  index = number_of(index, 2, "set")
  local has_place, is_too_much = py.list_grow(handle, index)
  if is_too_much then stop("memory") end
  if has_place then put(py.list_set, py.list_put, handle, index, value) end
end

function list_methods.len(self) return py.len(handle_of(self, List, "len")) end

function list_methods.del(self, ...)
  local handle = handle_of(self, List, "del")
  if select("#", ...) ~= 1 then error("need arguments", 2) end
  py.list_del(handle, number_of((...), 2, "del"))
end

-- Calls to other services -------------------------------------------------------------------------------------------
local function fields_of(headers)
  local handle = py.new_list()
  for name, value in next, headers do
    if type(value) == "string" then
      py.append(handle, tostring(name), value)
    elseif type(value) == "table" then
      for _, one in next, value do py.append(handle, tostring(name), tostring(one)) end
    end
  end
  return handle
end

local function new_http_response(...)
  local count = select("#", ...)
  if count == 0 or count == 2 then error("need 1, 3 or 4 arguments", 2) end
  local url, method, body, headers = ...
  url = text_of(url, 1, "new")
  method = count == 1 and "GET" or text_of(method, 2, "new")
  body = count == 1 and "" or text_of(body, 3, "new")
  ask("http", url, method, body, type(headers) == "table" and fields_of(headers) or false)
  local handle, problem = py.http_answer()
  if problem then error(problem, 2) end
  return made(HttpResponse, handle)
end

function response_methods.statusCode(self) return py.http_status(handle_of(self, HttpResponse, "statusCode")) end

function response_methods.headers(self, ...)
  local handle = handle_of(self, HttpResponse, "headers")
  if select("#", ...) ~= 1 then error("need arguments", 2) end
  return given(py.http_header(handle, text_of((...), 2, "headers")))
end

function response_methods.headerList(self, ...)
  local handle = handle_of(self, HttpResponse, "headerList")
  if select("#", ...) ~= 1 then error("need arguments", 2) end
  return made(List, py.http_headers(handle, text_of((...), 2, "headerList")))
end

function response_methods.body(self) return given(py.http_body(handle_of(self, HttpResponse, "body"))) end

function response_methods.close(self) handle_of(self, HttpResponse, "close") end

-- Globals -----------------------------------------------------------------------------------------------------------
local SEPARATOR = " || "

local function custom_error(...)
  local count = select("#", ...)
  if count == 0 then error("need arguments", 2) end
  local message, code, kind = ...
  message = text_of(message, 1, "custom_error") .. SEPARATOR
  if count == 1 then error(message .. "-1", 2) end
  local number = number_of(code, 2, "custom_error")
  message = message .. format("%d", number < 0 and -floor(-number) or floor(number))
  if count > 2 then message = message .. SEPARATOR .. text_of(kind, 3, "custom_error") end
  error(message, 2)
end

return {
  number_text = number_text, text_of = text_of, number_of = number_of, wrong = wrong, class = class, made = made,
  handle_of = handle_of, handles = handles, given = given, Table = Table, List = List, custom_error = custom_error,
  objects = {
    luaTable = { new = function() return made(Table, py.new_table()) end },
    luaList = { new = function() return made(List, py.new_list()) end },
    luaNil = { new = function() return made(Null) end },
    http_response = { new = new_http_response },
  },
}
