"""Follow redirects of a backend, as far as they stay with that backend."""
from __future__ import annotations

from collections.abc import AsyncIterable, Awaitable
from typing import Protocol
from urllib.parse import urljoin, urlsplit

from krakpy_sdk import ClientMiddleware, ClientSettings, Headers, Proxy, Request, Response, UpstreamError

from krakpy.bodies import most_kept, whole
from krakpy.client.origin import Origin
from krakpy.proxy import Finishing

#: requests for one answer, the first included (Go: http.Client)
MAX_REQUESTS = 10

_BECOMES_GET = frozenset({301, 302, 303})
_KEEPS_METHOD = frozenset({307, 308})
_REDIRECTS = _BECOMES_GET | _KEEPS_METHOD
_ABOUT_BODY = ("Content-Type", "Content-Length", "Content-Encoding", "Content-Language", "Content-Location")
_SENSITIVE = ("Authorization", "Www-Authenticate", "Cookie", "Cookie2", "Proxy-Authorization", "Proxy-Authenticate")


class SendsBody(Protocol):
    """`extra_config."backend/http/client"`, as far as it counts here."""

    @property
    def send_body_on_redirect(self) -> bool: ...


class RedirectSettings(ClientSettings, Protocol):
    """A backend that tells how redirects treat bodies."""

    @property
    def http_client(self) -> SendsBody: ...


class Redirects(Finishing):
    """Gives the answer at the end of the redirects, for `no-op` too (KrakenD: Go's http.Client).

    301, 302 and 303 ask on with GET, or HEAD, without body; 307 and 308 repeat the request, and are given as they are
    if it has a body, unless `send_body_on_redirect`. Stricter than KrakenD: UpstreamError where a redirect leaves the
    scheme, hosts and ports of the backend (C-20). UpstreamError after ten requests.
    """

    inside = ("plugin/http-client",)
    outside = ("decompression",)

    @classmethod
    def applies_to(cls, settings: ClientSettings) -> bool:  # noqa: ARG003 - every backend may redirect
        return True

    def __init__(self, settings: RedirectSettings, next: Proxy) -> None:
        super().__init__(next)
        self._hosts = settings.hosts
        self._discover = settings.discover
        self._max_kept_body = most_kept(settings)
        self._sends_body = settings.http_client.send_body_on_redirect
        # NOTE: a body that may have to be sent again is read before the backend is asked
        self.is_transparent = not self._sends_body

    def __call__(self, request: Request) -> Awaitable[Response]:
        if self._sends_body and request.stream is not None:
            return self._kept(request, request.stream)
        return super().__call__(request)

    async def _kept(self, request: Request, stream: AsyncIterable[bytes]) -> Response:
        return await super().__call__(request.replace(body=await whole(stream, self._max_kept_body), stream=None))

    def skips(self, response: Response) -> bool:
        """Where it is no redirect."""
        return response.status not in _REDIRECTS

    def finish(self, request: Request, response: Response) -> Response | Awaitable[Response]:
        """The answer, if it is no redirect."""
        return response if response.status not in _REDIRECTS else self._followed(request, response)

    async def _followed(self, first: Request, response: Response) -> Response:
        request = first
        for _ in range(MAX_REQUESTS - 1):
            if not self._is_followed(request, response):
                return response
            request = self._next_request(first, request, response)
            # NOTE: a body that nobody reads is dropped with its response, which closes the connection
            response = await self._next(request)
            if response.status not in _REDIRECTS:
                return response
        raise UpstreamError(f"stopped after {MAX_REQUESTS} redirects")

    def _is_followed(self, request: Request, response: Response) -> bool:
        if "location" not in response.headers:
            return False
        has_body = bool(request.body) or request.stream is not None
        return response.status in _BECOMES_GET or self._sends_body or not has_body

    def _next_request(self, first: Request, last: Request, response: Response) -> Request:
        url = self._resolved(first, last, response.headers["location"])
        headers = redirected_headers(first, last.url, url)
        if response.status in _KEEPS_METHOD:
            return last.replace(url=url, headers=headers)
        for name in _ABOUT_BODY:
            headers = headers.remove(name)
        method = last.method if last.method in ("GET", "HEAD") else "GET"
        return last.replace(method=method, url=url, headers=headers, body=None, stream=None)

    def _resolved(self, first: Request, last: Request, location: str) -> str:
        try:
            url = urljoin(last.url, location)
            origin = Origin.parse("{0.scheme}://{0.netloc}".format(urlsplit(url)))
        except ValueError as error:
            raise UpstreamError("the backend redirects to what is no URL") from error
        if origin not in self._own_origins(first.url):
            # SECURITY: a backend must not choose whom the gateway asks in its own network
            raise UpstreamError(f"the backend redirects to {origin}, which is not among its hosts")
        return url

    def _own_origins(self, first_url: str) -> set[Origin]:
        hosts = {*self._hosts, *self._discover(), "{0.scheme}://{0.netloc}".format(urlsplit(first_url))}
        return {Origin.parse(host.rstrip("/")) for host in hosts if host.startswith(("http://", "https://"))}


def redirected_headers(first: Request, last_url: str, url: str) -> Headers:
    """The first request's fields, with `Referer`, and without secrets where the host is another (Go: http.Client)."""
    headers = first.headers
    if not _is_same_or_below(urlsplit(url).hostname or "", urlsplit(first.url).hostname or ""):
        for name in _SENSITIVE:
            headers = headers.remove(name)
    leaves_tls = last_url.startswith("https:") and url.startswith("http:")
    if leaves_tls:
        return headers.remove("Referer")
    return headers if "referer" in headers else headers.set("Referer", last_url)


def _is_same_or_below(host: str, parent: str) -> bool:
    return host == parent or host.endswith(f".{parent}")


_guard: type[ClientMiddleware] = Redirects
