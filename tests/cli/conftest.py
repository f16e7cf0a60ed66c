"""A place where distributions are installed, configuration files, and the command line to look at both with."""
import json
import re
from collections.abc import Callable
from importlib.metadata import Distribution, distributions
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from krakpy.cli.main import main

GEO = '''
from dataclasses import dataclass
from krakpy_sdk import Extension, Patch

@dataclass(frozen=True)
class Config:
    header: str = "X-Country"

class Geo(Extension[Config]):
    """Adds the caller's country."""
    def endpoint_request(self):
        return Patch().set_header(self.config.header, "NO")
'''
RETRY = '''
class Retry:
    """Asks again."""
    outside = ("load_balancer",)
    def __init__(self, settings, next):
        self._next = next
    async def __call__(self, request):
        return await self._next(request)
'''


class Site:
    """A folder on `sys.path` with distributions as pip leaves them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def install(
        self,
        distribution: str,
        source: str = GEO,
        *,
        hooks: dict[str, str] | None = None,
        version: str = "1.0.0",
        requires: tuple[str, ...] = ("krakpy-sdk>=1.0,<2",),
        **groups: dict[str, str],
    ) -> None:
        """One module, named after the distribution; its classes are offered by group: `hooks={"geo": "Geo"}`."""
        module = distribution.replace("-", "_")
        (self.folder / f"{module}.py").write_text(source)
        groups = {**({"hooks": hooks} if hooks else {}), **groups}
        lines = []
        for group, offers in groups.items():
            lines += [f"[krakpy.{group}.v1]", *(f"{name} = {module}:{loaded}" for name, loaded in offers.items())]
        self.write(f"{module}-{version}.dist-info", "\n".join(lines).encode(), distribution, version, requires)

    def write(
        self,
        folder: str,
        entry_points: bytes,
        distribution: str,
        version: str = "1.0.0",
        requires: tuple[str, ...] = (),
    ) -> None:
        """The metadata alone."""
        info = self.folder / folder
        info.mkdir()
        lines = [f"Name: {distribution}", f"Version: {version}", *(f"Requires-Dist: {text}" for text in requires)]
        (info / "METADATA").write_text("\n".join(["Metadata-Version: 2.1", *lines, ""]))
        (info / "entry_points.txt").write_bytes(entry_points)


def _is_pack(found: Distribution) -> bool:
    folder = str(getattr(found, "_path", ""))
    return bool(re.search(r"krakpy_(?!sdk)[a-z_]+-[^/]*$", folder))


@pytest.fixture(autouse=True)
def without_packs(monkeypatch: pytest.MonkeyPatch) -> None:
    """Which packages of krakpy's this environment happens to have is not what the tests are about."""

    def seen() -> list[Distribution]:
        return [found for found in distributions() if not _is_pack(found)]

    monkeypatch.setattr("krakpy.extension.catalog.distributions", seen)


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Site:
    """Where a test installs what it wants to be installed."""
    folder = tmp_path / "site"
    folder.mkdir()
    monkeypatch.syspath_prepend(folder)
    return Site(folder)


Write = Callable[..., str]


@pytest.fixture
def config(tmp_path: Path) -> Write:
    """Writes a configuration with one endpoint and what the test adds to endpoint, backend and root; gives its path."""

    def written(
        endpoint: dict[str, Any] | None = None, backend: dict[str, Any] | None = None, **root: Any
    ) -> str:
        asked = {"url_pattern": "/x", "host": ["http://127.0.0.1:9999"], **(backend or {})}
        document = {"version": 3, "endpoints": [{"endpoint": "/a", "backend": [asked], **(endpoint or {})}], **root}
        path = tmp_path / "krakend.json"
        path.write_text(json.dumps(document))
        return str(path)

    return written


@pytest.fixture
def using() -> Callable[..., dict[str, Any]]:
    """The part of an endpoint that lists hooks: `using("geo", geo={"header": "X"})`."""

    def listed(*names: str, **settings: Any) -> dict[str, Any]:
        return {"extra_config": {"plugin/req-resp-modifier": {"name": list(names), **settings}}}

    return listed


Invoke = Callable[..., Result]


@pytest.fixture
def invoke() -> Invoke:
    """The command line in this process, with third-party code allowed by the environment or not."""

    def invoked(*words: str, allowed: bool = False, **environ: str | None) -> Result:
        unset = dict.fromkeys(("KRAKEND_ENABLE_PLUGINS", "KRAKPY_CONFIG"))
        env = {**unset, "KRAKPY_ENABLE_PLUGINS": "1" if allowed else None, **environ}
        return CliRunner(catch_exceptions=False).invoke(main, words, env=env, prog_name="krakpy")

    return invoked


@pytest.fixture
def ask(invoke: Invoke) -> Callable[..., Any]:
    """The same with `--json`: the object that it prints."""

    def asked(*words: str, **options: Any) -> Any:
        return json.loads(invoke(*words, "--json", **options).stdout)

    return asked
