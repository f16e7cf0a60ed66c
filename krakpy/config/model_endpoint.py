"""An endpoint and its backends, as the file has them.

    {"endpoint": "/users/{id}", "backend": [{"url_pattern": "/v1/users/{id}", "host": ["http://users.test"]}]}
"""
from __future__ import annotations

from typing import ClassVar

from msgspec import field

from krakpy.config.aliases import LEGACY
from krakpy.config.kinds import Count, Model, Rest, Seconds
from krakpy.config.model_proxy import BackendHttp, BackendHttpClient, BackendProxy, EndpointProxy


class BackendComponents(Model, frozen=True, kw_only=True):
    """The `extra_config` of a backend: what the core reads itself, and the rest."""

    SPELLINGS: ClassVar[dict[str, str]] = LEGACY

    proxy: BackendProxy = BackendProxy()
    """How the backend takes part."""

    http: BackendHttp = field(name="backend/http", default=BackendHttp())
    """What becomes of the backend's status."""

    http_client: BackendHttpClient = field(name="backend/http/client", default=BackendHttpClient())
    """How the request is sent."""

    others: Rest = field(default_factory=dict)
    """Every other namespace with its settings: each belongs to an extension."""


class Backend(Model, frozen=True, kw_only=True):
    """One upstream that an endpoint asks."""

    ACCEPTED: ClassVar[dict[str, str]] = {
        "timeout": "The endpoint's `timeout` counts; remove the key.",
        "concurrent_calls": "The endpoint's `concurrent_calls` counts; remove the key.",
        "whitelist": "Since version 3 of the format it is `allow`; nothing is filtered.",
        "blacklist": "Since version 3 of the format it is `deny`; nothing is filtered.",
    }

    url_pattern: str = ""
    """Path inside the upstream, with `{name}` for parameters of the endpoint; may have a fixed query string."""

    host: tuple[str, ...] = ()
    """The upstream's hosts, used in turn; without a scheme `http://` is meant; empty: the service's `host`."""

    method: str = ""
    """The method that is sent; empty: the endpoint's."""

    encoding: str = ""
    """The decoder of the answer; empty: `json`; always `no-op` when the endpoint's `output_encoding` is."""

    is_collection: bool = False
    """The answer is an array: it is put under the key `collection`."""

    group: str = ""
    """A key under which the answer is put before answers are merged."""

    target: str = ""
    """Dotted path of the object that replaces the whole answer."""

    allow: tuple[str, ...] = ()
    """Dotted paths of the only fields that are kept; wins over `deny`."""

    deny: tuple[str, ...] = ()
    """Dotted paths of the fields that are dropped."""

    mapping: dict[str, str] = field(default_factory=dict)
    """New names for fields of the first level: old name to new name."""

    input_headers: tuple[str, ...] = ()
    """The only headers of the endpoint's that this backend receives; empty: all of them; `[""]`: none."""

    input_query_strings: tuple[str, ...] = ()
    """The only query strings of the endpoint's that this backend receives; empty: all of them; `[""]`: none."""

    disable_host_sanitize: bool = False
    """Take the hosts as they are written: for other schemes than HTTP, and for names that are looked up."""

    sd: str = "static"
    """How hosts are found: `static` takes `host`; `dns` and `dns-shared` look up SRV records (package `krakpy-dns`)."""

    sd_scheme: str = "http"
    """The scheme of hosts that are found by looking up."""

    extra_config: BackendComponents = BackendComponents()
    """Components by namespace."""


class EndpointComponents(Model, frozen=True, kw_only=True):
    """The `extra_config` of an endpoint: what the core reads itself, and the rest."""

    SPELLINGS: ClassVar[dict[str, str]] = LEGACY

    proxy: EndpointProxy = EndpointProxy()
    """How the backends become one answer."""

    others: Rest = field(default_factory=dict)
    """Every other namespace with its settings: each belongs to an extension."""


class Endpoint(Model, frozen=True, kw_only=True):
    """One path and method that the gateway publishes."""

    endpoint: str = ""
    """The path: starts with `/`, and a segment may be a parameter: `/users/{id}`."""

    method: str = "GET"
    """GET, POST, PUT, PATCH or DELETE; one object for each method of a path."""

    backend: tuple[Backend, ...] = ()
    """The upstreams that are asked; several are asked at once and their answers merged."""

    output_encoding: str = ""
    """How the answer is written (`json`, `json-collection`, `string`, `no-op`, …); empty: the service's."""

    timeout: Seconds = 0.0
    """Time for everything behind the endpoint; 0: the service's."""

    cache_ttl: Seconds = 0.0
    """Seconds of `Cache-Control: public, max-age=…` of complete answers; 0: the service's."""

    concurrent_calls: Count = 1
    """How many identical requests race for each backend; 0 and 1: one."""

    input_headers: tuple[str, ...] = ()
    """The client's headers that are forwarded, in any case; `*`: all; by default none."""

    input_query_strings: tuple[str, ...] = ()
    """The client's query strings that are forwarded; `*`: all; by default none."""

    extra_config: EndpointComponents = EndpointComponents()
    """Components by namespace."""
