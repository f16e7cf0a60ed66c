"""Sets of keys (RFC 7517 §5), and how a token names the one that it is signed with.

    keys = KeySet.read(b'{"keys": [{"kty": "oct", "kid": "a", "k": "…"}]}')
    keys.verifiers("kid", algorithm("HS256"))["a"](signed, signature)
"""
from __future__ import annotations

import json
import warnings
from collections.abc import Callable, Mapping
from typing import Any

from joserfc.errors import JoseError
from joserfc.jwk import JWKRegistry, Key

from krakpy_jose.algorithms import Algorithm
from krakpy_jose.tokens import TokenError

Verify = Callable[[bytes, bytes], bool]
"""Tells whether a signature belongs to what is signed."""

STRATEGIES = ("kid", "x5t", "x5t#S256", "kid_x5t")
"""What names a key (`key_identify_strategy`)."""

#: the longest name of a key, and the most keys of a set
MAX_ID_CHARACTERS = 1024
MAX_KEYS = 1000


class KeySet:
    """The keys of one document that can be used. What cannot be read is left out, with the reason in `left_out`."""

    def __init__(self, keys: list[Key], left_out: list[str]) -> None:
        self.keys = keys
        self.left_out = left_out
        self._verifiers: dict[tuple[str, str], Mapping[str, Verify]] = {}
        self._known: dict[tuple[str, str], dict[str, dict[str, Any]]] = {}

    @classmethod
    def read(cls, document: bytes) -> KeySet:
        """The keys of a JWK set; ValueError for anything else, and for a set without a usable key."""
        try:
            content = json.loads(document)
        except (ValueError, RecursionError):
            raise ValueError("is no JSON") from None
        entries = content.get("keys") if isinstance(content, dict) else None
        if not isinstance(entries, list) or not entries:
            raise ValueError("is no set of keys")
        if len(entries) > MAX_KEYS:
            raise ValueError(f"has more than {MAX_KEYS} keys")
        keys: list[Key] = []
        left_out: list[str] = []
        for index, entry in enumerate(entries):
            try:
                keys.append(_imported(entry))
            except ValueError as error:
                left_out.append(f"keys[{index}] {error}")
        if not keys:
            raise ValueError("has no usable key: " + "; ".join(left_out))
        return cls(keys, left_out)

    def verifiers(self, strategy: str, algorithm: Algorithm) -> Mapping[str, Verify]:
        """What verifies signatures of an algorithm, by the name that tokens have for the key."""
        found = self._verifiers.get((strategy, algorithm.name))
        if found is None:
            found = self._verifiers[strategy, algorithm.name] = self._indexed(strategy, algorithm)
        return found

    def known(self, strategy: str, algorithm: Algorithm) -> dict[str, dict[str, Any]]:
        """What tokens say whose signatures were verified with these very keys: a table to look in, and to write to.

        SECURITY: it ends with the set, so that a key that is withdrawn takes its tokens along.
        """
        return self._known.setdefault((strategy, algorithm.name), {})

    def _indexed(self, strategy: str, algorithm: Algorithm) -> Mapping[str, Verify]:
        found: dict[str, Verify] = {}
        for key in self.keys:
            if not algorithm.accepts(key):
                # NOTE: the first key of a name counts, as far as it is for the algorithm
                found.setdefault(_id_of_key(key, strategy), algorithm.verifier(key))
        return found

    def signing_key(self, kid: str, algorithm: Algorithm) -> Key:
        """The private key of this name; LookupError with the reason if there is none for the algorithm."""
        named = [key for key in self.keys if key.get("kid", "") == kid]
        refusals = [refusal for key in named if (refusal := algorithm.accepts(key, signs=True))]
        usable = [key for key in named if not algorithm.accepts(key, signs=True)]
        if not usable:
            raise LookupError(f"the key {kid!r} " + ("; ".join(refusals) or "is not in the set"))
        return usable[0]


def _imported(entry: Any) -> Key:
    if not isinstance(entry, dict):
        raise ValueError("is no object")  # noqa: TRY004  it is the text that is wrong
    texts = {name: entry[name] for name in ("kid", "alg", "use", "x5t", "x5t#S256") if name in entry}
    if not all(isinstance(text, str) for text in texts.values()):
        raise ValueError(f"has one of {', '.join(texts)} that is no text")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # NOTE: weak keys are refused by us, where they would be used
            return JWKRegistry.import_key(entry)
    except (JoseError, ValueError, TypeError, KeyError, OverflowError) as error:
        raise ValueError(f"cannot be read ({type(error).__name__})") from None


def _id_of_key(key: Key, strategy: str) -> str:
    if strategy == "kid_x5t":
        return f"{key.get('kid', '')}{key.get('x5t', '')}"
    return str(key.get(strategy, ""))


def key_id(header: Mapping[str, Any], strategy: str) -> str:
    """The name of a token's key (KrakenD: `kid` where the token has no `x5t`); TokenError if it cannot be one."""
    kid = header.get("kid", "")
    if strategy == "kid":
        name = kid
    elif strategy == "kid_x5t":
        name = f"{kid}{header.get('x5t', '')}" if isinstance(kid, str) else kid
    else:
        name = header.get(strategy, kid)
    if not isinstance(name, str) or len(name) > MAX_ID_CHARACTERS:
        raise TokenError("names its key with something that is no name")
    return name
