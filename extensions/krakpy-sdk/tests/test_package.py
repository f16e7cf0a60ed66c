"""The package as authors get it: standard library only, versioned, typed, documented."""
import inspect
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import krakpy_sdk
import pytest
from krakpy_sdk import Patch, Reply, Request

ROOT = Path(__file__).parents[1]
NOTHING_BUT_THE_STANDARD_LIBRARY = """
import sys; sys.path.insert(0, sys.argv[1])
import pkgutil, krakpy_sdk
for module in pkgutil.iter_modules(krakpy_sdk.__path__):
    __import__(f"krakpy_sdk.{module.name}")
roots = {name.partition(".")[0] for name in sys.modules}
print(*sorted(roots - sys.stdlib_module_names - {"krakpy_sdk", "__main__", "__mp_main__"}))
"""


def test_nothing_but_the_standard_library_is_imported():
    command = [sys.executable, "-I", "-S", "-c", NOTHING_BUT_THE_STANDARD_LIBRARY, str(ROOT)]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stderr, ended.stdout) == (0, "", "\n")


def test_it_depends_on_nothing():
    assert project()["dependencies"] == []


def test_the_version_is_that_of_the_distribution():
    assert krakpy_sdk.__version__ == project()["version"]


def test_it_is_marked_as_typed():
    assert (ROOT / "krakpy_sdk" / "py.typed").exists()


@pytest.mark.parametrize("name", krakpy_sdk.__all__)
def test_every_public_name_says_what_it_is_for(name):
    value = getattr(krakpy_sdk, name)
    assert not inspect.isclass(value) or has_own_docstring(value)


@pytest.mark.parametrize(
    ("owner", "name"),
    [
        (owner, name)
        for owner in (krakpy_sdk.Headers, krakpy_sdk.Query, Request, krakpy_sdk.Response, Patch, krakpy_sdk.Extension)
        for name, value in inspect.getmembers(owner)
        if name[0] != "_" and (callable(value) or isinstance(value, property)) and name not in dir(dict)
    ],
)
def test_every_public_method_says_what_it_does(owner, name):
    assert inspect.getdoc(getattr(owner, name))


def test_the_example_of_the_readme_works():
    namespace: dict[str, Any] = {}
    exec(next(blocks("python")), namespace)
    geo = namespace["Geo"](namespace["Config"](block=("CL",)))
    assert isinstance(geo.endpoint_request(Request(headers=krakpy_sdk.Headers({"X-Geo": "CL"}))), Reply)
    assert isinstance(geo.endpoint_request(Request()), Patch)


def test_the_entry_point_of_the_readme_is_toml():
    assert tomllib.loads(next(blocks("toml"))) == {
        "project": {"entry-points": {"krakpy.hooks.v1": {"geo": "acme_geo:Geo"}}}
    }


def project():
    return tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]


def blocks(language):
    return iter(re.findall(rf"```{language}\n(.*?)```", (ROOT / "README.md").read_text(), re.DOTALL))


def has_own_docstring(value):
    return bool(vars(value).get("__doc__")) and not value.__doc__.startswith(f"{value.__name__}(")
