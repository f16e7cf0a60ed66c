"""Greets the user whom an answer is about, and tells the backends who greets."""
from dataclasses import dataclass

from krakpy_sdk import Extension, Patch, Request, Response


@dataclass(frozen=True)
class Config:
    """What the configuration says under `greeter`: decoded strictly, before the first request."""

    word: str = "Hello"


class Greeter(Extension[Config]):
    """Adds a header on the way in and a greeting on the way out."""

    def endpoint_request(self, request: Request) -> Patch:
        """Called before the backends are asked."""
        return Patch().set_header("X-Greeter", f"acme-greeter for {request.client_ip or 'somebody'}")

    def endpoint_response(self, response: Response) -> Patch | None:
        """Called when their answers are merged."""
        name = (response.data or {}).get("name")
        return Patch().set_data("greeting", f"{self.config.word}, {name}!") if name else None
