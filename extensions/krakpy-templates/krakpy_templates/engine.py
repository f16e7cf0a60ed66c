"""Go's text/template with Sprig's functions: templates in, text out.

    engine = Engine({"shout": Function("string", str.upper)})
    engine.add("{{ shout .name }}", "greeting.tmpl")
    engine.render("greeting.tmpl", {"name": "Ada"}).text      # ADA
"""
from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from krakpy_templates.evaluating import MOST_STEPS
from krakpy_templates.executing import Rendered, Rendering
from krakpy_templates.functions.catalogue import functions
from krakpy_templates.nodes import Template
from krakpy_templates.parsing import parse
from krakpy_templates.signatures import Function


class Engine:
    """Templates that can call one another, and the functions that they can call."""

    def __init__(
        self,
        more: Mapping[str, Function] | None = None,
        environ: Mapping[str, str] | None = None,
        *,
        most_steps: int = MOST_STEPS,
    ) -> None:
        self._most_steps = most_steps
        self._functions = functions(environ or {}) | dict(more or {})
        self._templates: dict[str, Template] = {}

    def add(self, source: str, name: str) -> None:
        """Adds a file's templates; one of a known name takes its place, unless it is empty. Raises TemplateError."""
        for found in parse(source, name, self._functions).values():
            if not (found.is_empty and found.name in self._templates):
                self._templates[found.name] = found

    def render(self, name: str, data: Any) -> Rendered:
        """What the template of a name makes of the data. Raises TemplateError."""
        return Rendering(self._templates, self._functions, self._most_steps).run(name, data)
