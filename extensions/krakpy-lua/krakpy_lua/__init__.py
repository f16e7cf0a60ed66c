"""Scripts in Lua: the namespaces `modifier/lua-endpoint`, `modifier/lua-proxy` and `modifier/lua-backend`."""
from krakpy_lua.endpoint import LuaEndpoint, LuaService
from krakpy_lua.pipe import LuaBackend, LuaProxy

__version__ = "0.1.0"
__all__ = ["LuaBackend", "LuaEndpoint", "LuaProxy", "LuaService"]
