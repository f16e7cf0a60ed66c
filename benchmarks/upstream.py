"""The upstream of all gateways: nginx on a core that is not theirs."""
from __future__ import annotations

from pathlib import Path

from benchmarks import documents
from benchmarks.gateways.nginx import own_user

_CONFIG = """
daemon off;
{user}
master_process off;
pid {folder}/upstream.pid;
error_log {folder}/upstream.log error;
worker_rlimit_nofile 16384;
events {{ worker_connections 8192; }}
http {{
    access_log off;
    client_body_temp_path {folder}/upstream-body;
    proxy_temp_path {folder}/upstream-proxy;
    fastcgi_temp_path {folder}/upstream-fastcgi;
    uwsgi_temp_path {folder}/upstream-uwsgi;
    scgi_temp_path {folder}/upstream-scgi;
    keepalive_requests 1000000000;
    keepalive_timeout 600s;
    open_file_cache max=16;
    sendfile on;
    tcp_nopush on;
    default_type application/json;
    client_max_body_size 0;
    client_body_buffer_size 2m;
    upstream self {{ server 127.0.0.1:{port}; keepalive 64; keepalive_requests 1000000000; }}
    server {{
        listen 127.0.0.1:{port} backlog=4096;
        root {folder}/files;
        location /small {{ return 200 '{small}'; }}
        location /rows {{ try_files /rows.json =404; }}
        location /mb {{ default_type application/octet-stream; try_files /mb.bin =404; }}
        # the body is read to its end before the answer
        location /post {{
            proxy_pass http://self/small;
            proxy_http_version 1.1;
            proxy_method GET;
            proxy_pass_request_body off;
            proxy_set_header Content-Length "";
            proxy_set_header Connection "";
        }}
    }}
}}
"""


def command(folder: Path, port: int) -> list[str]:
    """Write what it serves, and say how it is started."""
    files = folder / "files"
    files.mkdir()
    (files / "rows.json").write_bytes(documents.ROWS)
    (files / "mb.bin").write_bytes(documents.MEBIBYTE)
    path = folder / "upstream.conf"
    path.write_text(_CONFIG.format(user=own_user(), folder=folder, port=port, small=documents.SMALL.decode()))
    return ["nginx", "-p", str(folder), "-e", str(folder / "upstream.log"), "-c", str(path)]
