"""The locks name no index and no path of a machine, carry hashes, and fit what pyproject.toml asks for.

Usage: python tools/locks.py
"""

import json
import re
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parent.parent
PINNED = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==([^ ;\\]+)", re.MULTILINE)
ADDRESS = re.compile(r"://|^\s*--(?:index-url|extra-index-url|find-links|trusted-host)|^-e |\sfile:", re.MULTILINE)


def pins(lock: Path) -> dict[str, str]:
    """Package to version, as a lock fixes them."""
    return {canonicalize_name(name): version for name, version in PINNED.findall(lock.read_text(encoding="utf-8"))}


def wanted(root: Path = ROOT) -> dict[str, list[Requirement]]:
    """Lock file to the requirements it must meet."""
    with open(root / "pyproject.toml", "rb") as file:
        project = tomllib.load(file)
    core: list[str] = project["project"]["dependencies"]
    extras: dict[str, list[str]] = project["project"]["optional-dependencies"]
    build: list[str] = project["build-system"]["requires"]
    lines = {
        "run.txt": core + extras["parquet"] + build,  # a checkout is built where it runs
        "dev.txt": core + [line for extra in extras.values() for line in extra] + build,
        "build.txt": build,
    }
    return {lock: [Requirement(line) for line in given] for lock, given in lines.items()}


def faults(root: Path = ROOT) -> Iterator[str]:
    """A sentence for everything that is wrong with the locks."""
    for lock in sorted((root / "requirements").glob("*.txt")):
        text = lock.read_text(encoding="utf-8")
        if ADDRESS.search(text):
            yield f"{lock.name} names an address or a path"
        for block in re.split(r"\n(?=[A-Za-z0-9])", text):
            if PINNED.match(block) and "--hash=sha256:" not in block:
                yield f"{lock.name}: {block.split()[0]} has no hash"
    for name, requirements in wanted(root).items():
        held = pins(root / "requirements" / name)
        for requirement in requirements:
            version = held.get(canonicalize_name(requirement.name))
            if requirement.name != "qipan" and (version is None or not requirement.specifier.contains(version)):
                yield f"{name} does not meet {requirement}; run make lock"
    web = root / "web/package-lock.json"
    if web.exists() and any("resolved" in entry for entry in json.loads(web.read_text())["packages"].values()):
        yield "web/package-lock.json names a registry (npm's omit-lockfile-registry-resolved leaves that out)"


def main() -> int:
    """Print what is wrong; exit code 1 if anything is."""
    found = list(faults())
    for fault in found:
        print(f"locks: {fault}", file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
