"""The screens around an endpoint's handler, taken together: what decides at once needs no coroutine.

    screens, handler = Screens.around(proxy)
    admitted, finishes = screens.admit(request)     # the request, or the answer in place of it
    response = finished(response, finishes)
"""
from __future__ import annotations

from collections.abc import Callable
from typing import Any

from krakpy_sdk import Proxy, Request, Response
from krakpy_sdk.screening import Screen

#: what is made of an answer, from the inside: a `finish` with its request, and the rest
Finishes = tuple[Any, ...]

_Admit = Callable[[Request], "Request | Response"] | None
_Finish = Callable[[Request, Response], Response] | None


class Screens:
    """What the screens of one endpoint do, outermost first."""

    __slots__ = ("_steps",)

    def __init__(self, screens: list[Screen]) -> None:
        self._steps: tuple[tuple[_Admit, _Finish], ...] = tuple([_step(screen) for screen in screens])

    @classmethod
    def around(cls, proxy: Proxy) -> tuple[Screens | None, Proxy]:
        """The screens that stand around a proxy, None if there are none, and what they stand around."""
        screens = []
        while isinstance(proxy, Screen) and type(proxy).__call__ is Screen.__call__:
            screens.append(proxy)
            proxy = proxy.next
        return (cls(screens) if screens else None), proxy

    def admit(self, request: Request) -> tuple[Request | Response, Finishes]:
        """The request as the handler gets it, or the answer in place of it, and what is made of any answer."""
        finishes: Finishes = ()
        for admit, finish in self._steps:
            if admit is not None:
                admitted = admit(request)
                if isinstance(admitted, Response):
                    return admitted, finishes
                request = admitted
            if finish is not None:
                finishes = (finish, request, finishes)
        return request, finishes


def finished(response: Response, finishes: Finishes) -> Response:
    """The answer as the outermost screen gives it."""
    while finishes:
        finish, request, finishes = finishes
        response = finish(request, response)
    return response


def _step(screen: Screen) -> tuple[_Admit, _Finish]:
    kind = type(screen)
    return (
        None if kind.admit is Screen.admit else screen.admit,
        None if kind.finish is Screen.finish else screen.finish,
    )
