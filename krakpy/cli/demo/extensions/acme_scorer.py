"""Would score users, but breaks on purpose: it demands a licence when it is imported."""
import os

from krakpy_sdk import Extension, Patch

if "ACME_LICENCE" not in os.environ:
    raise RuntimeError("no licence: set ACME_LICENCE")


class Scorer(Extension):
    """Adds a score to the answer."""

    def endpoint_response(self) -> Patch:
        """Called when the backends have answered."""
        return Patch().set_data("score", 42)
