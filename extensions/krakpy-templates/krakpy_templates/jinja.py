"""The other dialect: files that end in `.j2`, in Jinja's language, sandboxed.

Settings are variables; `env(name)` and `marshal` (also as a filter) are there; `include` finds partials and templates.
"""
from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from jinja2 import ChoiceLoader, FileSystemLoader, StrictUndefined, TemplateSyntaxError
from jinja2 import TemplateError as JinjaError
from jinja2.exceptions import SecurityError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from krakpy_templates import folders
from krakpy_templates.errors import TemplateError
from krakpy_templates.json_texts import marshalled


def render(source: str, name: str, values: Mapping[str, Any], environ: Mapping[str, str]) -> str:
    """What the template makes of the settings. Raises TemplateError."""
    try:
        return _environment(environ).from_string(source).render(_whole(dict(values)))
    except TemplateSyntaxError as error:
        raise TemplateError(error.message or "syntax", file=error.name or name, line=error.lineno) from error
    except SecurityError as error:
        raise TemplateError(f"the sandbox forbids it: {error}", file=name, line=_line(error)) from error
    except (JinjaError, ArithmeticError, AttributeError, LookupError, TypeError, ValueError, RecursionError) as error:
        raise TemplateError(f"{type(error).__name__}: {error}", file=name, line=_line(error)) from error


def _environment(environ: Mapping[str, str]) -> ImmutableSandboxedEnvironment:
    _, templates, partials = folders.variables(environ)
    loaders = [FileSystemLoader(folder) for folder in (partials, templates) if folder]
    environment = ImmutableSandboxedEnvironment(
        loader=ChoiceLoader(loaders), undefined=StrictUndefined, keep_trailing_newline=True, autoescape=False
    )
    environment.globals |= {"env": lambda name, missing="": environ.get(name, missing), "marshal": marshalled}
    environment.filters["marshal"] = marshalled
    return environment


def _whole(value: Any) -> Any:
    """Settings with whole numbers where they are written without a fraction: Python has both."""
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
        return int(value)
    if isinstance(value, list):
        return [_whole(item) for item in value]
    if isinstance(value, dict):
        return {key: _whole(item) for key, item in value.items()}
    return value


def _line(error: BaseException) -> int:
    """The last line of the template that the error went through."""
    line, step = 0, error.__traceback__
    while step is not None:
        if step.tb_frame.f_code.co_filename == "<template>":
            line = step.tb_lineno
        step = step.tb_next
    return line
