"""Endpoints that cannot be told apart: one path and method twice, or two names for one parameter."""
from __future__ import annotations

from collections.abc import Sequence

from krakpy.codes import Code
from krakpy.config import routes
from krakpy.config.model import Endpoint, Router, Service
from krakpy.config.report import Report
from krakpy.config.routes import Route

Found = Sequence[tuple[str, Endpoint, Route | None]]


def check_collisions(service: Service, found: Found, report: Report) -> None:
    """Reports each endpoint that collides with one before it, or with the health check; names the places of both."""
    seen = _Seen(report)
    seen.health(service.extra_config.router)
    for place, endpoint, route in found:
        if route is not None:
            seen.endpoint(endpoint.method.upper() or "GET", route, f"{place}.endpoint")


class _Seen:
    """The routes and the names of parameters so far: for each, the place where it stands."""

    def __init__(self, report: Report) -> None:
        self._report = report
        self._shapes: dict[tuple[str, tuple[str, ...]], str] = {}
        self._names: dict[tuple[str, tuple[str, ...]], tuple[str, str]] = {}

    def health(self, router: Router) -> None:
        if not router.disable_health:
            shape = tuple(routes.clean(router.health_path).split("/")[1:])
            self._shapes["GET", shape] = "extra_config.router.health_path"

    def endpoint(self, method: str, route: Route, place: str) -> None:
        shape = routes.shape(route)
        first = self._shapes.setdefault((method, shape), place)
        conflict = self._conflict(method, shape, route, place)
        if conflict:
            self._report.error(Code.CONFLICT, place, conflict, "Give the parameter one name in both.")
        elif first != place:
            self._report.error(Code.CONFLICT, place, f"`{method} {route.path}` is there already, at {first}")

    def _conflict(self, method: str, shape: tuple[str, ...], route: Route, place: str) -> str:
        """KrakenD's router has one name for each parameter of a method's tree, whatever follows it."""
        for end, segment in enumerate(route.path.split("/")[1:]):
            if not shape[end].endswith("{}"):
                continue
            name, first = self._names.setdefault((method, shape[:end + 1]), (segment, place))
            if name != segment:
                return f"the parameter `{segment}` is called `{name}` at {first}"
        return ""
