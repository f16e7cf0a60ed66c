"""HAProxy with one thread, and connections to the upstream that are shared."""
from __future__ import annotations

import subprocess

from benchmarks.gateways.contract import Gateway, Place, Start, absent
from benchmarks.workloads import Site, Workload

_CONFIG = """
global
    nbthread 1
    maxconn 4000
defaults
    mode http
    timeout connect 5s
    timeout client 600s
    timeout server 30s
    timeout http-keep-alive 600s
    http-reuse always
frontend clients
    bind 127.0.0.1:{port} backlog 4096 {tls}
    http-request set-path %[path,map({paths})]
    default_backend upstream
backend upstream
    server one 127.0.0.1:{upstream_port} pool-max-conn 1024
"""


class Haproxy:
    """HAProxy, which finds the path of the upstream in a map."""

    name = "haproxy"

    def missing(self) -> str:
        return absent("haproxy", "apt install haproxy")

    def version(self) -> str:
        told = subprocess.run(["haproxy", "-v"], capture_output=True, text=True, check=False).stdout
        return told.split()[2]

    def can(self, workload: Workload) -> bool:
        return workload.kind == "noop"

    def start(self, site: Site, place: Place) -> Start:
        extra = [f"/extra/{number}/42 /small/42" for number in range(site.extra_endpoints)]
        paths = place.write("paths.map", "\n".join(["/noop /small", "/mb /mb", "/post /post", *extra, ""]))
        tls = ""
        if site.tls:
            pair = place.write("pair.pem", place.certificate.read_text() + place.key.read_text())
            tls = f"ssl crt {pair}"
        path = place.write("haproxy.cfg", _CONFIG.format(
            port=place.port, upstream_port=place.upstream_port, paths=paths, tls=tls
        ))
        return Start(["haproxy", "-db", "-f", str(path)])


_guard: type[Gateway] = Haproxy
