"""The contract between krakpy and its extensions: standard library only, typed, semantically versioned.

    from krakpy_sdk import Extension, Patch, Reply
"""
from krakpy_sdk.actions import ContractError, Patch, Reply
from krakpy_sdk.drivers import (
    Command,
    Decoder,
    Discovery,
    LoadedText,
    Loader,
    LoadError,
    Merger,
    Renderer,
    Store,
    StoreError,
    Taken,
    Tools,
    Transport,
)
from krakpy_sdk.errors import (
    BadStatus,
    ConfigError,
    Disabled,
    KrakpyError,
    MergeError,
    MissingDriver,
    Refused,
    RejectedError,
    Timeout,
    Undecodable,
    UnknownKey,
    Unusable,
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
    "Command", "ConfigError", "Context", "ContractError", "Decoder", "Disabled", "Discovery", "EndpointMiddleware",
    "EndpointSettings", "Extension", "Headers", "KrakpyError", "LoadError", "LoadedText", "Loader", "MergeError",
    "Merger", "MissingDriver", "Patch", "Proxy", "Query", "Receive", "Refused", "RejectedError", "Renderer", "Reply",
    "Request", "Response", "RouterMiddleware", "RouterSettings", "Scope", "Send", "ServerMiddleware",
    "ServerSettings", "Store", "StoreError", "Taken", "Timeout", "Tools", "Transport", "Undecodable", "UnknownKey",
    "Unusable", "UpstreamError",
]
