"""Conditions of one endpoint.

    {"extra_config": {"validation/cel": [{"check_expr": "int(req_params.Id) < 100"}]}}
"""
from __future__ import annotations

from krakpy_sdk import EndpointMiddleware, EndpointSettings, Proxy

from krakpy_cel.checking import Check
from krakpy_cel.config import checks_of
from krakpy_cel.expressions import compiled
from krakpy_cel.token import tell_of_unmet_checks


class CheckEndpoint(Check):
    """Refuses requests and answers of an endpoint that do not meet its conditions; see `CheckToken` for tokens."""

    inside = ("modifier/lua-proxy",)
    outside = ("validation/json-schema", "shadow", "static", "plugin/req-resp-modifier", "buffer_body", "flatmap")

    def __init__(self, settings: EndpointSettings, next: Proxy) -> None:
        checks = compiled(checks_of(settings.config))
        tell_of_unmet_checks(settings, checks)
        super().__init__(checks, next)


_guard: type[EndpointMiddleware] = CheckEndpoint
