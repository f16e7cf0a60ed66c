"""How a hook is called in every tier: with the arguments that it declares, and for an answer that it may give."""
from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from krakpy_sdk.actions import ContractError, Patch, Reply, checked_header, checked_status
from krakpy_sdk.errors import RejectedError, UpstreamError
from krakpy_sdk.messages import Request, Response

#: what each hook may return beside None
RETURNS: Mapping[str, tuple[type[Patch] | type[Reply], ...]] = MappingProxyType({
    "http_request": (Patch, Reply),
    "http_response": (Patch,),
    "endpoint_request": (Patch, Reply),
    "endpoint_response": (Patch,),
    "backend_request": (Patch, Reply),
    "backend_response": (Patch,),
    "execute": (Reply,),
    "log": (),
})

Invoke = Callable[[Request, Response | None], Any]


def parameters(hook: Any) -> tuple[inspect.Parameter, ...]:
    """The parameters of a hook that have a name: those that can be given to it."""
    unnamed = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
    return tuple(p for p in inspect.signature(hook).parameters.values() if p.kind not in unnamed)


def wanted(method: Callable[..., Any], offered: tuple[str, ...]) -> tuple[str, ...]:
    """Which of the arguments that it is offered a bound hook takes."""
    kinds = {p.kind for p in inspect.signature(method).parameters.values()}
    names = {p.name for p in parameters(method)}
    return tuple(name for name in offered if name in names or inspect.Parameter.VAR_KEYWORD in kinds)


def picked(method: Callable[..., Any], offered: tuple[str, ...]) -> Invoke:
    """The call of a bound hook with what it declares."""
    declared = parameters(method)
    is_plain = all(p.kind is not p.KEYWORD_ONLY and p.name in offered for p in declared)
    names = tuple(p.name for p in declared)
    # PERF: the usual three by position; a dictionary for each call would be half of what it costs
    if is_plain and names == ("request",):
        return lambda request, _: method(request)
    if is_plain and names == ("request", "response"):
        return method
    if is_plain and names == ("response",):
        return lambda _, response: method(response)
    taken = wanted(method, offered)
    return lambda request, response: method(**{name: request if name == "request" else response for name in taken})


def breach(name: str, allowed: tuple[type, ...], result: object) -> ContractError:
    """The error of a hook that returned what it may not."""
    named = ", ".join([kind.__name__ for kind in allowed] + ["None"])
    if inspect.iscoroutine(result):
        result.close()
    return ContractError(f"{name} returned {type(result).__name__}; it may return {named}")


def is_meant(error: BaseException) -> bool:
    """Whether an extension says that the request is refused or that its upstream failed, and says it as it should."""
    if not isinstance(error, RejectedError):
        return isinstance(error, UpstreamError)
    try:
        checked_status(error.status)
        for name, value in error.headers.items():
            checked_header(name, value)
    except ContractError:
        return False
    return True
