"""`back-wire.md`: what the gateway does towards backends, each setting with the test that shows its effect."""
from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from krakpy.config.reference import FieldDoc, objects

from .writing import Undocumented, code, document, required, table

ROOT = Path(__file__).parents[2]

INTRODUCTION = """
The gateway speaks HTTP/1.1 to backends over connections of its own, one pool for each scheme, host, port and TLS
identity. It reads answers strictly, and never uses a connection again that is not in order beyond doubt.

- **Time.** The endpoint's `timeout` holds for everything: looking the name up, connecting, TLS, the head and the body
  of the answer. A backend that hangs, or drips a byte at a time, costs that long and no longer.
- **Failures.** A client sees what KrakenD shows: 500, or the other backends' part of a merged answer. The log names
  the kind: `Refused` (no connection, or it broke), `Timeout`, `BadStatus`, `Undecodable`, `UpstreamError` (an answer
  against the rules of HTTP or above a limit).
- **Half an answer** is an error. A `no-op` answer whose beginning is sent already is broken off, so that the client
  can see it: the connection ends without the length, or the last chunk, that was announced.
- **Retries.** A request is sent again once, and only if its method is idempotent, its body at hand, and a connection
  that was used before ended without a byte of an answer.
- **A client that leaves** ends the work that is done for it, and its connection to the backend.
- **Names** are looked up in threads and remembered for `dns_ttl`, in the order that the system gives (RFC 6724), both
  families by turns; the next address is tried after `dialer_fallback_delay` or a failure (RFC 8305).
- **Redirects** are followed, at most ten requests, within the backend's own scheme, hosts and ports.
- **Compression** is asked for on the gateway's own account; what is unpacked may not be larger than `max_body_bytes`,
  nor, from 1 MiB on, than a hundred times what was sent.
- **Streams.** A `no-op` answer passes in the pieces in which it comes, without being parsed once its head is read; no
  more of it than one read, 256 KB at most, is held for a client that reads slowly. A client's body is sent no faster
  than the backend reads. On Linux, and without TLS on either side, a body whose length is known goes from the one
  socket to the other within the kernel (`splice`) as far as it can. This is the usual way of large bodies.
"""
LIMITS = """
They stand in the service's `extra_config`; KrakenD ignores the namespace.
"""
NOT_HERE: Mapping[str, str] = {
    "several `curve_preferences`": """Python's `ssl` can offer one curve alone, or all that OpenSSL thinks safe. One is
        taken; a list is refused by name. In TLS 1.2 it holds for the keys of certificates too.""",
    "`cipher_suites` 5, 10, 49159, 49169, 49170": "RC4 and 3DES: OpenSSL 3 has none of them. They are refused by name.",
    "`cipher_suites` 4865 to 4867": "The suites of TLS 1.3 are always on, as in Go. They may be named.",
    "the 10 seconds of the TLS handshake": "Fixed, as in KrakenD, and within the endpoint's `timeout`.",
    "`HTTP_PROXY`, `HTTPS_PROXY`, `NO_PROXY`": """Not read: the environment must not decide through whom requests to
        backends go.""",
    "`SSL3.0` as `min_version`": "Nobody speaks it any more; it stands for TLS 1.0, which OpenSSL may refuse too.",
}
"""What cannot be as in KrakenD, and why."""
LISTENER = """
## The listener

The other side has a page of its own; these are KrakenD's settings for it.
"""

