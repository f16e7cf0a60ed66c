"""Whether a loaded object keeps the contract of hooks, told without calling or constructing anything of it."""
from __future__ import annotations

import inspect
from collections.abc import Iterator
from typing import Any

from krakpy_sdk.calling import parameters, wanted
from krakpy_sdk.extension import HOOKS, Extension, hooks_of

Breach = tuple[str, str]
"""The name of a code and a sentence."""


def hook_breaches(loaded: object) -> Iterator[Breach]:
    """Everything in which a loaded object is no hook; looking may run its metaclass, which may raise anything."""
    if not inspect.isclass(loaded):
        yield "WRONG_KIND", f"a hook is a class, not {type(loaded).__name__}"
        return
    if not issubclass(loaded, Extension):
        yield "WRONG_KIND", f"a hook is a subclass of krakpy_sdk.Extension; {loaded.__name__} is not"
        return
    present = hooks_of(loaded)
    if not present:
        yield "UNKNOWN_HOOK", f"{loaded.__name__} has none of the hooks {', '.join(HOOKS)}"
    for name in present:
        yield from _unknown_arguments(name, loaded)
    if loaded.body not in ("none", "buffer"):
        yield "SIGNATURE", f'body is "none" or "buffer", not {loaded.body!r}'


def hook_facts(loaded: type[Extension[Any]]) -> dict[str, Any]:
    """What a class of hooks says of itself, as values of JSON: all that a worker knows of one in a host."""
    present = hooks_of(loaded)
    return {
        "hooks": list(present),
        "takes": {name: list(wanted(getattr(loaded, name), HOOKS[name])) for name in present},
        "wants_body": loaded.body == "buffer",
        "is_safe": bool(loaded.is_safe),
    }


def path_breaches(loaded: type) -> Iterator[Breach]:
    """What is wrong with the `paths` of a class."""
    paths = getattr(loaded, "paths", None)
    if paths is not None and not (are_names(paths) and all(paths)):
        yield "SIGNATURE", f"{loaded.__name__}.paths is a tuple of dotted paths, not {paths!r}"


def are_names(names: object) -> bool:
    """Whether this is a tuple or list of texts."""
    return isinstance(names, tuple | list) and all(isinstance(name, str) for name in names)


def _unknown_arguments(name: str, loaded: type) -> Iterator[Breach]:
    hook, offered = getattr(loaded, name), HOOKS[name]
    is_method = inspect.isfunction(hook) and not isinstance(inspect.getattr_static(loaded, name), staticmethod)
    named = parameters(hook)[1 if is_method else 0 :]
    unknown = [p.name for p in named if p.name not in offered and p.default is inspect.Parameter.empty]
    if unknown:
        yield "SIGNATURE", f"{name} asks for {', '.join(unknown)}; it is offered {', '.join(offered)}"
