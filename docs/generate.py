"""Writes the pages of the documentation that come from the code.

    python docs/generate.py            # write them
    python docs/generate.py --check    # fail if one is stale, or if the code leaves something undocumented
"""
from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

from generators import (
    audit,
    back_wire,
    commands,
    configuration,
    entry_points,
    errors,
    first_party,
    limits,
    packages,
    packs,
    refusals,
)
from generators.writing import Undocumented

from krakpy import __version__
from krakpy.config import schema

HERE = Path(__file__).parent
SCHEMA = f"schema/v{'.'.join(__version__.split('.')[:2])}/krakend.json"
PAGES: Mapping[str, Callable[[], str]] = {
    "configuration.md": configuration.page,
    "commands.md": commands.page,
    "entry-points.md": entry_points.page,
    "errors.md": errors.page,
    "audit.md": audit.page,
    "back-wire.md": back_wire.page,
    "refusals.md": refusals.page,
    "limits.md": limits.page,
    "packages.md": packages.page,
    SCHEMA: schema.text,
    "../krakpy/extension/first_party.json": first_party.text,
    **{f"../extensions/{folder.name}/README.md": partial(packs.page, folder) for folder in packs.folders()},
}


def main(arguments: list[str]) -> int:
    """Write or check every page; 0 if all is well."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="write nothing; fail if a page is stale")
    parser.add_argument("--folder", type=Path, default=HERE, help="where the pages are (default: beside this file)")
    options = parser.parse_args(arguments)
    outcomes = [_page(options.folder / name, page, options.check) for name, page in PAGES.items()]
    for failure in filter(None, outcomes):
        print(failure, file=sys.stderr)
    return 1 if any(outcomes) else 0


def _page(path: Path, page: Callable[[], str], check: bool) -> str:
    """Write or check one page; what is wrong, or nothing."""
    name = "/".join(path.parts[-2:]) if path.name == "README.md" else path.name
    try:
        text = page()
    except Undocumented as error:
        return f"{name}: {error}"
    if path.exists() and path.read_text("utf-8") == text:
        return ""
    if check:
        return f"{name} is stale: run `python docs/generate.py`"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")
    return ""


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
