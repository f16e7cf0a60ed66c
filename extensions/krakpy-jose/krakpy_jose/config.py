"""What an operator writes under `auth/validator`, `auth/signer` and `auth/revoker`."""
from __future__ import annotations

from base64 import b64decode, urlsafe_b64decode
from binascii import Error
from dataclasses import dataclass, field
from datetime import timedelta

from krakpy_sdk import ConfigError

from krakpy_jose.algorithms import NAMES
from krakpy_jose.ciphers import ALWAYS, CIPHERS
from krakpy_jose.keys import STRATEGIES

#: where keys come from when nothing says how long they may be kept, in seconds (KrakenD)
DEFAULT_CACHE_S = 900


@dataclass(frozen=True, kw_only=True)
class KeyConfig:
    """Where keys come from: what the validator and the signer have in common."""

    alg: str
    """The algorithm: `RS256`, `ES256`, `PS256` (each with 256, 384 or 512), `HS256` …, `EdDSA`."""

    jwk_url: str = ""
    """The address of the set of keys; `https://` unless `disable_jwk_security`."""

    jwk_local_path: str = ""
    """A file with the set of keys, read at the start; it goes before `jwk_url`."""

    disable_jwk_security: bool = False
    """Take keys over plain `http://`, or from a file; without it nobody may enter there (KrakenD: the same)."""

    jwk_local_ca: str = ""
    """A file with certificates (PEM) that may have signed the certificate of `jwk_url`, beside the system's."""

    jwk_fingerprints: tuple[str, ...] = ()
    """The public keys that the server of `jwk_url` may have: SHA-256 of its SubjectPublicKeyInfo, in base64."""

    cipher_suites: tuple[int, ...] = ()
    """The cipher suites of TLS 1.2 for `jwk_url`, by number: 49199 49195 49200 49196 52392 52393 by default."""

    secret_url: str = ""
    """What decrypts `cypher_key`: `base64key://…`, for a `jwk_local_path` that is encrypted."""

    cypher_key: str = ""
    """The key of an encrypted `jwk_local_path`, itself encrypted, in base64."""

    def __post_init__(self) -> None:
        if self.alg not in NAMES:
            raise ConfigError(f"{self.alg!r} is unknown: write one of {', '.join(NAMES)}", path="alg")
        if not self.jwk_url and not self.jwk_local_path:
            raise ConfigError("is missing: say where the keys are, here or in jwk_local_path", path="jwk_url")
        for index, suite in enumerate(self.cipher_suites):
            if suite not in CIPHERS and suite not in ALWAYS:
                raise ConfigError(f"{suite} is no known cipher suite of TLS 1.2 or 1.3", path=f"cipher_suites[{index}]")
        _ = self.pins
        self._check_secret()

    def _check_secret(self) -> None:
        if self.secret_url and not self.secret_url.startswith("base64key://"):
            scheme = self.secret_url.partition("://")[0]
            raise ConfigError(f"{scheme}:// is not supported: write base64key://", path="secret_url")
        if self.secret_url and not self.jwk_local_path:
            raise ConfigError("is for an encrypted jwk_local_path", path="secret_url")
        try:
            b64decode(self.cypher_key, validate=True)
        except Error:
            raise ConfigError("is no base64", path="cypher_key") from None

    @property
    def is_insecure(self) -> bool:
        """Whether nobody may enter, because nothing vouches for the keys (KrakenD: also for those of a file)."""
        return not self.disable_jwk_security and not self.jwk_url.startswith("https://")

    @property
    def pins(self) -> frozenset[bytes]:
        """The digests of `jwk_fingerprints`; ConfigError for what is none."""
        return frozenset(_digest(text, index) for index, text in enumerate(self.jwk_fingerprints))


def _digest(text: str, index: int) -> bytes:
    try:
        digest = urlsafe_b64decode(text.replace("+", "-").replace("/", "_"))
    except Error:
        digest = b""
    if len(digest) != 32:
        raise ConfigError("is no SHA-256 in base64", path=f"jwk_fingerprints[{index}]")
    return digest


