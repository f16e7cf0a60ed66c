"""Lets nobody in without a signed token (`auth/validator`): 401 without a good one, 403 without its role or scope.

    "auth/validator": {"alg": "RS256", "jwk_url": "https://idp.test/keys", "cache": true, "roles": ["admin"]}
"""
from __future__ import annotations

import logging
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from krakpy_sdk import Proxy, Request, Response, RouterMiddleware, RouterSettings

from krakpy_jose.access import access
from krakpy_jose.algorithms import algorithm
from krakpy_jose.claims import Registered
from krakpy_jose.config import ValidatorConfig
from krakpy_jose.keyring import Keyring, keyring_of
from krakpy_jose.keys import KeySet, key_id
from krakpy_jose.propagation import Propagation
from krakpy_jose.revocations import revoked_by
from krakpy_jose.sources import Sources
from krakpy_jose.tokens import Token, TokenError, parsed

#: SECURITY: the client never learns why
UNAUTHORIZED = Response(401, body=b"")
FORBIDDEN = Response(403, body=b"")


class Validator:
    """Checks a request's token before anything else of the endpoint, and writes its claims where they are wanted."""

    Config = ValidatorConfig
    inside = (
        "security/http@service", "modifier/lua-endpoint@service", "security/bot-detector@service",
        "qos/ratelimit/service@service", "security/bot-detector", "telemetry/metrics@service",
    )  # fmt: skip
    outside = ("validation/cel", "auth/signer", "modifier/lua-endpoint", "qos/ratelimit/router")

    def __init__(
        self, settings: RouterSettings, next: Proxy, *, now: Callable[[], float] = time.time
    ) -> None:
        config: ValidatorConfig = settings.config
        self._next = next
        self._refusal = Refusals(settings.log, is_loud=config.operation_debug)
        self._algorithm = algorithm(config.alg)
        self._strategy = config.key_identify_strategy
        self._max_known = config.verified_tokens
        self._source = Sources(
            header=config.auth_header_name or "Authorization",
            cookie=config.cookie_key or "access_token",
            is_strict=config.strict_sources,
        )
        self._registered = Registered(config, now=now)
        self._may_enter = access(config)
        self._is_revoked = revoked_by(settings)
        self._propagated = Propagation(
            pairs_of(config, settings.log),
            keeps_arrays=config.propagate_claims_preserve_array,
            patterns=[backend.url_pattern for backend in settings.backends],
        )
        self._keyring: Keyring | None = None
        if config.is_insecure:
            settings.log.warning(
                "%s: nobody may enter, because nothing vouches for the keys: use https:// or set disable_jwk_security",
                settings.place,
            )
        else:
            self._keyring = keyring_of(settings, config, self._algorithm, settings.timeout_s)

    async def setup(self) -> None:
        """Get the keys, and begin to hear of revocations."""
        if self._keyring is not None:
            await self._keyring.warm_up()
        if self._is_revoked is not None and self._is_revoked.follower is not None:
            await self._is_revoked.follower.start()

    def __call__(self, request: Request) -> Awaitable[Response]:
        try:
            if self._keyring is None:
                raise TokenError("cannot be verified: the keys are not to be trusted")
            text = self._source(request.headers)
            keys = self._keyring.at_hand()
            known = keys.known(self._strategy, self._algorithm).get(text) if keys is not None else None
            if known is not None:
                return self._entered(request, known)
            token = parsed(text)
            name = self._key_name(token)
            claims = self._verified(keys, name, text, token)
            if claims is None:
                return self._later(self._keyring, request, name, text, token)
            return self._entered(request, claims)
        except TokenError as error:
            return self._refusal(error)

    async def _later(self, keyring: Keyring, request: Request, name: str, text: str, token: Token) -> Response:
        """The answer where keys have to be awaited."""
        keys = await keyring.fetched(name)
        try:
            claims = self._verified(keys, name, text, token)
            if claims is None:
                raise TokenError("is signed with a key that nobody knows" if keys else "cannot be verified: no keys")
            entered = self._entered(request, claims)
        except TokenError as error:
            entered = self._refusal(error)
        return await entered

    def _key_name(self, token: Token) -> str:
        # SECURITY: the operator chooses the algorithm, never the token
        if token.header.get("alg") != self._algorithm.name:
            raise TokenError("is signed with another algorithm")
        return key_id(token.header, self._strategy)

    def _verified(self, keys: KeySet | None, name: str, text: str, token: Token) -> Mapping[str, Any] | None:
        """What the token says, once its signature is verified; None if its key is not there."""
        verify = None if keys is None else keys.verifiers(self._strategy, self._algorithm).get(name)
        if keys is None or verify is None:
            return None
        if not verify(token.signed, token.signature):
            raise TokenError("has a signature that does not belong to it")
        claims = token.claims()
        if self._max_known:
            known = keys.known(self._strategy, self._algorithm)
            while len(known) >= self._max_known:
                del known[next(iter(known))]
            known[text] = claims
        return claims

    def _entered(self, request: Request, claims: Mapping[str, Any]) -> Awaitable[Response]:
        """The endpoint's answer, or 401 or 403; what may change with time is looked at for every request."""
        self._registered.check(claims)
        if self._is_revoked is not None and self._is_revoked(claims):
            raise TokenError("is revoked")
        if self._may_enter is not None and not self._may_enter(claims):
            return answered(FORBIDDEN)
        return self._next(self._propagated(request, claims))


class Refusals:
    """Answers 401, and tells the operator why where he wants to know."""

    def __init__(self, log: logging.Logger, *, is_loud: bool) -> None:
        self._log = log
        self._level = logging.ERROR if is_loud else logging.DEBUG

    def __call__(self, error: TokenError) -> Awaitable[Response]:
        self._log.log(self._level, "the token %s", error)
        return answered(UNAUTHORIZED)


async def answered(response: Response) -> Response:
    """This answer."""
    return response


def pairs_of(config: ValidatorConfig, log: logging.Logger) -> list[tuple[str, str]]:
    """The pairs of `propagate_claims`; what is no pair is left out, and told (KrakenD: the same)."""
    for wrong in (pair for pair in config.propagate_claims if len(pair) != 2):
        log.warning("propagate_claims: %s is left out, because it is no pair of a claim and a header", list(wrong))
    return [(pair[0], pair[1]) for pair in config.propagate_claims if len(pair) == 2]


_guard: type[RouterMiddleware] = Validator
