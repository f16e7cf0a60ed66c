"""Scripts in Lua: the namespaces `modifier/lua-endpoint`, `modifier/lua-proxy` and `modifier/lua-backend`."""
from krakpy_lua.endpoint import LuaEndpoint, LuaService
from krakpy_lua.pipe import LuaBackend, LuaProxy

__all__ = ["LuaBackend", "LuaEndpoint", "LuaProxy", "LuaService"]
