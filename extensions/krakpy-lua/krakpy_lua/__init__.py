"""Scripts in Lua."""

__version__ = "0.1.0"
