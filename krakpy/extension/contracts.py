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
    BackendMiddleware,
    ClientMiddleware,
    Command,
    Decoder,
    Discovery,
    EndpointMiddleware,
    Extension,
    Loader,
    Merger,
    Renderer,
    RouterMiddleware,
    ServerMiddleware,
)
from krakpy_sdk.examining import are_names, hook_breaches, path_breaches
from krakpy_sdk.extension import config_type_of

from krakpy.codes import Code
from krakpy.config.decoding import decode_settings
from krakpy.config.fields import has_fields
from krakpy.errors import Problem
from krakpy.extension.blame import place_of, said

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
    Contract("loader", "driver", Loader, "load", ("path", "environ"), "makes a configuration of a template"),
    Contract("commands", "driver", Command, "run", ("arguments", "tools"), "is a command: `krakpy NAME`"),
    Contract("discovery", "driver", Discovery, "hosts", ("settings",), "finds a backend's hosts (`sd`)"),
)
CONTRACTS = MappingProxyType({contract.family: contract for contract in _TABLE})



def contract_of(family: str) -> Contract:
    """The contract of a family; those that krakpy does not know hold drivers that packages ask for by name."""
    return CONTRACTS.get(family) or Contract(family, "driver", object, "", (), "is asked for by packages, by name")


#: the families whose classes may look at decoded documents, and may say with `paths` at which part
SEES_DOCUMENTS = ("hooks", "endpoint", "backend", "merger", "renderer")


def breaches(contract: Contract, loaded: object) -> list[tuple[Code, str]]:
    """Everything in which a loaded object does not keep its contract; nothing of it is called or constructed."""
    try:
        return list(_breaches(contract, loaded))
    except BaseException as error:  # noqa: BLE001  # looking at a class may run its metaclass
        return [(Code.WRONG_KIND, f"it cannot be looked at: {said(error)}{place_of(error)}")]


def _breaches(contract: Contract, loaded: object) -> Iterator[tuple[Code, str]]:
    if not inspect.isclass(loaded):
        yield Code.WRONG_KIND, f"a {contract.kind} is a class, not {type(loaded).__name__}"
        return
    if contract.kind == "hook":
        yield from ((Code[name], text) for name, text in hook_breaches(loaded))
    else:
        yield from _callable_breaches(contract, loaded)
    config = config_type(loaded)
    if config is not None and not (isinstance(config, type) and has_fields(config)):
        yield Code.WRONG_KIND, f"the settings of {loaded.__name__} are a dataclass, not {config!r}"
    if contract.family in SEES_DOCUMENTS:
        yield from ((Code[name], text) for name, text in path_breaches(loaded))



def _callable_breaches(contract: Contract, loaded: type) -> Iterator[tuple[Code, str]]:
    arguments = ("settings", "next") if contract.kind == "middleware" else ("config",)
    if not _takes(loaded, len(arguments), skip=0):
        yield Code.SIGNATURE, f"{loaded.__name__} is built with ({', '.join(arguments)})"
    if not contract.method:
        return
    method = getattr(loaded, contract.method, None)
    if method is None or (contract.method == "__call__" and "__call__" not in _own_names(loaded)):
        yield Code.WRONG_KIND, f"{loaded.__name__} has no {contract.method}({', '.join(contract.arguments)})"
    elif not _takes(method, len(contract.arguments), skip=1):
        yield Code.SIGNATURE, f"{loaded.__name__}.{contract.method} takes ({', '.join(contract.arguments)})"
    for side in ("inside", "outside") if contract.kind == "middleware" else ():
        names = getattr(loaded, side, ())
        if not are_names(names):
            yield Code.SIGNATURE, f"{loaded.__name__}.{side} is a tuple of names, not {names!r}"


def _own_names(loaded: type) -> set[str]:
    return {name for ancestor in loaded.__mro__ for name in vars(ancestor)}


def _takes(function: Any, count: int, *, skip: int) -> bool:
    """Whether a function can be called with so many positional arguments (after `self`, if it is to be skipped)."""
    try:
        inspect.signature(function).bind(*[None] * (count + skip))
    except (TypeError, ValueError):
        return False
    return True


def config_type(loaded: Any) -> Any:
    """The class of an extension's settings, or None if it names none.

    That is the `Config` of `Extension[Config]`, or the attribute `Config` of a middleware or driver.
    """
    return config_type_of(loaded) if issubclass(loaded, Extension) else getattr(loaded, "Config", None)


def settings_for(loaded: Any, raw: Any, place: str) -> tuple[Any, list[Problem]]:
    """An extension's settings, decoded strictly into its own class, and what is wrong with them.

    Wrong settings are None. A middleware or driver without a class for them gets what is written; a bare `Extension`
    takes none.
    """
    config = config_type(loaded)
    if config is not None:
        return decode_settings(config, {} if raw is None else raw, place)
    if issubclass(loaded, Extension) and raw:
        return None, [Problem(Code.SETTINGS, place, f"{loaded.__name__} takes no settings", "remove them")]
    return raw, []


def plain_settings(config: Any, raw: Any) -> tuple[Any, list[Problem]]:
    """Settings decoded into their class, for a host that has krakpy at hand."""
    return decode_settings(config, raw, "")
