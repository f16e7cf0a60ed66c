"""What a configuration says about itself: `documentation/openapi`, at the service and at endpoints.

It is checked and written into OpenAPI documents; no request ever meets it.
"""
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from krakpy_sdk import ASGIApp, EndpointMiddleware, EndpointSettings, Proxy, Request, ServerMiddleware, ServerSettings
from krakpy_sdk.seats import Receive, Scope, Send

NAMESPACE = "documentation/openapi"


@dataclass(frozen=True, kw_only=True)
class ServiceDocumentation:
    """What is said of the whole API."""

    version: str = ""
    """The version of the API; `1.0.0` without it."""
    description: str = ""
    """What the API is."""
    openapi: str = ""
    """The version of OpenAPI that schemas are written in: `3.0.3` (default) or one of 3.1."""
    audience: tuple[str, ...] = ()
    """Accepted, and not looked at."""
    host: str = ""
    """Where the API is, `api.example.com`; `servers` wins."""
    base_path: str = ""
    """What stands before every path there."""
    schemes: tuple[str, ...] = ()
    """How `host` is reached; `https` without it."""
    servers: tuple[Mapping[str, Any], ...] = ()
    """OpenAPI's server objects."""
    contact_name: str = ""
    """Who is asked."""
    contact_email: str = ""
    """Their address."""
    contact_url: str = ""
    """Their page."""
    license_name: str = ""
    """The licence of the API."""
    license_url: str = ""
    """Its text."""
    terms_of_service: str = ""
    """The address of the terms."""
    tag_definition: tuple[Mapping[str, Any], ...] = ()
    """OpenAPI's tag objects, `name` and `description`."""
    components_schemas: Mapping[str, Any] = field(default_factory=dict)
    """Schemas by name, which others refer to as `#/components/schemas/NAME`."""
    custom_security_schemes: Mapping[str, Any] = field(default_factory=dict)
    """OpenAPI's security schemes by name."""
    security: tuple[Mapping[str, Any], ...] | None = None
    """What every operation asks for that says nothing itself."""
    cookie_name: str = ""
    """Accepted, and not looked at."""
    jwt_key: str = ""
    """The name of the security scheme of endpoints with `auth/validator`; `KrakenD-JWT` without it."""


@dataclass(frozen=True, kw_only=True)
class EndpointDocumentation:
    """What is said of one endpoint."""

    summary: str = ""
    """A few words."""
    description: str = ""
    """More of them."""
    operation_id: str = ""
    """A name of its own."""
    tags: tuple[str, ...] = ()
    """The groups it belongs to."""
    audience: tuple[str, ...] = ()
    """Whom it is for: `krakpy openapi export --audience NAME` leaves out what is for others."""
    deprecated: bool = False
    """Whether it is not to be used any more."""
    param_definition: tuple[Mapping[str, Any], ...] = ()
    """Parameters of the path: `name`, `description`, and `schema` or `type`; `hide` leaves one out."""
    query_definition: tuple[Mapping[str, Any], ...] = ()
    """Parameters of the query: the same, and `required`."""
    header_definition: tuple[Mapping[str, Any], ...] = ()
    """Headers: the same."""
    cookie_definition: tuple[Mapping[str, Any], ...] = ()
    """Cookies: the same."""
    request_definition: tuple[Mapping[str, Any], ...] = ()
    """Bodies: `content_type`, `description`, `required`, and `schema`, `ref` (a name in `components_schemas`) or
    `example_schema`."""
    response_definition: Mapping[str, Any] = field(default_factory=dict)
    """Answers by status or `default`: `description`, `headers`, and `content_type` with a schema, told as in
    `request_definition`; a list for several types."""
    disable_default_response_definitions: bool = False
    """Whether to leave out the answers that follow from the configuration."""
    security: tuple[Mapping[str, Any], ...] | None = None
    """What it asks for; by default what `auth/validator` does."""
    example: Any = None
    """An example of the answer with status 200."""


class Service:
    """Keeps what `documentation/openapi` says of the service; no request meets it."""

    Config = ServiceDocumentation

    def __init__(self, settings: ServerSettings, next: ASGIApp) -> None:
        del settings
        self._next = next

    @staticmethod
    def applies_to(settings: ServerSettings) -> bool:
        """Never: it is documentation."""
        del settings
        return False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._next(scope, receive, send)


class Endpoint:
    """Keeps what `documentation/openapi` says of an endpoint; no request meets it."""

    Config = EndpointDocumentation

    def __init__(self, settings: EndpointSettings, next: Proxy) -> None:
        del settings
        self._next = next

    @staticmethod
    def applies_to(settings: EndpointSettings) -> bool:
        """Never: it is documentation."""
        del settings
        return False

    def __call__(self, request: Request) -> Any:
        return self._next(request)


_service: type[ServerMiddleware] = Service
_endpoint: type[EndpointMiddleware] = Endpoint
