"""Tell answers that are a success from those that are none, and say what becomes of the others.

    "backend/http": {"return_error_details": "users"}       # the answer holds `error_users`
    "backend/http": {"return_error_code": true}             # the client sees the backend's status

A backend whose answers are decoded succeeds with 200 and 201 alone.
"""
from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from krakpy_sdk import BackendMiddleware, BackendSettings, BadStatus, Proxy, Request, Response

from krakpy.backend.placeholders import rewritten
from krakpy.encoding.error_details import ErrorDetails
from krakpy.proxy import Finishing

Answer = Callable[[Request, Response], Response]
"""What is answered instead of a response that is no success."""


_SUCCESS = frozenset({200, 201})


class Rules(Protocol):
    """`extra_config."backend/http"`."""

    @property
    def return_error_details(self) -> str | None: ...
    @property
    def return_error_code(self) -> bool: ...


class RuledSettings(BackendSettings, Protocol):
    """A backend that tells what becomes of its errors."""

    @property
    def http(self) -> Rules: ...


class StatusRules(Finishing):
    """Raises BadStatus for every status but 200 and 201 (KrakenD: `invalid status code …`, 202, 204 and 206 too).

    With `return_error_code` the error passes status, body and type on; with `return_error_details` there is no error,
    but an incomplete answer that holds them. Absent for `no-op`, where every answer is passed on.
    """

    inside = ("filter_headers", "plugin/req-resp-modifier", "formatting", "decoding")
    paths = ()

    @classmethod
    def applies_to(cls, settings: BackendSettings) -> bool:
        return not settings.is_no_op

    def __init__(self, settings: RuledSettings, next: Proxy) -> None:
        super().__init__(next)
        self._instead = _instead(settings)

    def skips(self, response: Response) -> bool:
        """Where it is a success."""
        return response.status in _SUCCESS

    def finish(self, request: Request, response: Response) -> Response:
        """The answer, if it is a success."""
        if response.status in _SUCCESS:
            return response
        return self._instead(request, response)


def _instead(settings: RuledSettings) -> Answer:
    rules = settings.http
    if rules.return_error_details:
        return _detailed(f"error_{rules.return_error_details}")
    # NOTE: a name that is there and empty switches `return_error_code` off too (KrakenD: the same)
    is_passed = rules.return_error_code and rules.return_error_details is None
    return _failed(f"{settings.method} {rewritten(settings.url_pattern)}", is_passed=is_passed)


def _failed(asked: str, *, is_passed: bool) -> Answer:
    def failed(request: Request, response: Response) -> Response:
        raise BadStatus(
            f"invalid status code {response.status} [{asked}]: {request.url}",
            backend_status=response.status,
            body=response.body or b"",
            content_type=response.headers.get("content-type", ""),
            is_passed=is_passed,
        )

    return failed


def _detailed(key: str) -> Answer:
    def detailed(request: Request, response: Response) -> Response:  # noqa: ARG001  the answer tells all
        details = ErrorDetails(response.status, response.body or b"", response.headers.get("content-type", ""))
        return Response(data={key: details}, is_complete=False)

    return detailed


_guard: type[BackendMiddleware] = StatusRules
