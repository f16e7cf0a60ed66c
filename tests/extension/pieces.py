"""Middlewares and drivers that say what becomes of them, for gateways in this process."""
from dataclasses import dataclass
from typing import Any, Protocol

from krakpy_sdk import ConfigError, Disabled, Headers

#: what the pieces have told, in order; a test clears it
TOLD: list[tuple[str, Any]] = []


class Greets(Protocol):
    def __init__(self, config: Any) -> None: ...
    def greet(self, who: str) -> str: ...


@dataclass(frozen=True)
class Word:
    word: str = "hi"

    def __post_init__(self):
        if self.word == "bad":
            raise ConfigError("is no word", path="word")


class Hello:
    """A driver with a life."""

    Config = Word

    def __init__(self, config):
        TOLD.append(("driver", config.word))
        if config.word == "raise":
            raise KeyError("word")
        self.word = config.word

    async def setup(self):
        TOLD.append(("driver setup", self.word))
        if self.word == "dead":
            raise ConnectionError("nobody there")

    def teardown(self):
        TOLD.append(("driver teardown", self.word))

    def greet(self, who):
        if who == "nobody":
            raise KeyError(who)
        return f"{self.word} {who}"


class Greeter:
    """Adds a header by a driver that it asks for by name; the service or the object says which."""

    def __init__(self, settings, next):
        TOLD.append(("middleware", settings.place))
        config = settings.config
        if config.get("fails") == "construction":
            raise KeyError("no")
        if config.get("fails") == "disabled":
            raise Disabled("is not how it is written", path="fails")
        self.settings, self._next = settings, next
        word = {"word": config["word"]} if "word" in config else None
        self.driver = settings.driver("greet", config["driver"], word) if "driver" in config else None

    @staticmethod
    def applies_to(settings):
        return "left_out" not in settings.config.get("fails", "") or settings.endpoint != "/b"

    def setup(self):
        TOLD.append(("setup", self.settings.place))
        if self.settings.config.get("fails") == "setup":
            raise SystemExit(3)

    async def teardown(self):
        TOLD.append(("teardown", self.settings.place))

    def status(self):
        if self.settings.config.get("fails") == "status":
            raise SystemExit(3)
        return {"place": self.settings.place}

    async def __call__(self, request):
        response = await self._next(request)
        said = self.driver.greet(self.settings.config.get("who", self.settings.name)) if self.driver else "nothing"
        pairs = [*response.headers.pairs, ("X-Greeting", said), ("X-Place", self.settings.place)]
        return response.replace(headers=Headers(pairs))


class Front:
    """A middleware of the server seat with a life."""

    def __init__(self, settings, next):
        self.config, self._next = settings.config, next

    def setup(self):
        TOLD.append(("setup", "front"))
        if self.config.get("fails") == "setup":
            raise SystemExit(3)

    async def __call__(self, scope, receive, send):
        await self._next(scope, receive, send)
