"""What a TLS context offers, by the words and numbers of the configuration: versions, cipher suites and curves.

    set_ciphers(context, (0xC02F,), path="tls.cipher_suites")

Both sides of the gateway read them in the same way. ConfigError where this OpenSSL has no such thing.
"""
from __future__ import annotations

import ssl
from collections.abc import Sequence

from krakpy_sdk import ConfigError

#: KrakenD's names; the oldest stands for TLS 1.0, which is the oldest that libraries still know
VERSIONS = {
    "SSL3.0": ssl.TLSVersion.TLSv1,
    "TLS10": ssl.TLSVersion.TLSv1,
    "TLS11": ssl.TLSVersion.TLSv1_1,
    "TLS12": ssl.TLSVersion.TLSv1_2,
    "TLS13": ssl.TLSVersion.TLSv1_3,
}
#: the suites of TLS 1.3, which cannot be chosen, as in Go
_TLS_1_3 = frozenset({0x1301, 0x1302, 0x1303})
#: Go's numbers of curves (IANA: TLS Supported Groups) and OpenSSL's names
_CURVES = {23: "prime256v1", 24: "secp384r1", 25: "secp521r1", 29: "X25519"}


def set_ciphers(context: ssl.SSLContext, numbers: Sequence[int], *, path: str) -> bool:
    """Offer these suites for TLS 1.2 and before, by the numbers that IANA and Go give them.

    Whether there is one among them; where there is none, the library's own choice stays.
    """
    if not numbers:
        return False
    known = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    known.set_ciphers("ALL:!aNULL:!eNULL")
    # NOTE: OpenSSL's ids hold the registered number in the lower half
    names = {cipher["id"] & 0xFFFF: cipher["name"] for cipher in known.get_ciphers()}
    for index, number in enumerate(numbers):
        if number not in names:
            raise ConfigError(f"this build of OpenSSL has no cipher suite {number}", path=f"{path}[{index}]")
    chosen = [names[number] for number in numbers if number not in _TLS_1_3]
    if chosen:
        context.set_ciphers(":".join(chosen))
    return bool(chosen)


def curves(numbers: Sequence[int], *, path: str) -> list[str]:
    """OpenSSL's names of these curves."""
    for index, number in enumerate(numbers):
        if number not in _CURVES:
            raise ConfigError("must be 23 (P-256), 24 (P-384), 25 (P-521) or 29 (X25519)", path=f"{path}[{index}]")
    return [_CURVES[number] for number in numbers]
