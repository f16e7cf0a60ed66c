"""Every entry-point group, and what it holds.

The contract's major version is in the group's name: `krakpy.hooks.v1`.
"""
from __future__ import annotations

import inspect
from collections.abc import Iterator
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Literal

from krakpy_sdk import (
    HOOKS,
    BackendMiddleware,
    ClientMiddleware,
    Decoder,
    Discovery,
    EndpointMiddleware,
    Extension,
    Merger,
    Renderer,
    RouterMiddleware,
    ServerMiddleware,
)
from krakpy_sdk.extension import config_type_of

from krakpy.codes import Code
from krakpy.config.decoding import decode_settings
from krakpy.errors import Problem

Kind = Literal["hook", "middleware", "driver"]
#: the major version of the contract that this krakpy speaks
MAJOR = 1


@dataclass(frozen=True, slots=True)
class Contract:
    """What the classes of one group promise."""

    family: str
    """The group's name without prefix and version: `hooks`, `backend`, `decoder` …"""
    kind: Kind
    protocol: type
    method: str
    arguments: tuple[str, ...]
    """What `method` is called with."""
    purpose: str

    @property
    def group(self) -> str:
        """The entry-point group in full."""
        return f"krakpy.{self.family}.v{MAJOR}"


_MIDDLEWARE = ("__call__", ("request",))
_TABLE = (
    Contract("hooks", "hook", Extension, "", (), "gets snapshots, returns patches; listed by name in `plugin/…`"),
    Contract("server", "middleware", ServerMiddleware, "__call__", ("scope", "receive", "send"), "wraps the app"),
    Contract("router", "middleware", RouterMiddleware, *_MIDDLEWARE, "wraps an endpoint, before headers are filtered"),
    Contract("endpoint", "middleware", EndpointMiddleware, *_MIDDLEWARE, "wraps the merge of an endpoint"),
    Contract("backend", "middleware", BackendMiddleware, *_MIDDLEWARE, "wraps one backend"),
    Contract("client", "middleware", ClientMiddleware, *_MIDDLEWARE, "wraps one exchange with an upstream"),
    Contract("merger", "driver", Merger, "merge", ("settings", "backends"), "joins the answers of several backends"),
    Contract("decoder", "driver", Decoder, "decode", ("body", "is_collection"), "decodes a body (`encoding`)"),
    Contract("renderer", "driver", Renderer, "render", ("request", "response"), "renders answers (`output_encoding`)"),
    Contract("discovery", "driver", Discovery, "hosts", ("settings",), "finds a backend's hosts (`sd`)"),
)
CONTRACTS = MappingProxyType({contract.family: contract for contract in _TABLE})


def breaches(contract: Contract, loaded: object) -> Iterator[tuple[Code, str]]:
    """Everything in which a loaded object does not keep its contract; nothing is called or constructed."""
    if not inspect.isclass(loaded):
        yield Code.WRONG_KIND, f"a {contract.kind} is a class, not {type(loaded).__name__}"
    elif contract.kind == "hook":
        yield from _hook_breaches(loaded)
    else:
        yield from _callable_breaches(contract, loaded)


def _hook_breaches(loaded: type) -> Iterator[tuple[Code, str]]:
    if not issubclass(loaded, Extension):
        yield Code.WRONG_KIND, f"a hook is a subclass of krakpy_sdk.Extension; {loaded.__name__} is not"
        return
    present = [name for name in HOOKS if callable(getattr(loaded, name, None))]
    if not present:
        yield Code.UNKNOWN_HOOK, f"{loaded.__name__} has none of the hooks {', '.join(HOOKS)}"
    for name in present:
        yield from _unknown_arguments(name, getattr(loaded, name))
    if loaded.body not in ("none", "buffer"):
        yield Code.SIGNATURE, f'body is "none" or "buffer", not {loaded.body!r}'


def _unknown_arguments(name: str, hook: Any) -> Iterator[tuple[Code, str]]:
    offered = HOOKS[name]
    unknown = [argument for argument in required(hook) if argument not in offered]
    if unknown:
        yield Code.SIGNATURE, f"{name} asks for {', '.join(unknown)}; it is offered {', '.join(offered)}"


def _callable_breaches(contract: Contract, loaded: type) -> Iterator[tuple[Code, str]]:
    arguments = ("settings", "next") if contract.kind == "middleware" else ("config",)
    if not _takes(loaded, len(arguments), skip=0):
        yield Code.SIGNATURE, f"{loaded.__name__} is built with ({', '.join(arguments)})"
    method = getattr(loaded, contract.method, None)
    if method is None or (contract.method == "__call__" and "__call__" not in _own_names(loaded)):
        yield Code.WRONG_KIND, f"{loaded.__name__} has no {contract.method}({', '.join(contract.arguments)})"
    elif not _takes(method, len(contract.arguments), skip=1):
        yield Code.SIGNATURE, f"{loaded.__name__}.{contract.method} takes ({', '.join(contract.arguments)})"


def _own_names(loaded: type) -> set[str]:
    return {name for ancestor in loaded.__mro__ for name in vars(ancestor)}


def _takes(function: Any, count: int, *, skip: int) -> bool:
    """Whether a function can be called with so many positional arguments (after `self`, if it is to be skipped)."""
    try:
        inspect.signature(function).bind(*[None] * (count + skip))
    except (TypeError, ValueError):
        return False
    return True


def required(hook: Any) -> tuple[str, ...]:
    """The names that a hook declares, `self` apart: what it will be given."""
    named = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY, inspect.Parameter.POSITIONAL_ONLY)
    parameters = [p for p in inspect.signature(hook).parameters.values() if p.kind in named and p.name != "self"]
    return tuple(p.name for p in parameters)


def settings_for(loaded: Any, raw: Any, place: str) -> tuple[Any, list[Problem]]:
    """An extension's settings, decoded strictly into its own class, and what is wrong with them.

    The class is the `Config` of `Extension[Config]`, or the attribute `Config` of a middleware or driver; a middleware
    without one gets what is written, a bare `Extension` takes no settings.
    """
    is_hook = issubclass(loaded, Extension)
    config: type[Any] | None = config_type_of(loaded) if is_hook else getattr(loaded, "Config", None)
    if config is not None:
        return decode_settings(config, {} if raw is None else raw, place)
    if is_hook and raw:
        return None, [Problem(Code.SETTINGS, place, f"{loaded.__name__} takes no settings", "remove them")]
    return raw, []
