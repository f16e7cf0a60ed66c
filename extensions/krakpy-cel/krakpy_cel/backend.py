"""Conditions of one backend.

    {"backend": [{"extra_config": {"validation/cel": [{"check_expr": "resp_data.state == 'ready'"}]}}]}
"""
from __future__ import annotations

from krakpy_sdk import BackendMiddleware, BackendSettings, ConfigError, Proxy

from krakpy_cel.checking import Check
from krakpy_cel.config import checks_of
from krakpy_cel.expressions import compiled, is_about_token


class CheckBackend(Check):
    """Refuses requests to a backend, and answers of it, that do not meet its conditions.

    `req_method` and `req_path` are those that the backend is asked with; `resp_data` is formatted already.
    """

    inside = (
        "load_balancer", "filter_headers", "backend/graphql", "plugin/req-resp-modifier", "qos/circuit-breaker",
        "qos/ratelimit/proxy", "modifier/lua-backend",
    )  # fmt: skip
    outside = ("formatting", "decoding", "status_rules")

    def __init__(self, settings: BackendSettings, next: Proxy) -> None:
        checks = checks_of(settings.config)
        for index, check in enumerate(checks):
            if is_about_token(check.check_expr):
                # NOTE: KrakenD never evaluates it here, and lets everybody pass
                raise ConfigError("tokens are known to endpoints alone", path=f"[{index}].check_expr")
        super().__init__(compiled(checks), next)


_guard: type[BackendMiddleware] = CheckBackend
