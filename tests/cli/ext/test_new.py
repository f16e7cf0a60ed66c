"""`krakpy ext new` writes a package that is complete: its tests pass, it is typed, it can be installed and tried."""
import os
import shutil
import subprocess
import sys
from importlib.metadata import Distribution, DistributionFinder, MetadataPathFinder
from pathlib import Path

import pytest

from krakpy.cli.ext.skeleton import KINDS, BadName, Package, files_of

ROOT = Path(__file__).parents[3]
SDK = ROOT / "extensions" / "krakpy-sdk"


@pytest.fixture(params=KINDS)
def package(request, ask, tmp_path):
    """The folder of a new package of each kind."""
    document = ask("ext", "new", "acme-app-version", "--kind", request.param, "--into", str(tmp_path))
    assert document["ok"] is True
    return Path(document["folder"])


def run(folder: Path, *words: str, **environ: str) -> subprocess.CompletedProcess[str]:
    path = os.pathsep.join([str(folder / "src"), str(SDK)])
    found = {**os.environ, "PYTHONPATH": path, "MYPYPATH": path, **environ}
    return subprocess.run(words, cwd=folder, env=found, capture_output=True, text=True, check=False)


def test_its_tests_pass_at_once(package):
    ended = run(package, sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:asyncio", "-c",
                "pyproject.toml")  # fmt: skip
    assert ended.returncode == 0, ended.stdout


@pytest.mark.skipif(not shutil.which("ruff"), reason="ruff is not installed")
def test_it_has_no_lint(package):
    config = str(ROOT / "pyproject.toml")
    for ended in (run(package, "ruff", "check", "."), run(package, "ruff", "check", "--config", config, ".")):
        assert ended.returncode == 0, ended.stdout


@pytest.mark.skipif(not shutil.which("mypy"), reason="mypy is not installed")
def test_all_are_typed_strictly(ask, tmp_path):
    new = ("ext", "new", "--into", str(tmp_path))
    folders = [Path(ask(*new, f"acme-{kind}", "--kind", kind)["folder"]) for kind in KINDS]
    path = os.pathsep.join(str(folder / "src") for folder in (*folders, SDK))
    words = [str(folder / part) for folder in folders for part in ("src", "tests")]
    ended = run(tmp_path, "mypy", "--strict", "--cache-dir", str(tmp_path / "cache"), *words, MYPYPATH=f"{path}:{SDK}")
    assert ended.returncode == 0, ended.stdout


def test_every_file_of_a_published_package_is_there(package):
    files = {str(path.relative_to(package)) for path in package.rglob("*") if path.is_file()}
    assert files == {
        ".gitignore", "LICENSE", "README.md", "pyproject.toml", "src/acme_app_version/__init__.py",
        "src/acme_app_version/py.typed", "tests/test_acme_app_version.py",
    }  # fmt: skip
    assert not [path for path in files if "$" in (package / path).read_text("utf-8")]


@pytest.mark.slow
def test_it_builds_a_wheel_that_offers_the_extension(package, tmp_path):
    ended = run(package, sys.executable, "-m", "build", "--wheel", "--no-isolation", "-o", str(tmp_path / "dist"))
    assert ended.returncode == 0, ended.stdout + ended.stderr
    (wheel,) = (tmp_path / "dist").glob("acme_app_version-0.1.0-py3-none-any.whl")
    context = DistributionFinder.Context(path=[str(wheel)])
    found: list[Distribution] = list(MetadataPathFinder.find_distributions(context))
    assert [point.group.startswith("krakpy.") for point in found[0].entry_points] == [True]


def test_the_steps_that_follow_are_shown(invoke, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    lines = invoke("ext", "new", "acme-geo").stdout.splitlines()
    assert lines[0] == "acme-geo/geo is in acme-geo"
    assert lines[-2:] == ["→ pip install -e ./acme-geo", "→ krakpy ext test geo"]


def test_what_is_there_is_not_overwritten(invoke, tmp_path):
    (tmp_path / "acme-geo").mkdir()
    result = invoke("ext", "new", "acme-geo", "--into", str(tmp_path))
    assert (result.exit_code, "is there already" in result.stderr) == (1, True)
    assert not list((tmp_path / "acme-geo").iterdir())


@pytest.mark.parametrize("name", ["krakpy-geo", "krakpy", "-x", "a b", "../up", "a$b", ""])
def test_a_name_that_no_package_can_have_is_refused(invoke, tmp_path, name):
    result = invoke("ext", "new", "--into", str(tmp_path), "--", name)
    assert result.exit_code == 2
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("name", "kind", "extension", "class_name"),
    [
        ("acme-geo", "hook", "geo", "Geo"),
        ("Acme_App.Version", "hook", "app-version", "AppVersion"),
        ("geo", "hook", "geo", "Geo"),
        ("acme-retry", "middleware", "acme/retry", "Retry"),
        ("retry", "middleware", "retry/retry", "Retry"),
        ("acme-2fa", "hook", "2fa", "The2fa"),
        ("acme-patch", "hook", "patch", "ThePatch"),
        ("acme-csv", "driver", "csv", "Csv"),
    ],
)
def test_everything_follows_from_the_name(name, kind, extension, class_name):
    package = Package(name, kind)
    assert (package.extension, package.class_name) == (extension, class_name)


def test_a_class_never_hides_what_it_needs():
    for word in ("request", "response", "decoder", "config", "settings"):
        text = files_of(Package(f"acme-{word}", "driver"))[f"src/acme_{word}/__init__.py"]
        compile(text, word, "exec")
        assert f"class The{word.capitalize()}:" in text


def test_a_bad_name_is_told_with_the_reason():
    with pytest.raises(BadName, match="your own name"):
        files_of(Package("krakpy-x", "hook"))
