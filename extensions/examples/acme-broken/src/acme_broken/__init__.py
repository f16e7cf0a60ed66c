"""An extension that cannot be imported, on purpose: it needs a module that no package provides.

    "plugin/req-resp-modifier": {"name": ["broken"]}
"""
from __future__ import annotations

import acme_missing_driver  # type: ignore[import-not-found]  # the fault that this package is for
from krakpy_sdk import Extension, Patch

__all__ = ["Broken"]


class Broken(Extension):
    """Would add a header, if it could be imported."""

    def endpoint_request(self) -> Patch:
        """Never called: the probe finds the missing module before a worker imports this one."""
        return Patch().set_header("X-Driver", acme_missing_driver.name())
