"""The contract between krakpy and its extensions: standard library only, typed, semantically versioned.

    from krakpy_sdk import Extension, Patch, Reply
"""
from krakpy_sdk.actions import ContractError, Patch, Reply
from krakpy_sdk.drivers import Decoder, Discovery, Loader, Merger, Renderer, Store, Transport
from krakpy_sdk.errors import (
    BadStatus,
    ConfigError,
    KrakpyError,
    MergeError,
    Refused,
    RejectedError,
    Timeout,
    Undecodable,
    UpstreamError,
)
from krakpy_sdk.extension import HOOKS, Context, Extension
from krakpy_sdk.messages import Headers, Query, Request, Response
from krakpy_sdk.seats import (
    ASGIApp,
    BackendMiddleware,
    BackendSettings,
    ClientMiddleware,
    ClientSettings,
    EndpointMiddleware,
    EndpointSettings,
    Proxy,
    Receive,
    RouterMiddleware,
    RouterSettings,
    Scope,
    Send,
    ServerMiddleware,
    ServerSettings,
)

__version__ = "1.0.0"
__all__ = [
    "HOOKS", "ASGIApp", "BackendMiddleware", "BackendSettings", "BadStatus", "ClientMiddleware", "ClientSettings",
    "ConfigError", "Context", "ContractError", "Decoder", "Discovery", "EndpointMiddleware", "EndpointSettings",
    "Extension", "Headers", "KrakpyError", "Loader", "MergeError", "Merger", "Patch", "Proxy", "Query", "Receive",
    "Refused", "RejectedError", "Renderer", "Reply", "Request", "Response", "RouterMiddleware", "RouterSettings",
    "Scope", "Send", "ServerMiddleware", "ServerSettings", "Store", "Timeout", "Transport", "Undecodable",
    "UpstreamError",
]
