"""What is written under `modifier/martian` as two functions: what becomes of a request, and of its answer.

    steps = Parser(settings.driver).parse({"header.Modifier": {"scope": ["request"], "name": "X-A", "value": "1"}})
    steps.request(request)

Modifiers are drivers, krakpy's own as those of others; filters and groups, which hold others, are made here. What
KrakenD cannot read switches its Martian off for the backend: that is `Disabled`. A key that nobody knows is an error,
and so is a modifier that nobody offers where packages are asked for.
"""
from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from krakpy_sdk import ConfigError, Disabled, MissingDriver, Request, Response, UnknownKey, UpstreamError
from krakpy_sdk.seats import FindDriver

OnRequest = Callable[[Request], Request]
OnResponse = Callable[[Request, Response], Response]

SCOPES = ("request", "response")
#: what only checks traffic in Martian's own proxy: it may be written, and does nothing
VERIFIERS = frozenset({
    "header.Verifier", "method.Verifier", "querystring.Verifier", "status.Verifier", "url.Verifier",
})  # fmt: skip
_COMMENTS = ("@", "$", "_", "#", "x-")


@dataclass(frozen=True, slots=True)
class Steps:
    """What a modifier does; None where it does nothing."""

    request: OnRequest | None = None
    response: OnResponse | None = None

    def within(self, scope: tuple[str, ...] | None, path: str) -> Steps:
        """The same for these scopes alone; Disabled for one that the modifier does not have."""
        if scope is None:
            return self
        for name in scope:
            if getattr(self, name) is None:
                raise Disabled(f"this modifier cannot be used for the {name}", path=f"{path}.scope")
        return Steps(*(getattr(self, name) if name in scope else None for name in SCOPES))


Make = Callable[["Parser", Mapping[str, Any], str], Steps]
"""Makes what holds other modifiers of its settings, which stand at a path."""


class Parser:
    """Reads modifiers. `holders` are those that hold others, by name."""

    def __init__(self, driver: FindDriver, holders: Mapping[str, Make]) -> None:
        self._driver = driver
        self._holders = holders

    def parse(self, written: Any, path: str = "") -> Steps:
        """The steps of an object with one key, the name of a modifier; Disabled, or ConfigError."""
        if not isinstance(written, Mapping):
            raise Disabled("an object with the name of a modifier is expected", path=path)
        if len(written) != 1:
            names = ", ".join(map(repr, written)) or "none"
            raise Disabled(f"one modifier is expected, and there are {len(written)}: {names}", path=path)
        [(name, config)] = written.items()
        place = f"{path}.{name}".lstrip(".")
        if not isinstance(config, Mapping):
            raise Disabled("an object with the settings of the modifier is expected", path=place)
        scope = _scope(config.get("scope"), f"{place}.scope")
        if name in self._holders:
            return self._holders[name](self, config, place).within(scope, place)
        if name in VERIFIERS:
            return Steps()
        return self._modifier(name, config, place).within(scope, place)

    def member(self, config: Mapping[str, Any], key: str, path: str) -> Steps:
        """The steps of a modifier that has to stand under this key."""
        if key not in config:
            raise Disabled(f"a modifier has to stand under {key!r}", path=path)
        return self.parse(config[key], f"{path}.{key}")

    def _modifier(self, name: str, config: Mapping[str, Any], path: str) -> Steps:
        settings = {key: value for key, value in config.items() if key != "scope"}
        near = get_close_matches(name, [*self._holders, *VERIFIERS], 1, 0.8)
        try:
            driver = self._driver("martian", name, settings)
        except ConfigError as error:
            hint = f"did you mean {near[0]!r}?" if near and not error.path else ""
            message = f"{error.message.partition('; did you mean')[0]}; {hint}" if hint else error.message
            # NOTE: KrakenD does not mind keys that it does not know, and has no packages that could be missing
            wrong = ConfigError if isinstance(error, UnknownKey | MissingDriver) else Disabled
            raise wrong(message, path=f"{path}.{error.path}".rstrip(".")) from error
        steps = Steps(getattr(driver, "modify_request", None), getattr(driver, "modify_response", None))
        is_own = type(driver).__module__.startswith(__package__)
        return steps if is_own else Steps(*_checked(steps, name))


def _checked(steps: Steps, name: str) -> tuple[OnRequest | None, OnResponse | None]:
    """The steps of somebody else's modifier: what they give is looked at."""
    on_request, on_response = steps.request, steps.response

    def modify_request(request: Request) -> Request:
        found = on_request(request) if on_request else request
        if not isinstance(found, Request):
            raise UpstreamError(f"the modifier {name} gave no request")
        return found

    def modify_response(request: Request, response: Response) -> Response:
        found = on_response(request, response) if on_response else response
        if not isinstance(found, Response):
            raise UpstreamError(f"the modifier {name} gave no answer")
        return found

    return modify_request if on_request else None, modify_response if on_response else None


def known_keys(config: Mapping[str, Any], keys: tuple[str, ...], path: str) -> None:
    """UnknownKey for a key that is none of these."""
    for key in config:
        if key not in (*keys, "scope") and not key.startswith(_COMMENTS):
            near = get_close_matches(key, keys, 1)
            hint = f"; did you mean {near[0]!r}?" if near else ""
            raise UnknownKey(f"unknown key {key!r}{hint}", path=f"{path}.{key}".lstrip("."))


def text(config: Mapping[str, Any], key: str, path: str) -> str:
    """A text, empty where it is absent; Disabled if it is something else."""
    value = config.get(key, "")
    if not isinstance(value, str):
        raise Disabled("a text is expected", path=f"{path}.{key}")
    return value


def _scope(written: Any, path: str) -> tuple[str, ...] | None:
    if written is None:
        return None
    if not isinstance(written, list | tuple) or not all(name in SCOPES for name in written):
        raise Disabled("a list of 'request' and 'response' is expected", path=path)
    return tuple(written)
