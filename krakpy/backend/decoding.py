"""Turn the body of a backend's answer into a document.

    {"url_pattern": "/users", "encoding": "json", "is_collection": true}
"""
from __future__ import annotations

from krakpy_sdk import BackendMiddleware, BackendSettings, Proxy, Request, Response, Undecodable

from krakpy.proxy import Finishing


class Decoding(Finishing):
    """Gives a response that has the document as `data`, and neither the backend's status nor its header fields.

    An answer that has `data` already is passed on as it is; Undecodable for a body that is not in the backend's
    `encoding` (KrakenD: HTTP response parser). Absent for `no-op`.
    """

    inside = ("load_balancer", "filter_headers", "plugin/req-resp-modifier", "formatting")
    outside = ("status_rules",)
    paths = ()
    sees_request = False

    @classmethod
    def applies_to(cls, settings: BackendSettings) -> bool:
        return settings.decode is not None and not settings.is_no_op

    def __init__(self, settings: BackendSettings, next: Proxy) -> None:
        if settings.decode is None:
            raise ValueError(f"{settings.place}: a backend without a decoder is not decoded")
        super().__init__(next)
        self._decode = settings.decode
        self._is_collection = settings.is_collection

    def finish(self, request: Request, response: Response) -> Response:  # noqa: ARG002  the answer tells all
        """The answer with its document."""
        if response.data is not None:
            return response
        try:
            return Response(data=self._decode(response.body or b"", self._is_collection))
        except ValueError as error:
            raise Undecodable(str(error)) from error


_guard: type[BackendMiddleware] = Decoding
