"""The workloads as a KrakenD configuration, which krakpy reads as well."""
from __future__ import annotations

from typing import Any

from benchmarks.documents import SHAPE
from benchmarks.gateways.contract import Place
from benchmarks.workloads import Site

_NO_OP = "no-op"


def configuration(site: Site, place: Place) -> dict[str, Any]:
    """All workloads, and as many endpoints more as the site has."""
    return {
        "version": 3,
        "name": "benchmark",
        "port": place.port,
        "timeout": "30s",
        "max_idle_connections_per_host": 1024,
        "listen_ip": "127.0.0.1",
        "extra_config": {
            "router": {"disable_access_log": True},
            "telemetry/logging": {"level": "ERROR", "stdout": True},
        },
        "endpoints": _endpoints(f"http://127.0.0.1:{place.upstream_port}", site.extra_endpoints),
        **(_tls(place) if site.tls else {}),
    }


def _endpoints(host: str, extra: int) -> list[dict[str, Any]]:
    def endpoint(path: str, *backends: dict[str, Any], **more: Any) -> dict[str, Any]:
        return {"endpoint": path, "backend": [{"host": [host], **own} for own in backends], **more}

    def passed(path: str, there: str, method: str = "GET") -> dict[str, Any]:
        backend = {"url_pattern": there, "encoding": _NO_OP, "method": method}
        return endpoint(path, backend, output_encoding=_NO_OP, method=method)

    return [
        passed("/noop", "/small"),
        endpoint("/json/{id}", {"url_pattern": "/small/{id}"}),
        endpoint("/merge3", *({"url_pattern": "/small", "group": group} for group in "abc")),
        endpoint("/shape10k", {"url_pattern": "/rows", **SHAPE}),
        passed("/mb", "/mb"),
        passed("/post", "/post", "POST"),
        *(endpoint(f"/extra/{number}/{{id}}", {"url_pattern": "/small/{id}"}) for number in range(extra)),
    ]


def _tls(place: Place) -> dict[str, Any]:
    pair = {"public_key": str(place.certificate), "private_key": str(place.key)}
    return {"tls": {"keys": [pair]}}
