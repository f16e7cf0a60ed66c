"""krakpy's own rules: what KrakenD has no word for, and where krakpy can be stricter than it has to be."""
from __future__ import annotations

from collections.abc import Iterator, Mapping
from ipaddress import ip_address, ip_network
from stat import S_ISVTX, S_IWOTH
from typing import Any

from krakpy.cli.audit.audited import Audited
from krakpy.cli.audit.rule import Find, Rule
from krakpy.extension.contracts import contract_of

_FETCHES = (("auth/validator", "jwk_url"), ("auth/signer", "jwk_url"), ("auth/client-credentials", "token_url"))
OLD_TLS = ("SSL3.0", "TLS10", "TLS11")


def _open_to_all(audited: Audited) -> Iterator[str]:
    plugin = audited.service.plugin
    # NOTE: `.so` is what every KrakenD file has, and means all
    if plugin is not None and not plugin.allow and plugin.pattern in ("", ".so"):
        yield "plugin.allow"


def _unpinned(audited: Audited) -> Iterator[str]:
    if audited.strangers and audited.service.plugin and not audited.service.plugin.lock:
        yield "plugin.lock"


def _in_the_worker(audited: Audited) -> Iterator[str]:
    for admission in audited.strangers:
        if contract_of(admission.candidate.family).kind != "hook":
            yield admission.need.place


def _left_out_when_it_fails(audited: Audited) -> Iterator[str]:
    return (admission.need.place for admission in audited.strangers if admission.policy.on_error == "skip")


def _tokens(audited: Audited) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for place, settings in audited.uses("auth/validator"):
        if place.startswith("endpoints[") and isinstance(settings, Mapping):
            yield place, settings


def _tokens_without(key: str) -> Find:
    return lambda audited: (f"{place}.{key}" for place, settings in _tokens(audited) if not settings.get(key))


def _in_the_clear(audited: Audited) -> Iterator[str]:
    """Keys and tokens that come without TLS: whoever stands on the way gives his own."""
    for namespace, key in _FETCHES:
        for place, settings in audited.uses(namespace):
            url = settings.get(key) if isinstance(settings, Mapping) else None
            if isinstance(url, str) and url.lower().startswith("http://"):
                yield f"{place}.{key}"


def _public_though_guarded(audited: Audited) -> Iterator[str]:
    for place, endpoint in audited.endpoints():
        is_cached = (endpoint.cache_ttl or audited.service.cache_ttl) and endpoint.method.upper() in ("", "GET")
        if is_cached and "auth/validator" in endpoint.extra_config.others:
            yield f"{place}.cache_ttl"


def _nobody_trusted(audited: Audited) -> Iterator[str]:
    router = audited.service.extra_config.router
    if router.forwarded_by_client_ip and not router.trusted_proxies:
        yield "extra_config.router.trusted_proxies"


def _everybody_trusted(audited: Audited) -> Iterator[str]:
    for index, proxy in enumerate(audited.service.extra_config.router.trusted_proxies):
        if ip_network(proxy, strict=False).prefixlen == 0:
            yield f"extra_config.router.trusted_proxies[{index}]"


def _old_tls(audited: Audited) -> Iterator[str]:
    sides = {"tls": audited.service.tls, "client_tls": audited.service.client_tls}
    return (f"{key}.min_version" for key, tls in sides.items() if tls and tls.min_version in OLD_TLS)


def _shown_to_all(audited: Audited) -> Iterator[str]:
    service = audited.service
    if service.listen_ip and ip_address(service.listen_ip).is_loopback:
        return
    for key in ("debug_endpoint", "echo_endpoint"):
        if getattr(service, key):
            yield key


def _errors_shown(audited: Audited) -> Iterator[str]:
    if audited.service.extra_config.router.return_error_msg:
        yield "extra_config.router.return_error_msg"


def _writable(audited: Audited) -> Iterator[str]:
    # NOTE: who may write in the folder may put another file in the place of this one, unless the folder is sticky
    in_folder = audited.folder_mode & S_IWOTH and not audited.folder_mode & S_ISVTX
    if audited.file_mode & S_IWOTH or in_folder:
        yield audited.path


OWN = (
    Rule("K.1.1", "MEDIUM", "List the extensions that may load: any that is installed may.", _open_to_all),
    Rule("K.1.2", "HIGH", "Pin third-party code with a lock file: `krakpy ext lock`.", _unpinned),
    Rule("K.1.3", "MEDIUM", "Look at the third-party code that runs in the worker: nothing holds it.", _in_the_worker),
    Rule("K.1.4", "MEDIUM", "Do not go on without an extension that fails.", _left_out_when_it_fails),
    Rule("K.2.1", "HIGH", "Refuse tokens that never expire (require_exp).", _tokens_without("require_exp")),
    Rule("K.2.2", "MEDIUM", "Refuse tokens that expire far ahead (max_expiry).", _tokens_without("max_expiry")),
    Rule("K.2.3", "LOW", "Take tokens from one place only (strict_sources).", _tokens_without("strict_sources")),
    Rule("K.2.4", "HIGH", "Do not let caches share answers that need a token.", _public_though_guarded),
    Rule("K.2.5", "HIGH", "Get keys and tokens over TLS (jwk_url, token_url).", _in_the_clear),
    Rule("K.3.1", "MEDIUM", "Name your proxies: without them every client has the proxy's address.", _nobody_trusted),
    Rule("K.3.2", "HIGH", "Name your proxies: any client may choose its address.", _everybody_trusted),
    Rule("K.4.1", "MEDIUM", "Speak no TLS before 1.2.", _old_tls),
    Rule("K.5.1", "HIGH", "Listen on 127.0.0.1 while the debug or echo endpoint is on.", _shown_to_all),
    Rule("K.5.2", "LOW", "Keep the gateway's error texts from clients.", _errors_shown),
    Rule("K.6.1", "HIGH", "Take the right to write the configuration from everybody.", _writable),
)
