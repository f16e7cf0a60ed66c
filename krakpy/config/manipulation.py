"""What the file says about putting answers together: what cannot be done, and what has no effect."""
from __future__ import annotations

from collections.abc import Sequence

from krakpy.codes import Code
from krakpy.config.model import Backend, Endpoint
from krakpy.config.model_proxy import EndpointProxy, FlatmapOperation
from krakpy.config.report import Report

#: the operations of a flatmap filter, with how many paths each of them takes at least
OPERATIONS = {"move": 2, "append": 2, "del": 1}
STRATEGIES = ("always", "success", "errored", "complete", "incomplete")
COMBINERS = ("", "default")
#: values of an endpoint's `strategy` that choose nothing: `sequential` does (KrakenD CE 2.13 has no such key yet)
MERGERS = ("", "parallel", "sequential")

_REPLACED = ("allow", "deny", "mapping")


def check_manipulation(endpoint: Endpoint, place: str, report: Report) -> None:
    """Reports what is wrong with, and without effect in, the manipulations of one endpoint and its backends."""
    at = f"{place}.extra_config.proxy"
    proxy = endpoint.extra_config.proxy
    _check_combiner(proxy, at, report)
    _check_strategy(proxy, at, report)
    _check_static(proxy, at, report)
    _check_flatmap(proxy.flatmap_filter, at, report)
    if proxy.flatmap_filter and sum(not backend.extra_config.proxy.shadow for backend in endpoint.backend) < 2:
        report.warning(Code.IGNORED, f"{at}.flatmap_filter", "an endpoint with one backend has no flatmap filter")
    if endpoint.backend and all(backend.extra_config.proxy.shadow for backend in endpoint.backend):
        message = f"`{endpoint.endpoint}` has shadow backends alone, so it always answers 500"
        report.warning(Code.NO_ENDPOINTS_BACKEND, f"{place}.backend", message)
    for index, backend in enumerate(endpoint.backend):
        _check_backend(backend, f"{place}.backend[{index}]", report)


def _check_combiner(proxy: EndpointProxy, place: str, report: Report) -> None:
    if proxy.combiner not in COMBINERS and not report.is_broken(f"{place}.combiner"):
        remedy = "Remove the key; answers are merged by their keys."
        report.error(Code.UNKNOWN_NAME, f"{place}.combiner", f"there is no combiner {proxy.combiner!r}", remedy)


def _check_strategy(proxy: EndpointProxy, place: str, report: Report) -> None:
    if proxy.strategy in MERGERS[1:] and proxy.sequential is not (proxy.strategy == "sequential"):
        asked = "one after the other" if proxy.sequential else "all at once"
        message = f"{proxy.strategy!r} has no effect: by `sequential`, the backends are asked {asked}"
        report.warning(Code.IGNORED, f"{place}.strategy", message, "Set `sequential`, and remove the key.")


def _check_static(proxy: EndpointProxy, place: str, report: Report) -> None:
    static = proxy.static
    if static is None:
        return
    if static.strategy not in STRATEGIES:
        report.warning(Code.IGNORED, f"{place}.static.strategy", f"{static.strategy!r} counts as `always`")
    if not isinstance(static.data, dict):
        report.warning(Code.IGNORED, f"{place}.static", "without an object as `data` nothing is added")


def _check_flatmap(operations: Sequence[FlatmapOperation], place: str, report: Report) -> None:
    for index, operation in enumerate(operations):
        at = f"{place}.flatmap_filter[{index}]"
        paths = OPERATIONS.get(operation.type)
        if report.is_broken(at):
            continue
        if paths is None:
            report.warning(Code.IGNORED, f"{at}.type", f"{operation.type!r} is no operation, and does nothing")
        elif len(operation.args) < paths:
            report.error(Code.WRONG_TYPE, f"{at}.args", f"`{operation.type}` takes {paths} path{'s' * (paths > 1)}")


def _check_backend(backend: Backend, place: str, report: Report) -> None:
    components = backend.extra_config
    operations = components.proxy.flatmap_filter
    _check_flatmap(operations, f"{place}.extra_config.proxy", report)
    if any(operation.type for operation in operations):
        for key in _REPLACED:
            if getattr(backend, key):
                report.warning(Code.IGNORED, f"{place}.{key}", f"`{key}` has no effect beside a flatmap filter")
    if components.http.return_error_code and components.http.return_error_details is not None:
        at = f"{place}.extra_config.backend/http.return_error_code"
        report.warning(Code.IGNORED, at, "`return_error_code` has no effect beside `return_error_details`")
