"""What an operator writes under `modifier/lua-endpoint`, `modifier/lua-proxy` and `modifier/lua-backend`."""
from __future__ import annotations

import re
from dataclasses import dataclass, field

from krakpy_sdk import ConfigError

_SIZE = re.compile(r"(\d+) ?(KB|MB|KiB|MiB)")
_UNITS = {"KB": 10**3, "MB": 10**6, "KiB": 2**10, "MiB": 2**20}


@dataclass(frozen=True)
class LuaConfig:
    """The settings of a script (KrakenD: the same keys, but for `must_run` and `max_memory`)."""

    sources: tuple[str, ...] = ()
    """Files with Lua code, relative to the folder that the gateway is started in; they run first, as one script."""

    pre: str = ""
    """Code that runs before the request goes on."""

    post: str = ""
    """Code that runs on the answer; not in `modifier/lua-endpoint`."""

    live: bool = False
    """Read the sources again for each request; for development."""

    md5: dict[str, str] = field(default_factory=dict)
    """The MD5 of each source in hexadecimal digits; a file that differs does not start. Not looked at with `live`."""

    skip_next: bool = False
    """Ask nobody: `post` gets an empty answer to fill; not in `modifier/lua-endpoint`."""

    allow_open_libs: bool = False
    """Give the script `string`, `math`, `coroutine`, and of `os` and `io` what reaches neither files nor processes."""

    must_run: bool = False
    """Do not start with code that is missing or no Lua; else its requests fail, as KrakenD's do."""

    max_memory: str = "64MB"
    """What a script may use of memory, its garbage included (`500KB`, `64MB`); KrakenD has no such limit."""

    def __post_init__(self) -> None:
        if not self.max_memory_bytes:
            raise ConfigError("must be a size such as `64MB`", path="max_memory")
        for name in self.md5:
            if name not in self.sources:
                raise ConfigError(f"{name!r} is not among the sources", path="md5")

    @property
    def max_memory_bytes(self) -> int:
        """`max_memory` in bytes; 0 if it is no size."""
        match = _SIZE.fullmatch(self.max_memory)
        return int(match[1]) * _UNITS[match[2]] if match else 0
