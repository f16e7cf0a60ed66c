"""The base class of hooks.

    @dataclass(frozen=True)
    class Config:
        header: str = "X-Country"

    class Geo(Extension[Config]):
        def endpoint_request(self, request):
            return Patch().set_header(self.config.header, "NO")
"""
from __future__ import annotations

import logging
from dataclasses import dataclass, field
from types import NoneType
from typing import TYPE_CHECKING, Any, ClassVar, Generic, Literal, TypeVar, get_args, get_origin

if TYPE_CHECKING:
    from typing_extensions import TypeVar as TypeVarWithDefault

    # NOTE: before Python 3.13 only type checkers know defaults; without one a bare Extension is no strict type
    ConfigT = TypeVarWithDefault("ConfigT", default=None)
else:
    ConfigT = TypeVar("ConfigT")

#: every hook with the arguments that it is offered; a hook declares any subset of them, by name
HOOKS: dict[str, tuple[str, ...]] = {
    "http_request": ("request",),
    "http_response": ("request", "response"),
    "endpoint_request": ("request",),
    "endpoint_response": ("request", "response"),
    "backend_request": ("request",),
    "backend_response": ("request", "response"),
    "execute": ("request",),
    "log": ("request", "response"),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Context:
    """Where an extension runs: all of the gateway that it can reach."""

    name: str = ""
    """The name that the configuration uses for this instance."""
    id: str = ""
    """`distribution/name`."""
    seat: str = ""
    """`server`, `endpoint`, `backend` or `client`."""
    endpoint: str = ""
    """The endpoint that lists it, or empty for the whole service."""
    log: logging.Logger = field(default_factory=lambda: logging.getLogger("krakpy.extension"))
    """A logger whose records carry this extension's name."""


class Extension(Generic[ConfigT]):
    """A hook: gets immutable snapshots and returns a `Patch`, a `Reply` or None.

    `Extension[Config]` names a dataclass for its settings; bare `Extension` has none. Hooks are methods named as in
    `HOOKS`, `def` or `async def`. One object serves many requests at once.
    """

    #: "buffer" asks for the bodies of the messages that the hooks get; "none" leaves them unread
    body: ClassVar[Literal["none", "buffer"]] = "none"

    #: dotted paths (`"user.name"`) of all that the hooks see and change in `response.data`, which is then decoded no
    #: deeper; `()` for nothing, None for the whole document
    paths: ClassVar[tuple[str, ...] | None] = None

    #: whether a call may be made twice: one whose host died with it is then asked again, in the next host, once
    is_safe: ClassVar[bool] = False

    config: ConfigT
    context: Context

    def __init__(self, config: ConfigT | None = None, context: Context | None = None) -> None:
        if config is None:
            config_type = config_type_of(type(self))
            config = None if config_type is None else config_type()
        self.config = config  # type: ignore[assignment]  # None is what a bare Extension has
        self.context = context or Context()

    def setup(self, context: Context) -> Any:
        """Called once in each process, before the first request: open what must not cross a fork. May be async."""

    def teardown(self) -> Any:
        """Called once when the process ends in good order. May be async."""


def config_type_of(extension: type) -> type | None:
    """The `Config` of `Extension[Config]`, looked for in the bases in order; None for a bare Extension."""
    for ancestor in extension.__mro__:
        for base in getattr(ancestor, "__orig_bases__", ()):
            arguments = get_args(base)
            is_extension = isinstance(get_origin(base), type) and issubclass(get_origin(base), Extension)
            if is_extension and arguments and isinstance(arguments[0], type):
                return None if arguments[0] is NoneType else arguments[0]
    return None


def hooks_of(extension: type) -> tuple[str, ...]:
    """The names of the hooks that a class has, in the order of `HOOKS`."""
    return tuple(name for name in HOOKS if callable(getattr(extension, name, None)))
