"""Every function that a template can call, by name."""
from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from krakpy_templates.errors import CallError
from krakpy_templates.functions import (
    builtin,
    cases,
    comparing,
    conversion,
    dates,
    defaults,
    dictionaries,
    encoding,
    lists,
    machine,
    mathematics,
    patterns,
    strings,
    versions,
)
from krakpy_templates.signatures import Function
from krakpy_templates.verbs import sprintf

SECRETS = (
    "bcrypt", "htpasswd", "genPrivateKey", "derivePassword", "buildCustomCert", "genCA", "genCAWithKey",
    "genSelfSignedCert", "genSelfSignedCertWithKey", "genSignedCert", "genSignedCertWithKey", "encryptAES",
    "decryptAES",
)
"""Sprig's functions that make keys and secrets: those have no place in a configuration, and are refused by name."""


def functions(environ: Mapping[str, str]) -> dict[str, Function]:
    """The functions, with `env` and `expandenv` over the variables that are given."""
    kinds = (
        builtin, comparing, conversion, mathematics, strings, cases, lists, dictionaries, defaults, dates, encoding,
        patterns, versions, machine,
    )
    found = {name: function for kind in kinds for name, function in kind.FUNCTIONS.items()}
    found |= {name: Function("any...", _refusing(name)) for name in SECRETS}
    return found | {"printf": Function("string any...", sprintf)} | machine.environment(environ)


def _refusing(name: str) -> Callable[..., Any]:
    def refuse(*_: Any) -> Any:
        raise CallError(f"{name} is not supported: make the secret elsewhere, and read it with `env` or from a setting")

    return refuse
