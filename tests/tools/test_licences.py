"""Everything that is shipped or installed by the product may be used under Apache-2.0's terms, and its texts come along."""

import json
import re
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parents[2]
WEB = {
    path.removeprefix("node_modules/"): entry
    for path, entry in json.loads((ROOT / "web/package-lock.json").read_text("utf-8"))["packages"].items()
    if path and not entry.get("dev")
}
#: May be part of a work under Apache-2.0.
BUNDLED = {"MIT", "ISC", "0BSD", "BSD-0-Clause", "BSD-2-Clause", "BSD-3-Clause", "(MIT OR Apache-2.0)"}
#: What the packages that are installed beside it say of themselves.
INSTALLED = re.compile(r"Apache|\bMIT\b|BSD|PSF|Python Software Foundation")


@pytest.mark.parametrize("name", WEB)
def test_what_the_pages_are_built_from_may_be_bundled(name):
    assert WEB[name]["license"] in BUNDLED


def test_the_build_brings_the_text_of_each_licence():
    built = (ROOT / "src/qipan/static/dist/licences.txt").read_text("utf-8")
    for name, entry in WEB.items():
        if not name.startswith("@types/"):
            assert f"{name} {entry['version']} (" in built
    assert "The Bootstrap Authors" in built


def test_no_font_is_shipped():
    kinds = {".woff", ".woff2", ".ttf", ".otf", ".eot"}
    assert [path for path in (ROOT / "src/qipan").rglob("*") if path.suffix in kinds] == []


def needed(name: str, extras: frozenset[str], found: dict[str, str]) -> Iterator[str]:
    """Walk the packages that an installation brings; fill in the licence that each names."""
    if name in found:
        return
    about = distribution(name).metadata
    fields = ("License-Expression", "License", "Classifier")
    found[name] = " ".join(words for field in fields for words in about.get_all(field) or ())
    yield name
    for line in distribution(name).requires or ():
        need = Requirement(line)
        wanted = need.marker is None or any(need.marker.evaluate({"extra": extra}) for extra in ["", *extras])
        if wanted:
            try:
                yield from needed(need.name, frozenset(need.extras), found)
            except PackageNotFoundError:
                yield f"{need.name} is needed and not installed"


def test_what_is_installed_beside_it_is_free_to_use():
    found: dict[str, str] = {}
    names = list(needed("qipan", frozenset({"parquet"}), found))
    assert {"Django", "granian", "pyarrow", "sqlparse"} <= set(names)
    assert [name for name in names if not INSTALLED.search(found.get(name, ""))] == []
