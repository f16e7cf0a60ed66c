"""The instances that live in a host: built, set up, called, torn down, and whatever goes wrong put into words.

    guest = Guest(Geo, {"place": "endpoints[0]", "name": "geo", "config": {"block": ["XX"]}, ...})
    await guest.set_up()
    guest.calls["endpoint_request"].invoke(request, None)
"""
from __future__ import annotations

import asyncio
import importlib
import inspect
import logging
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from krakpy_sdk.actions import ContractError
from krakpy_sdk.blame import place_of, said
from krakpy_sdk.calling import RETURNS, Invoke, breach, picked
from krakpy_sdk.errors import ConfigError
from krakpy_sdk.examining import hook_breaches
from krakpy_sdk.extension import HOOKS, Context, config_type_of, hooks_of
from krakpy_sdk.typed import decoded

#: longest time that `setup` and `teardown` of one instance may take
LIFECYCLE_TIMEOUT_S = 10.0

Decode = Callable[[Any, Any], tuple[Any, list[Any]]]


class Unusable(Exception):
    """An extension, or one instance of it, cannot be used: a code's name and a sentence."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class Call(NamedTuple):
    """One hook of one instance."""

    invoke: Invoke
    is_async: bool
    allowed: tuple[type, ...]
    name: str

    def checked(self, result: Any) -> Any:
        """What the hook returned; ContractError if it may not return that."""
        if result is not None and not isinstance(result, self.allowed):
            raise breach(self.name, self.allowed, result)
        return result


def imported(target: str) -> Any:
    """The class at `module:attribute`; Unusable for whatever comes instead of it."""
    module, _, attribute = target.partition(":")
    try:
        loaded: Any = importlib.import_module(module.strip())
        for part in attribute.split("[")[0].strip().split(".") if attribute else ():
            loaded = getattr(loaded, part)
        breaches = list(hook_breaches(loaded))
    except BaseException as error:
        raise Unusable("IMPORT_RAISED", f"import: {said(error)}{place_of(error)}") from error
    if breaches:
        raise Unusable(breaches[0][0], f"contract: {breaches[0][1]}")
    return loaded


class Guest:
    """One instance of an extension."""

    def __init__(self, loaded: Any, told: Mapping[str, Any], decode: Decode = decoded) -> None:
        self.name: str = told["name"]
        self.place: str = told["place"]
        self.problem: Unusable | None = None
        """Why it cannot be called."""
        self.calls: dict[str, Call] = {}
        log = logging.getLogger(f"krakpy.extension.{self.name.replace('/', '.')}")
        self._context = Context(
            name=self.name, id=told["id"], seat=told["seat"], endpoint=told["endpoint"], log=log,
        )  # fmt: skip
        self._build: Callable[[], Any] = lambda: loaded(_settings(loaded, told["config"], decode), self._context)
        self._instance: Any = None

    async def set_up(self) -> None:
        """Build it and call its `setup`; what goes wrong is its `problem`."""
        try:
            self._instance = self._built()
            await self._finished(lambda: self._instance.setup(self._context), "setup", "SETUP")
            self.calls = {name: _call(self._instance, name) for name in hooks_of(type(self._instance))}
        except Unusable as error:
            self.problem = error

    async def torn_down(self) -> None:
        """Call its `teardown`; what that raises is logged."""
        if not self.calls:
            return
        try:
            await self._finished(self._instance.teardown, "teardown", "SETUP")
        except Unusable as error:
            # NOTE: the traceback would be of this package; file and line of the extension are in the sentence
            self._context.log.error("%s", error)  # noqa: TRY400

    def _built(self) -> Any:
        try:
            return self._build()
        except Unusable:
            raise
        except ConfigError as error:
            raise Unusable("SETTINGS", str(error)) from error
        except BaseException as error:
            raise Unusable("CONSTRUCTION", f"construction: {said(error)}{place_of(error)}") from error

    async def _finished(self, call: Callable[[], object], what: str, code: str) -> None:
        try:
            result: Any = call()
            if inspect.isawaitable(result):
                async with asyncio.timeout(LIFECYCLE_TIMEOUT_S):
                    await result
        except BaseException as error:
            raise Unusable(code, f"{what}: {said(error)}{place_of(error)}") from error


def _settings(loaded: Any, raw: Any, decode: Decode) -> Any:
    config = config_type_of(loaded)
    if config is None:
        if raw:
            raise Unusable("SETTINGS", f"{loaded.__name__} takes no settings")
        return None
    settings, misfits = decode(config, {} if raw is None else raw)
    if misfits:
        raise Unusable("SETTINGS", "; ".join(str(getattr(misfit, "message", misfit)) for misfit in misfits))
    return settings


def _call(instance: Any, name: str) -> Call:
    method = getattr(instance, name)
    return Call(picked(method, HOOKS[name]), inspect.iscoroutinefunction(method), RETURNS[name], name)


def is_breach(error: BaseException) -> bool:
    """Whether an error says that the extension gave what the contract does not allow."""
    return isinstance(error, ContractError)
