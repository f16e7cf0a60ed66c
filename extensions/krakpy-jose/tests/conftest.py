"""An identity provider of our own: its keys, its tokens, and those of somebody who would like to be it."""
from __future__ import annotations

import hashlib
import hmac
import json
from base64 import urlsafe_b64encode
from typing import Any

import pytest
from joserfc.jwk import ECKey, OctKey, OKPKey, RSAKey
from krakpy_jose.algorithms import NAMES, Algorithm
from krakpy_jose.config import ValidatorConfig
from krakpy_jose.fetching import Document
from krakpy_jose.validator import Validator
from krakpy_sdk import Headers, Request, Response
from krakpy_sdk.testing import endpoint_settings

_JSON = "application/json"
SECRET = b"a-secret-that-is-long-enough-for-everything-that-is-tested-here!"


def base64(raw: bytes | str) -> str:
    return urlsafe_b64encode(raw.encode() if isinstance(raw, str) else raw).rstrip(b"=").decode()


class Issuer:
    """Signs with one key for each algorithm; the key's name is the algorithm's."""

    def __init__(self) -> None:
        rsa = RSAKey.generate_key(2048)
        self.keys: dict[str, Any] = {}
        for name in NAMES:
            if name.startswith(("RS", "PS")):
                self.keys[name] = rsa
            elif name.startswith("HS"):
                self.keys[name] = OctKey.import_key(SECRET)
            elif name == "EdDSA":
                self.keys[name] = OKPKey.generate_key("Ed25519")
            else:
                self.keys[name] = ECKey.generate_key({"ES256": "P-256", "ES384": "P-384", "ES512": "P-521"}[name])
        self.base64 = base64

    def jwk(self, name: str, *, private: bool = False, **members: Any) -> dict[str, Any]:
        """A key as a member of a set; `members` replace its own, None takes one away."""
        is_secret = name.startswith("HS")
        own = self.keys[name].as_dict(private=private or is_secret)
        whole = {**own, "kid": name, "alg": name, **members}
        return {key: value for key, value in whole.items() if value is not None}

    def jwks(self, *names: str, private: bool = False) -> bytes:
        """A set of these keys, or of all."""
        return json.dumps({"keys": [self.jwk(name, private=private) for name in names or NAMES]}).encode()

    def sign(self, header: str | dict[str, Any], payload: str | dict[str, Any], alg: str, key: Any = None) -> str:
        """A token with exactly this header and payload, signed with an algorithm whatever the header says."""
        texts = [part if isinstance(part, str) else json.dumps(part) for part in (header, payload)]
        signed = ".".join(map(base64, texts))
        return f"{signed}.{base64(Algorithm(alg).sign(signed.encode(), key or self.keys[alg]))}"

    def token(self, claims: dict[str, Any] | None = None, alg: str = "HS256", **header: Any) -> str:
        """A good token, unless its claims or its header are not."""
        claims = {"sub": "ada", "exp": 4102444800} if claims is None else claims
        return self.sign({"alg": alg, "kid": alg, "typ": "JWT", **header}, claims, alg)

    def mac(self, signed: str, secret: bytes) -> str:
        """What somebody makes of a text with a secret of his choice."""
        return f"{signed}.{base64(hmac.new(secret, signed.encode(), hashlib.sha256).digest())}"


@pytest.fixture(scope="session")
def issuer() -> Issuer:
    return Issuer()


@pytest.fixture
def key_file(issuer, tmp_path):
    """A file with the issuer's public keys and secrets."""
    path = tmp_path / "keys.json"
    path.write_bytes(issuer.jwks())
    return str(path)


class Clock:
    """A time that passes when it is told to."""

    def __init__(self, now: float = 1_700_000_000.0) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


class Door:
    """A validator, with the backend that it protects."""

    def __init__(self, settings: Any, now: Clock) -> None:
        self.requests: list[Request] = []
        self.validator = Validator(settings, self._backend, now=now)

    async def _backend(self, request: Request) -> Response:
        self.requests.append(request)
        return Response(200, body=b"secret")

    async def ask(self, token: str | None = None, *fields: tuple[str, str]) -> Response:
        """The answer to a request with this token, and these fields."""
        own = [("Authorization", f"Bearer {token}")] if token is not None else []
        return await self.validator(Request(headers=Headers([*own, *fields])))

    async def status(self, token: str | None = None, *fields: tuple[str, str]) -> int:
        """Its status; a refusal says nothing else."""
        response = await self.ask(token, *fields)
        assert response.status == 200 or (response.body == b"" and not response.headers.pairs)
        return response.status


@pytest.fixture
def guard(key_file, clock):
    """Makes doors that the issuer's keys open."""

    def make(alg: str = "HS256", *, settings: dict[str, Any] | None = None, **config: Any) -> Door:
        whole = {"alg": alg, "jwk_local_path": key_file, "disable_jwk_security": True} | config
        return Door(endpoint_settings(config=ValidatorConfig(**whole), **(settings or {})), clock)

    return make


class Idp:
    """Answers downloads from a script; the last answer is given for ever."""

    def __init__(self, *answers):
        self.answers = list(answers)
        self.asked = 0
        self.gate = None

    async def __call__(self, url, **limits):
        self.asked += 1
        if self.gate is not None:
            await self.gate.wait()
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        return answer


@pytest.fixture
def idps():
    """Makes servers of keys."""
    return Idp


@pytest.fixture
def good(issuer):
    return Document(200, _JSON, issuer.jwks("HS256"))


@pytest.fixture
def other(issuer):
    return Document(200, _JSON, issuer.jwks("HS256", "RS256"))
