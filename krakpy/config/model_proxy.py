"""What the `extra_config` of endpoints and backends says to the core: `proxy`, `backend/http`, its `client`."""
from __future__ import annotations

from typing import Any

from krakpy.config.kinds import Count, ExactBool, ExactText, Model, Seconds
from krakpy.config.model_tls import ClientTls


class Static(Model, frozen=True, kw_only=True):
    """Data that is added to the answer (KrakenD: `proxy.static`)."""

    strategy: str = "always"
    """When: `always`, `success`, `complete`, `errored` or `incomplete`; another text means `always`."""

    data: Any = None
    """The object whose keys are added; without an object nothing is."""


class FlatmapOperation(Model, frozen=True, kw_only=True):
    """One step of a flatmap filter."""

    type: str = ""
    """What is done: `move`, `del` or `append`; another text does nothing."""

    args: tuple[str, ...] = ()
    """The paths that it is done to."""


class EndpointProxy(Model, frozen=True, kw_only=True):
    """How the backends of an endpoint become one answer (KrakenD: an endpoint's `extra_config.proxy`)."""

    sequential: bool = False
    """Ask the backends one after the other; a later one may use values of the answers before (`{resp0_id}`)."""

    sequential_propagated_params: tuple[str, ...] = ()
    """Values of earlier answers that every later backend receives as parameters (`resp0_id`)."""

    static: Static | None = None
    """Data that is added to the answer."""

    flatmap_filter: tuple[FlatmapOperation, ...] = ()
    """Steps that move, drop and append fields of the merged answer; with more than one backend only."""

    combiner: str = ""
    """The name of what merges the answers; empty: the default."""

    strategy: str = ""
    """The name of an installed merger that asks the backends; `parallel` and `sequential` leave it to `sequential`."""

    force_sandboxed_request: bool = False
    """Give every backend its own copy of the request; krakpy's requests are immutable, so it always has one."""

    max_payload: Count = 0
    """Largest body of a request, in bytes; 0: no limit (KrakenD Enterprise)."""

    decompress_gzip: bool = False
    """Decompress the body of the request before it is forwarded (KrakenD Enterprise)."""


class BackendProxy(Model, frozen=True, kw_only=True):
    """How one backend takes part (KrakenD: a backend's `extra_config.proxy`)."""

    shadow: bool = False
    """Send the backend a copy of the request and ignore what it answers."""

    shadow_timeout: Seconds = 0.0
    """Time for a shadow backend; 0: the endpoint's `timeout`."""

    flatmap_filter: tuple[FlatmapOperation, ...] = ()
    """Steps that move, drop and append fields of the answer; they replace `allow`, `deny` and `mapping`."""


class BackendHttp(Model, frozen=True, kw_only=True):
    """What becomes of a backend's status (KrakenD: `backend/http`)."""

    return_error_details: ExactText | None = None
    """A name: an answer that is no success adds `error_<name>` with its status and body; empty: it is a failure."""

    return_error_code: ExactBool = False
    """Answer with the status of the only backend, or of the first of a sequence, when it is no success."""


class BackendHttpClient(Model, frozen=True, kw_only=True):
    """How the request is sent (KrakenD: `backend/http/client`)."""

    send_body_on_redirect: bool = False
    """Send the body again when a 307 or 308 is followed."""

    no_redirect: bool = False
    """Do not follow redirects, answer them (KrakenD Enterprise)."""

    proxy_address: str = ""
    """A forward proxy for this backend (KrakenD Enterprise)."""

    client_tls: ClientTls | None = None
    """TLS towards this backend, in place of the service's; its connections are shared with no other TLS."""
