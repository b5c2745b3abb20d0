"""Run the long proofs, and keep what they found: dated, and tied to a commit and a machine.

    python tools/record.py            every bench/prove_*.py, the property tests and the tests marked `prove`
    python tools/record.py writers    only those whose name holds the word

A script prints what it found as lines of JSON, {"name": …, "value": …, "unit": …}, and fails by its exit code.
The tests run with HYPOTHESIS_PROFILE=prove, for which tests/conftest.py asks for more examples.
What was found lies in docs/proofs/, one file a run, to be committed. Measurements are made by `python -m bench`.
"""

import json
import os
import platform
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "docs" / "proofs"


def git(*arguments: str) -> str:
    """What git answers."""
    return subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=False).stdout.strip()


def run(name: str, command: list[str]) -> dict[str, Any]:
    """Run one program, show what it prints, and keep its figures."""
    print(f"== {name}", flush=True)
    begun = time.monotonic()
    environment = {**os.environ, "HYPOTHESIS_PROFILE": "prove"}
    figures: list[dict[str, Any]] = []
    last = ""
    with subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True) as process:
        for line in process.stdout or ():
            print(line, end="", flush=True)
            last = line.strip() or last
            if line.startswith("{"):
                figures.append(json.loads(line))
    found: dict[str, Any] = {
        "name": name,
        "passed": process.returncode == 0,
        "seconds": round(time.monotonic() - begun, 1),
    }
    if figures:
        found["figures"] = figures
    else:
        found["says"] = last
    return found


def programs() -> list[tuple[str, list[str]]]:
    """What is to be proved, by name."""
    scripts = sorted((ROOT / "bench").glob("prove_*.py"))
    listed = [(script.relative_to(ROOT).as_posix(), [sys.executable, str(script)]) for script in scripts]
    pytest = [sys.executable, "-m", "pytest", "-m", "prove or hypothesis", "-q", "-p", "no:cacheprovider"]
    return [*listed, ("property tests, searched longer, and tests marked prove", pytest)]


def main(words: list[str]) -> int:
    """Run everything, or what the words name, and write the record; exit code 1 if one failed."""
    now = datetime.now(UTC)
    wanted = [(name, command) for name, command in programs() if not words or any(word in name for word in words)]
    if not wanted:
        print(f"nothing to prove is called {' or '.join(words)}", file=sys.stderr)
        return 2
    results = [run(name, command) for name, command in wanted]
    record = {
        "kind": "prove",
        "at": now.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "commit": git("rev-parse", "--short=12", "HEAD"),
        "changed": bool(git("status", "--porcelain")),
        "python": platform.python_version(),
        "machine": f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores",
        "results": results,
    }
    FOLDER.mkdir(parents=True, exist_ok=True)
    part = "".join(f"-{word}" for word in words)
    path = FOLDER / f"{now:%Y-%m-%d}-{record['commit']}{part}.json"
    path.write_text(json.dumps(record, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    print(f"written: {path.relative_to(ROOT)}")
    return 0 if all(result["passed"] for result in results) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
