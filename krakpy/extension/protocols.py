"""What the drivers of a family have that packages ask for by name: told by the Protocol that its entry point leads to.

    methods_of(Store)           # (("get", "put", "add", "delete", "take"),)
    methods_of(Reads | Writes)  # two alternatives: a driver has all methods of one of them, or of both
"""
from __future__ import annotations

import inspect
from collections.abc import Iterator
from typing import Any, get_args

from krakpy.codes import Code
from krakpy.extension.blame import place_of, said
from krakpy.extension.contracts import breaches, contract_of

Methods = tuple[str, ...]


def methods_of(protocol: Any) -> tuple[Methods, ...]:
    """The names of the methods, for each alternative of a union."""
    return tuple(_methods(each) for each in get_args(protocol) or (protocol,))


def driver_breaches(protocol: Any, loaded: object) -> list[tuple[Code, str]]:
    """Everything in which a loaded object is no driver with this Protocol; nothing of it is called or constructed."""
    try:
        return [*breaches(contract_of(""), loaded), *_breaches(protocol, loaded)]
    except BaseException as error:  # noqa: BLE001  # looking at a class may run its metaclass
        return [(Code.WRONG_KIND, f"it cannot be looked at: {said(error)}{place_of(error)}")]


def _breaches(protocol: Any, loaded: object) -> Iterator[tuple[Code, str]]:
    if not inspect.isclass(loaded):
        return
    alternatives = methods_of(protocol)
    lacking = sorted((_lacking(loaded, methods) for methods in alternatives), key=len)
    if lacking[0]:
        yield Code.WRONG_KIND, f"{loaded.__name__} has no {' and no '.join(lacking[0])}"
    for each in get_args(protocol) or (protocol,):
        for name in _methods(each):
            method = getattr(loaded, name, None)
            if callable(method) and not _takes(method, _arguments(getattr(each, name))):
                yield Code.SIGNATURE, f"{loaded.__name__}.{name} takes ({', '.join(_arguments(getattr(each, name)))})"


def _lacking(loaded: type, methods: Methods) -> list[str]:
    return [name for name in methods if not callable(getattr(loaded, name, None))]


def _methods(protocol: Any) -> Methods:
    return tuple(
        name
        for ancestor in reversed(inspect.getmro(protocol))
        if ancestor is not object and ancestor.__module__ not in ("typing", "typing_extensions")
        for name, value in vars(ancestor).items()
        if inspect.isfunction(value) and not name.startswith("_")
    )


def _arguments(method: Any) -> tuple[str, ...]:
    return tuple(inspect.signature(method).parameters)[1:]


def _takes(method: Any, arguments: tuple[str, ...]) -> bool:
    try:
        inspect.signature(method).bind(None, *arguments)
    except (TypeError, ValueError):
        return False
    return True
