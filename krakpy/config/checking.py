"""The rules that a decoded configuration has to keep, all of them looked at in one run.

    report = Report()
    check(service, report)
"""
from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from ipaddress import ip_address, ip_network

from krakpy.codes import Code
from krakpy.config import hosts, placeholders, routes
from krakpy.config.collisions import check_collisions
from krakpy.config.features import check_features
from krakpy.config.manipulation import check_manipulation
from krakpy.config.model import Backend, Endpoint, EndpointProxy, Service
from krakpy.config.namespaces import may_authenticate, may_replace_http
from krakpy.config.placeholders import Available
from krakpy.config.report import Report
from krakpy.config.routes import Route
from krakpy.config.settings import NO_OP

VERSION = 3

_METHOD = re.compile(r"[A-Za-z]+")


def check(service: Service, report: Report) -> None:
    """Reports everything that keeps a decoded service from being served, but what follows from an earlier error."""
    _check_version(service, report)
    _check_addresses(service, report)
    _check_hosts(service.host, "host", report)
    found = list(_routes(service, report))
    for place, endpoint, route in found:
        _check_endpoint(service, endpoint, route, place, report)
        check_manipulation(endpoint, place, report)
    check_collisions(service, found, report)
    check_features(service, report)


def _check_version(service: Service, report: Report) -> None:
    if service.version != VERSION and not report.is_broken("version"):
        message = f"unsupported version: {service.version} (want: {VERSION})"
        report.error(Code.VERSION, "version", message)


def _check_addresses(service: Service, report: Report) -> None:
    if service.listen_ip:
        _check_address(ip_address, service.listen_ip, "listen_ip", report)
    for index, proxy in enumerate(service.extra_config.router.trusted_proxies):
        place = f"extra_config.router.trusted_proxies[{index}]"
        _check_address(_network, proxy, place, report)
    for index, network in enumerate(service.extra_config.backends.deny_addresses):
        _check_address(_network, network, f"extra_config.krakpy/backends.deny_addresses[{index}]", report)


def _network(text: str) -> object:
    return ip_network(text, strict=False)


def _check_address(read: Callable[[str], object], text: str, place: str, report: Report) -> None:
    try:
        read(text)
    except ValueError:
        if not report.is_broken(place):
            report.error(Code.WRONG_TYPE, place, f"{text!r} is no IP address", "Write an IPv4 or IPv6 address.")


def _routes(service: Service, report: Report) -> Iterator[tuple[str, Endpoint, Route | None]]:
    for index, endpoint in enumerate(service.endpoints):
        place = f"endpoints[{index}]"
        yield place, endpoint, _route(endpoint, f"{place}.endpoint", report, is_rest=not service.disable_rest)


def _route(endpoint: Endpoint, place: str, report: Report, *, is_rest: bool) -> Route | None:
    if report.is_broken(place):
        return None
    try:
        return routes.parse(endpoint.endpoint, is_rest=is_rest)
    except ValueError as error:
        report.error(Code.BAD_ENDPOINT, place, str(error))
        return None


def _check_endpoint(service: Service, endpoint: Endpoint, route: Route | None, place: str, report: Report) -> None:
    if endpoint.method.upper() not in ("", *routes.METHODS) and not report.is_broken(f"{place}.method"):
        remedy = "Use GET, POST, PUT, PATCH or DELETE."
        report.error(Code.BAD_ENDPOINT, f"{place}.method", f"the method {endpoint.method!r} cannot be served", remedy)
    if not endpoint.backend and not report.is_broken(f"{place}.backend"):
        report.error(Code.NO_ENDPOINTS_BACKEND, f"{place}.backend", f"`{endpoint.endpoint}` has no backends")
    if (endpoint.output_encoding or service.output_encoding) == NO_OP and len(endpoint.backend) > 1:
        report.error(Code.NO_OP, f"{place}.backend", f"`no-op` answers one backend, not {len(endpoint.backend)}")
    for index, backend in enumerate(endpoint.backend):
        at = f"{place}.backend[{index}]"
        _check_backend(service, backend, at, report)
        if route is not None:
            _check_placeholders(endpoint, route, index, at, report)


def _check_backend(service: Service, backend: Backend, place: str, report: Report) -> None:
    if backend.method and not _METHOD.fullmatch(backend.method) and not report.is_broken(f"{place}.method"):
        report.error(Code.WRONG_TYPE, f"{place}.method", f"{backend.method!r} is no method")
    if not backend.disable_host_sanitize:
        _check_hosts(backend.host, f"{place}.host", report)
    if backend.host or service.host or report.is_broken(f"{place}.host") or report.is_broken("host"):
        return
    if not may_replace_http(backend.extra_config.others):
        report.error(Code.NO_HOST, f"{place}.host", "neither the backend nor the service has a host")


def _check_hosts(written: tuple[str, ...], place: str, report: Report) -> None:
    for index, host in enumerate(written):
        try:
            hosts.sanitise(host)
        except ValueError as error:
            if not report.is_broken(f"{place}[{index}]"):
                report.error(Code.BAD_HOST, f"{place}[{index}]", str(error))


def _is_sequential(proxy: EndpointProxy) -> bool:
    # NOTE: `"strategy": "sequential"` alone asks all at once, with placeholders as they stand (KrakenD: the same)
    return proxy.sequential or proxy.strategy not in ("", "parallel")


def _check_placeholders(endpoint: Endpoint, route: Route, index: int, place: str, report: Report) -> None:
    components = endpoint.extra_config
    available = Available(
        endpoint=route.path,
        parameters=route.parameters,
        number=index,
        is_sequential=_is_sequential(components.proxy),
        has_token=may_authenticate(components.others),
    )
    if report.is_broken(f"{place}.url_pattern"):
        return
    for complaint in placeholders.complaints(endpoint.backend[index].url_pattern, available):
        report.error(complaint.code, f"{place}.url_pattern", complaint.message, complaint.remedy)
