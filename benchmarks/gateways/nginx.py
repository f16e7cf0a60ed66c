"""nginx: `proxy_pass` with a pool of upstream connections; the yardstick of all ratios."""
from __future__ import annotations

import os
import subprocess
from grp import getgrgid

from benchmarks.gateways.contract import Gateway, Place, Start, absent
from benchmarks.workloads import Site, Workload

_CONFIG = """
daemon off;
{user}
worker_processes 1;
pid {folder}/nginx.pid;
error_log {folder}/nginx.log error;
worker_rlimit_nofile 16384;
events {{ worker_connections 8192; }}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    keepalive_requests 1000000000;
    keepalive_timeout 600s;
    client_max_body_size 0;
    upstream backend {{ server 127.0.0.1:{upstream_port}; keepalive 1024; keepalive_requests 1000000000; }}
    proxy_http_version 1.1;
    proxy_max_temp_file_size 0;
    proxy_request_buffering off;
    proxy_set_header Connection "";
    server {{
        listen 127.0.0.1:{port} {listen} backlog=4096;
        {tls}
        location /noop {{ proxy_pass http://backend/small; }}
        location /mb {{ proxy_pass http://backend/mb; }}
        location /post {{ proxy_pass http://backend/post; }}
        {extra}
    }}
}}
"""


class Nginx:
    """nginx with one worker process."""

    name = "nginx"

    def missing(self) -> str:
        return absent("nginx", "apt install nginx")

    def version(self) -> str:
        told = subprocess.run(["nginx", "-v"], capture_output=True, text=True, check=False).stderr
        return told.strip().rpartition("/")[2]

    def can(self, workload: Workload) -> bool:
        return workload.kind == "noop"

    def start(self, site: Site, place: Place) -> Start:
        extra = (
            f"location /extra/{number}/ {{ proxy_pass http://backend/small/; }}"
            for number in range(site.extra_endpoints)
        )
        path = place.write("nginx.conf", _CONFIG.format(
            folder=place.folder, port=place.port, upstream_port=place.upstream_port, extra="\n        ".join(extra),
            user=own_user(), listen="ssl" if site.tls else "",
            tls=f"ssl_certificate {place.certificate}; ssl_certificate_key {place.key};" if site.tls else "",
        ))
        return Start(["nginx", "-p", str(place.folder), "-e", str(place.folder / "nginx.log"), "-c", str(path)])


def own_user() -> str:
    """Workers stay who started them: the folders are nobody else's. Only root may, and has to, say so."""
    return f"user root {getgrgid(os.getgid()).gr_name};" if os.getuid() == 0 else ""


_guard: type[Gateway] = Nginx
