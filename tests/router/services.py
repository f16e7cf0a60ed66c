"""Settings to change one thing of, and applications of a few routes."""
from typing import Any

import msgspec
from krakpy_sdk import ASGIApp, Headers, Proxy, Request, Response

from krakpy.config.model import Endpoint, Router, Service
from krakpy.config.settings import EndpointSettings, ServiceSettings, resolve
from krakpy.router.pipeline import Route, build

PLAIN = Response(200, headers=Headers({"Content-Type": "text/plain"}), body=b"answered")


def service(**router: Any) -> ServiceSettings:
    """A service with these options of the router."""
    return msgspec.structs.replace(resolve(Service()), router=Router(**router))


def endpoint(path: str = "/a", **changes: Any) -> EndpointSettings:
    """An endpoint; keywords change its settings."""
    settings = resolve(Service(endpoints=(Endpoint(endpoint=path, backend=()),))).endpoints[0]
    return msgspec.structs.replace(settings, **changes)


async def plain(request: Request) -> Response:
    """A proxy that always answers the same."""
    return PLAIN


def app(*paths: str, proxy: Proxy = plain, **router: Any) -> ASGIApp:
    """An application with these endpoints (`POST /a`, or `/a` for GET), all of them answered by one proxy."""
    pairs = [path.split(" ") if " " in path else ["GET", path] for path in paths]
    return build(service(**router), [Route(path, method, proxy) for method, path in pairs])


class Seen:
    """A proxy that remembers what it was asked."""

    def __init__(self, response: Response = PLAIN) -> None:
        self.requests: list[Request] = []
        self._response = response

    async def __call__(self, request: Request) -> Response:
        self.requests.append(request)
        return self._response

    @property
    def request(self) -> Request:
        return self.requests[-1]
