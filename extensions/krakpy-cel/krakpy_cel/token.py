"""Conditions on the token that `auth/validator` has let pass.

    {"extra_config": {"auth/validator": {}, "validation/cel": [{"check_expr": "'admin' in JWT.roles"}]}}
"""
from __future__ import annotations

import logging
from collections.abc import Awaitable
from typing import Any

from krakpy_sdk import EndpointSettings, Proxy, Request, Response, RouterMiddleware, RouterSettings
from krakpy_sdk.screening import Settled

from krakpy_cel.config import checks_of
from krakpy_cel.expressions import Checks, compiled, is_about_token
from krakpy_cel.variables import TokenVariables

log = logging.getLogger("krakpy.extension.cel")

VALIDATOR = "auth/validator"
_REFUSED = Response(401, body=b"")


class CheckToken:
    """Answers 401 to a token whose claims do not meet the conditions of its endpoint.

    The claims are an attribute of the parameters that a request has inside of the validator.
    """

    inside = (VALIDATOR,)
    outside = ("auth/signer", "modifier/lua-endpoint", "qos/ratelimit/router")

    @staticmethod
    def applies_to(settings: Any) -> bool:
        """Whether the endpoint validates tokens, and one of its expressions is about them."""
        return VALIDATOR in settings.extra_config and any(map(_is_about_token, settings.config))

    def __init__(self, settings: RouterSettings, next: Proxy) -> None:
        self._stage = compiled(checks_of(settings.config)).token
        self._variables = TokenVariables(self._stage.texts)
        self._next = next

    def __call__(self, request: Request) -> Awaitable[Response]:
        # SECURITY: without claims there is nothing to be true
        claims = getattr(request.params, "claims", None)
        if claims is None or self._stage.refusal(self._variables(claims)) is not None:
            return Settled(_REFUSED)
        return self._next(request)


def tell_of_unmet_checks(settings: EndpointSettings, checks: Checks) -> None:
    """Warn of conditions on tokens that nobody has to meet, since none is validated (KrakenD: the same, silently)."""
    if checks.token.programs and VALIDATOR not in settings.extra_config:
        log.warning("%s: conditions on JWT have no effect without %s", settings.place, VALIDATOR)


def _is_about_token(raw: object) -> bool:
    return isinstance(raw, dict) and is_about_token(str(raw.get("check_expr", "")))


_guard: type[RouterMiddleware] = CheckToken
