"""Reshape the document of one backend before it is merged: `target`, `allow` or `deny`, `mapping`, flatmap, `group`.

    {"url_pattern": "/users", "target": "data", "allow": ["id", "name"], "mapping": {"id": "key"}, "group": "user"}
"""
from __future__ import annotations

from krakpy_sdk import BackendMiddleware, Proxy, Request, Response

from krakpy.backend.shaping import ShapedSettings, shaper
from krakpy.encoding.flatmap import flatmap
from krakpy.proxy import Finishing


class Formatting(Finishing):
    """Applies what the backend configures, in KrakenD's order; see `krakpy.backend.shaping`.

    An incomplete answer stays as it is (KrakenD: details of an error are not formatted). Absent for `no-op`, and where
    nothing is configured.
    """

    inside = ("load_balancer", "filter_headers", "plugin/req-resp-modifier")
    outside = ("decoding", "status_rules")
    #: what it reaches is in the settings: see `krakpy.depth`
    paths = ()
    sees_request = False

    @classmethod
    def applies_to(cls, settings: ShapedSettings) -> bool:
        is_configured = settings.target or settings.allow or settings.deny or settings.mapping or settings.group
        return (bool(is_configured) or flatmap(settings.proxy.flatmap_filter) is not None) and not settings.is_no_op

    def __init__(self, settings: ShapedSettings, next: Proxy) -> None:
        super().__init__(next)
        self._shape = shaper(settings)

    def finish(self, request: Request, response: Response) -> Response:  # noqa: ARG002  the answer tells all
        """The answer in its new shape."""
        if not response.is_complete:
            return response
        return response.replace(data=self._shape(response.data))


_guard: type[BackendMiddleware] = Formatting