TESTS: Mapping[str, Mapping[str, str]] = {
    "": {
        "dialer_timeout": "tests/client/test_dialing.py::test_dialer_timeout_ends_the_attempt",
        "dialer_keep_alive": "tests/client/test_dialing.py::test_dialer_keep_alive_sets_the_probes",
        "dialer_fallback_delay": "tests/client/test_dialing.py::test_the_next_address_is_tried_after_a_moment",
        "disable_compression": "tests/client/test_transport.py::test_compression_is_asked_for",
        "disable_keep_alives": "tests/client/test_transport.py::test_disable_keep_alives_is_told_to_the_backend",
        "max_idle_connections": "tests/client/test_pools.py::test_max_idle_connections_counts_those_of_all_identities",
        "max_idle_connections_per_host": "tests/client/test_origin_pool.py::test_max_idle_connections_per_host",
        "idle_connection_timeout": "tests/client/test_origin_pool.py::test_idle_connection_timeout_closes_what_rests",
        "response_header_timeout": "tests/client/test_connection.py::test_response_header_timeout_ends_the_wait",
        "expect_continue_timeout": "tests/client/test_upload.py::test_a_body_that_waits_is_asked_for",
        "allow_insecure_connections": "tests/client/test_dialing_tls.py::test_c22_allow_insecure_connections",
    },
    "client_tls": {
        "allow_insecure_connections": "tests/client/test_dialing_tls.py::test_c22_allow_insecure_connections",
        "ca_certs": "tests/client/test_dialing_tls.py::test_c22_a_trusted_backend_is_asked_over_tls",
        "disable_system_ca_pool": "tests/client/test_tls.py::test_the_systems_authorities_can_be_left_out",
        "client_certs": "tests/client/test_dialing_tls.py::test_c22_a_certificate_is_shown_to_backends_that_ask",
        "min_version": "tests/client/test_dialing_tls.py::test_c22_old_protocols_are_refused",
        "max_version": "tests/client/test_tls.py::test_with_settings_versions_default_to_tls_1_3",
        "cipher_suites": "tests/client/test_dialing_tls.py::test_cipher_suites_are_those_that_are_offered",
        "curve_preferences": "tests/client/test_dialing_tls.py::test_the_curve_is_the_one_that_is_offered",
    },
    "extra_config.krakpy/backends": {
        "max_body_bytes": "tests/faults/test_backend_memory.py::test_c11_c12_a_body_that_is_too_large",
        "max_inflation": "tests/client/test_decompression.py::test_the_operator_says_how_far_a_body_may_unpack",
        "max_head_bytes": "tests/client/test_options.py::test_every_limit_has_its_setting",
        "max_header_fields": "tests/client/test_options.py::test_every_limit_has_its_setting",
        "max_connections": "tests/faults/test_backend_crowds.py::test_c23_a_thousand_who_wait_for_a_dead_backend",
        "max_waiting": "tests/faults/test_backend_crowds.py::test_c23_who_finds_the_line_full_is_refused_at_once",
        "max_shadow_copies": "tests/endpoint/test_shadow.py::test_the_operator_says_how_much_of_it_may_be_under_way",
        "max_shadow_bytes": "tests/endpoint/test_shadow.py::test_the_operator_says_how_much_of_it_may_be_under_way",
        "dns_ttl": "tests/client/test_resolving.py::test_an_answer_is_asked_for_again_later",
        "deny_addresses": "tests/client/test_dialing.py::test_c21_a_denied_address_is_never_connected_to",
    },
    "endpoints[].backend[].extra_config.backend/http/client": {
        "send_body_on_redirect": "tests/client/test_redirects.py::test_send_body_on_redirect",
        "client_tls": "tests/faults/test_backend_crowds.py::test_c26_who_shows_another_certificate",
    },
}
"""For each object the keys of this page, each with the beginning of the name of the test that shows its effect."""
LISTENERS = {
    "": ("read_timeout", "read_header_timeout", "write_timeout", "idle_timeout", "max_header_bytes"),
    "tls": (
        "keys", "public_key", "private_key", "disabled", "min_version", "max_version", "cipher_suites",
        "curve_preferences", "enable_mtls", "ca_certs", "disable_system_ca_pool", "prefer_server_cipher_suites",
    ),
}  # fmt: skip
_STATES = {"built": "", "not built": " **Not built yet: refused by name.**", "enterprise": " *Refused by name.*"}


def page(tests: Mapping[str, Mapping[str, str]] | None = None) -> str:
    """The page; Undocumented for a key without words, or with an effect that no test shows."""
    shown = TESTS if tests is None else tests
    fields = {(item.place, field.key): field for item in objects() for field in item.fields}
    tls_is_built = fields["", "tls"].state == "built"
    transport, tls, limits, single = (_table(place, shown[place], fields) for place in TESTS)
    return document(
        "The back wire",
        INTRODUCTION,
        "## Settings of the root", transport,
        "## `client_tls`", tls,
        "## `extra_config.krakpy/backends`", LIMITS, limits,
        "## `backend/http/client` of a backend", single,
        "## What does not apply",
        table(("setting", "why"), [(key, required(why, key)) for key, why in NOT_HERE.items()]),
        LISTENER,
        *(_listener(place, keys, fields, tls_is_built) for place, keys in LISTENERS.items()),
    )  # fmt: skip


def _table(place: str, tests: Mapping[str, str], fields: Mapping[tuple[str, str], FieldDoc]) -> str:
    ours = [key for (found, key), field in fields.items() if found == place and field.state == "built"]
    missing = [key for key in ours if place and key not in tests]
    if missing:
        raise Undocumented(f"no test shows what {place}.{missing[0]} does")
    rows = [(code(key), _words(place, fields[place, key]), _shown(key, test)) for key, test in tests.items()]
    return table(("key", "what it does", "shown by"), rows)


def _words(place: str, field: FieldDoc) -> str:
    return required(field.doc, f"{place}.{field.key}") + _STATES[field.state]


def _shown(key: str, test: str) -> str:
    """The test; Undocumented if there is none."""
    path, _, name = test.partition("::")
    if f"def {name}" not in (ROOT / path).read_text("utf-8"):
        raise Undocumented(f"{key}: {test} does not exist")
    return code(path)


def _listener(
    place: str, keys: tuple[str, ...], fields: Mapping[tuple[str, str], FieldDoc], tls_is_built: bool
) -> str:
    state = "" if tls_is_built or not place else _STATES["not built"]
    rows = [(code(f"{place}.{key}".lstrip(".")), _words(place, fields[place, key]) + state) for key in keys]
    return table(("key", "what it does"), rows)
