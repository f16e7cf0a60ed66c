"""What extensions and seats raise and catch.

    raise ConfigError("must be a country code", path="block[0]")
"""
from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any


class KrakpyError(Exception):
    """The root of everything that krakpy and its extensions raise on purpose."""

    #: what a client sees when nothing in between knows better
    status = 500


class ConfigError(KrakpyError):
    """The configuration is wrong, here: raised by an author's `Config` or `__init__`, shown before the start.

    `path` is relative to the extension's own settings (`block[0]`); krakpy puts the place in the file before it.
    """

    def __init__(self, message: str, *, path: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.path = path

    def __str__(self) -> str:
        return f"{self.path}: {self.message}" if self.path else self.message


class UnknownKey(ConfigError):
    """A key that nobody knows: raised for the settings of a driver that somebody asks for by name."""


class MissingDriver(ConfigError):
    """No installed package offers a driver, in a configuration that asks for packages (it has the object `plugin`)."""


class Disabled(ConfigError):
    """The configuration is wrong, and a middleware is left out for it, as KrakenD does: raised while it is built.

    The gateway starts and says so; for `krakpy check` it is an error. Raise ConfigError wherever that is not KrakenD's
    way, and wherever the middleware may be what guards an endpoint; or say what stands `instead`, a proxy that refuses.
    """

    def __init__(self, message: str, *, path: str = "", instead: Callable[..., Any] | None = None) -> None:
        super().__init__(message, path=path)
        self.instead = instead


class Unusable(ConfigError):
    """What guards one endpoint cannot work as it is configured: an expression that is none, a schema that is none.

    The endpoint answers 503, and the gateway starts if another one can serve; for `krakpy check` it is an error.
    """


class RejectedError(KrakpyError):
    """The request is refused for something the client did; the client sees `status` (400 by default)."""

    def __init__(self, message: str, *, status: int = 400, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.headers = dict(headers or {})


class UpstreamError(KrakpyError):
    """A backend did not give a usable answer: look at the backend. KrakenD's clients see 500."""

    #: False where the gateway did not ask it at all, as a limit says: then it tells nothing of the backend
    was_asked = True


class Timeout(UpstreamError):
    """The backend, or all of a merge, did not answer within its deadline."""


class Refused(UpstreamError):
    """No connection to the backend could be made, or it broke before the answer was complete."""


class BadStatus(UpstreamError):
    """The backend answered with a status that is no success (KrakenD: only 200 and 201 are).

    Where `is_passed` the client sees the backend's status, and its `body` with `content_type` where messages are shown.
    """

    def __init__(
        self,
        message: str,
        *,
        backend_status: int,
        body: bytes = b"",
        content_type: str = "",
        is_passed: bool = False,
    ) -> None:
        super().__init__(message)
        self.backend_status = backend_status
        self.body = body
        self.content_type = content_type
        self.is_passed = is_passed
        if is_passed:
            self.status = backend_status


class Undecodable(UpstreamError):
    """The backend's body is not what its `encoding` says."""


class MergeError(UpstreamError):
    """Some or all backends of a merge failed; `errors` has one member for each.

    `response` holds what the others gave, or None when there is nothing (KrakenD: partial answers).
    """

    def __init__(self, errors: tuple[Exception, ...]) -> None:
        super().__init__("\n".join(str(error) for error in errors))
        self.errors = errors