@dataclass(frozen=True, kw_only=True)
class ValidatorConfig(KeyConfig):
    """The settings of `auth/validator` of an endpoint (KrakenD: the same keys, and those that it has not)."""

    cache: bool = False
    """Keep the keys of `jwk_url`; without it every request downloads them."""

    cache_duration: int = DEFAULT_CACHE_S
    """For how many seconds keys are kept; 0: 900."""

    max_stale: timedelta = timedelta(hours=24)
    """How long kept keys serve beyond `cache_duration` while the server of `jwk_url` gives none. Not in KrakenD."""

    failed_jwk_key_cooldown: timedelta = timedelta(0)
    """How long a key that is not in the set is not asked for again; less than 1s: only every key together, each 30s."""

    key_identify_strategy: str = "kid"
    """What of a token names its key: `kid`, `x5t`, `x5t#S256` or `kid_x5t`."""

    auth_header_name: str = "Authorization"
    """The header field with the token, after `Bearer` or alone."""

    cookie_key: str = "access_token"
    """The cookie with the token, where the header field is absent or empty."""

    strict_sources: bool = False
    """Refuse requests with a token in two places. Not in KrakenD, which takes the first."""

    issuer: str = ""
    """What `iss` must be; empty: anything."""

    audience: tuple[str, ...] = ()
    """What must be in `aud`, all of it."""

    leeway: timedelta = timedelta(seconds=1)
    """How far clocks may differ; at least 1s."""

    require_exp: bool = False
    """Refuse tokens that never expire. Not in KrakenD, which takes them."""

    max_expiry: timedelta = timedelta(0)
    """Refuse tokens that expire later than so far ahead, or never; 0s: any may. Not in KrakenD."""

    roles: tuple[str, ...] = ()
    """The roles of which a caller needs one."""

    roles_key: str = "roles"
    """The claim with the caller's roles: a list, or words between spaces."""

    roles_key_is_nested: bool = False
    """A dot in `roles_key` leads into an object: `realm_access.roles`."""

    scopes: tuple[str, ...] = ()
    """The scopes that a caller needs; looked at where `scopes_key` is set."""

    scopes_key: str = ""
    """The claim with the caller's scopes: a list, or words between spaces; a dot leads into an object."""

    scopes_matcher: str = "any"
    """`all`: every one of `scopes` is needed; else any."""

    propagate_claims: tuple[tuple[str, ...], ...] = ()
    """Pairs of a claim and the header field that it is written to, in place of what the client sends there."""

    propagate_claims_preserve_array: bool = False
    """Write a claim that is a list to as many fields, instead of one with commas."""

    verified_tokens: int = 1024
    """How many verified tokens a worker remembers for the endpoint, at most; 0: none. Not in KrakenD."""

    operation_debug: bool = False
    """Log at ERROR why a token is refused."""

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.cache and self.jwk_local_path:
            raise ConfigError("is for jwk_url, and jwk_local_path goes before it: remove one of them", path="cache")
        if self.key_identify_strategy not in STRATEGIES:
            raise ConfigError(f"is one of {', '.join(STRATEGIES)}", path="key_identify_strategy")
        for key in ("cache_duration", "verified_tokens"):
            if getattr(self, key) < 0:
                raise ConfigError("cannot be negative", path=key)

    @property
    def leeway_s(self) -> float:
        """`leeway` in whole seconds."""
        return max(1.0, float(round(self.leeway.total_seconds())))

    @property
    def max_expiry_s(self) -> float:
        """`max_expiry` in seconds."""
        return self.max_expiry.total_seconds()

    @property
    def max_age_s(self) -> float:
        """How old keys may become, in seconds; 0: a request never uses those of another."""
        return float(self.cache_duration or DEFAULT_CACHE_S) if self.cache else 0.0


@dataclass(frozen=True, kw_only=True)
class SignerConfig(KeyConfig):
    """The settings of `auth/signer` (KrakenD: the same keys)."""

    kid: str
    """The name of the key to sign with."""

    keys_to_sign: tuple[str, ...]
    """The members of the answer whose objects are replaced by signed tokens."""

    typ: str = "JWT"
    """The type that the tokens say they have."""

    full: bool = False
    """Write tokens in the JSON serialisation, as a text, instead of the compact one."""

    leeway: timedelta = timedelta(0)
    """Has no effect (KrakenD's schema has it, and its code has not)."""


@dataclass(frozen=True, kw_only=True)
class ServiceConfig:
    """The settings of `auth/validator` of the service."""

    shared_cache_duration: int = 0
    """Accepted and not needed: endpoints with one `jwk_url` share its keys, each for its own `cache_duration`."""


@dataclass(frozen=True, kw_only=True)
class RevokerConfig:
    """The settings of `auth/revoker` of the service (KrakenD: the first six keys)."""

    N: int
    """How many revocations the filter is made for."""

    P: float
    """How often a token that nobody has revoked may be refused, once `N` are: `0.0000001`."""

    TTL: int
    """For how many seconds a revocation is kept at least; it should not be less than the longest life of a token."""

    token_keys: tuple[str, ...]
    """The claims that revocations name: `jti`, `sub` …"""

    hash_name: str = "optimal"
    """`optimal` or `default`: accepted and the same."""

    port: int = 0
    """Has no effect: KrakenD listens there for Go's RPC; see `admin_key`."""

    admin_key: str = field(default="", repr=False)
    """What a request to `admin_path` must bring as its bearer token; empty: there is no such path. Not in KrakenD."""

    admin_path: str = "/__revoker"
    """Where revocations are added and looked up. Not in KrakenD."""

    sync_interval: timedelta = timedelta(seconds=1)
    """How often revocations of other nodes are looked for, with a store that several nodes share. Not in KrakenD."""

    def __post_init__(self) -> None:
        if self.N < 1:
            raise ConfigError("is at least 1", path="N")
        if not 0 < self.P < 1:
            raise ConfigError("is between 0 and 1", path="P")
        if self.TTL < 1:
            raise ConfigError("is at least 1", path="TTL")
        if not self.token_keys:
            raise ConfigError("names no claim", path="token_keys")
        if self.hash_name not in ("optimal", "default"):
            raise ConfigError("is `optimal` or `default`", path="hash_name")
        if self.admin_key and len(self.admin_key) < 16:
            raise ConfigError("is shorter than 16 characters", path="admin_key")
        if not self.admin_path.startswith("/"):
            raise ConfigError("starts with a slash", path="admin_path")
