"""Make a virtual environment and put uv into it, checked against its hash. Runs on a bare Python.

Usage: python3 tools/bootstrap.py FOLDER
"""

import importlib.util
import subprocess
import sys
from pathlib import Path

from debian import ensure

ROOT = Path(__file__).resolve().parent.parent


def main(folder: str) -> int:
    """Set the environment up and return an exit code."""
    if sys.version_info < (3, 11):  # noqa: UP036 - it is here that an older Python is met and told
        found = sys.version.split()[0]
        print(f"Python 3.11 or newer is needed, this is {found}; try make PY=python3.11", file=sys.stderr)
        return 1
    if importlib.util.find_spec("ensurepip") is None and not ensure("python3-venv"):
        return 1
    create = [sys.executable, "-m", "venv", folder]
    pip = [str(Path(folder, "bin/python")), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    for step in (create, [*pip, "--require-hashes", "-r", str(ROOT / "requirements/uv.txt")]):
        code = subprocess.run(step, check=False).returncode
        if code:
            return code
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
