"""The cipher suites of TLS 1.2 that keys may be downloaded with: their numbers (IANA), and what OpenSSL calls them."""
from __future__ import annotations

from types import MappingProxyType

CIPHERS = MappingProxyType({
    49199: "ECDHE-RSA-AES128-GCM-SHA256",
    49195: "ECDHE-ECDSA-AES128-GCM-SHA256",
    49200: "ECDHE-RSA-AES256-GCM-SHA384",
    49196: "ECDHE-ECDSA-AES256-GCM-SHA384",
    52392: "ECDHE-RSA-CHACHA20-POLY1305",
    52393: "ECDHE-ECDSA-CHACHA20-POLY1305",
    49191: "ECDHE-RSA-AES128-SHA256",
    49187: "ECDHE-ECDSA-AES128-SHA256",
    49171: "ECDHE-RSA-AES128-SHA",
    49161: "ECDHE-ECDSA-AES128-SHA",
    49172: "ECDHE-RSA-AES256-SHA",
    49162: "ECDHE-ECDSA-AES256-SHA",
    156: "AES128-GCM-SHA256",
    157: "AES256-GCM-SHA384",
    47: "AES128-SHA",
    53: "AES256-SHA",
    60: "AES128-SHA256",
})
"""By number, best first where nothing else is asked for: the first six are KrakenD's default."""

DEFAULT = tuple(CIPHERS)[:6]

#: suites of TLS 1.3, which are always on and which some files list all the same
ALWAYS = frozenset({4865, 4866, 4867})
