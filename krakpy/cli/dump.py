"""What was understood of a configuration, as text to read (`krakpy check -d`) and as a document (`--json -d`)."""
from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from krakpy.config.settings import BackendSettings, EndpointSettings, ServiceSettings
from krakpy.log_lines import key_values
from krakpy.log_secrets import without_secrets

#: what the short form shows, where it says anything
SERVICE = ("name", "listen_ip", "port", "timeout_s", "cache_ttl_s")
ENDPOINT = ("timeout_s", "cache_ttl_s", "output_encoding", "input_headers", "input_query_strings", "concurrent_calls")
BACKEND = ("hosts", "encoding", "is_collection", "group", "target", "allow", "deny", "mapping")

#: what an object says of itself elsewhere, or what is no setting
_ELSEWHERE = ("place", "config", "hooks", "discover", "decode", "endpoints", "backends", "transport")

#: what every object is given that belongs to the service, or to a worker
_OF_OTHERS = ("service", "log", "driver", "folder", "instances")


def outline(
    settings: ServiceSettings,
    detail: int,
    indent: str,
    opened: Mapping[str, object] | None = None,
    tiers: Mapping[str, str] | None = None,
) -> Iterator[str]:
    """The lines: the service, each endpoint, each of its backends; from `detail` 2 with every setting.

    `opened` says by its place how deep a backend's answers are opened; what is not in it is passed on unopened.
    `tiers` says by its place where a hook runs.
    """
    tiers = tiers or {}
    yield from _of("service", settings, SERVICE, detail, "", indent)
    yield from _hooks(settings, tiers, indent)
    for endpoint in settings.endpoints:
        yield from _of(f"{endpoint.method} {endpoint.endpoint}", endpoint, ENDPOINT, detail, indent, indent)
        yield from _hooks(endpoint, tiers, indent * 2)
        for backend in endpoint.backends:
            yield from _of(f"{backend.method} {backend.url_pattern}", backend, BACKEND, detail, indent * 2, indent)
            yield from _hooks(backend, tiers, indent * 3)
            if opened is not None:
                yield f"{indent * 3}opens: {opened.get(backend.place, 'nothing')}"


def _hooks(
    settings: ServiceSettings | EndpointSettings | BackendSettings, tiers: Mapping[str, str], margin: str
) -> Iterator[str]:
    start = f"{settings.place}.extra_config.".lstrip(".")
    for place, tier in tiers.items():
        if place.startswith(start):
            yield f"{margin}hook {place.rpartition('.')[2]}: {tier}"


def redacted(settings: ServiceSettings) -> Mapping[str, object]:
    """The settings as a document, without what looks like a secret."""
    plain: dict[str, Any] = msgspec.to_builtins(settings, enc_hook=_no_setting)
    return without_secrets(_own(plain))


def _own(facts: dict[str, Any]) -> dict[str, Any]:
    """What an object and those in it say of themselves."""
    kept = {name: value for name, value in facts.items() if name not in _OF_OTHERS}
    inner = [name for name in ("endpoints", "backends") if name in kept]
    return kept | {name: [_own(each) for each in kept[name]] for name in inner}


def _of(
    title: str,
    settings: ServiceSettings | EndpointSettings | BackendSettings,
    short: tuple[str, ...],
    detail: int,
    margin: str,
    indent: str,
) -> Iterator[str]:
    facts = msgspec.to_builtins(msgspec.structs.asdict(settings), enc_hook=_no_setting)
    if detail > 1:
        yield margin + title
        for name, value in facts.items():
            if name not in (*_ELSEWHERE, *_OF_OTHERS):
                yield f"{margin}{indent}{key_values(without_secrets({name: value}))}"
    else:
        said = {name: facts[name] for name in short if facts[name]}
        extensions = {"extensions": list(settings.extra_config)} if settings.extra_config else {}
        yield f"{margin}{title}  {key_values(without_secrets(said | extensions))}"


def _no_setting(_: object) -> None:
    """What the seats put in later: functions, which no configuration has."""
