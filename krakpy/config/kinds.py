"""What the fields of the configuration are made of, beyond Python's own types.

    class Limits(Model):
        timeout: Seconds = 2.0

The decoder reads the `krakend` word of a field's `Meta`; everything else about a field is an ordinary type.
"""
from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Any

import msgspec
from krakpy_sdk.errors import ConfigError
from msgspec import Meta


class Model(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An object of the configuration file: immutable, built by keyword, without unknown keys.

    A subclass may name keys that are accepted and have no effect (`ACCEPTED`: key -> why), keys that are looked for and
    are not there (`ABSENT`: key -> what to do instead) and other spellings of its keys (`SPELLINGS`: other -> ours), as
    class variables.
    """

    def remarks(self) -> Iterable[ConfigError]:
        """What is accepted, and does not do what its words say: each a warning, with the key that it is about."""
        return ()


_DURATION = r"(0|(([0-9]+(\.[0-9]*)?|\.[0-9]+)(ns|us|µs|μs|ms|s|m|h))+)"

Seconds = Annotated[
    float,
    Meta(
        ge=0, extra={"krakend": "duration"}, extra_json_schema={"type": "string", "pattern": f"^[+]?{_DURATION}$"}
    ),
]
"""A duration as KrakenD writes it (`"1m30s"`, `"250ms"`); seconds after decoding."""

SignedSeconds = Annotated[
    float,
    Meta(extra={"krakend": "duration"}, extra_json_schema={"type": "string", "pattern": f"^[-+]?{_DURATION}$"}),
]
"""A duration that may be negative, where KrakenD gives that a meaning."""

Rest = Annotated[dict[str, Any], Meta(extra={"krakend": "rest"})]
"""Collects the keys that no other field of the object names, as they are."""

ExactBool = Annotated[bool, Meta(extra={"krakend": "exact"})]
"""True or false; a value of another type counts as false, with a warning, as in KrakenD's components."""

ExactText = Annotated[str, Meta(extra={"krakend": "exact"})]
"""A text; a value of another type counts as an empty one, with a warning, as in KrakenD's components."""

Port = Annotated[int, Meta(ge=0, le=65535)]
"""A TCP port."""

Count = Annotated[int, Meta(ge=0)]
"""A whole number from 0."""


def word(meta: Meta) -> str:
    """The `krakend` word of a field's metadata (`duration`, `rest`, `exact`), or an empty text."""
    return str((meta.extra or {}).get("krakend", ""))
