"""Install Debian packages that are missing, where that can be done without asking; otherwise print the one command.

Usage: python3 tools/debian.py PACKAGE...
"""

import os
import shutil
import subprocess
import sys


def installed(package: str) -> bool:
    """Whether dpkg has the package in place."""
    query = ["dpkg-query", "-W", "-f", "${db:Status-Status}", package]
    return subprocess.run(query, capture_output=True, text=True, check=False).stdout == "installed"


def privilege() -> list[str] | None:
    """What to put before apt-get: nothing for root, sudo where it asks no password, None where neither holds."""
    if os.geteuid() == 0:
        return []
    if (
        shutil.which("sudo")
        and subprocess.run(["sudo", "-n", "true"], capture_output=True, check=False).returncode == 0
    ):
        return ["sudo", "-n"]
    return None


def ensure(*packages: str) -> bool:
    """Install what is missing of `packages`; False, with the command to run printed, where that is not possible."""
    if shutil.which("dpkg-query") is None or shutil.which("apt-get") is None:
        print(f"this is no Debian: install what stands for {' '.join(packages)} here", file=sys.stderr)
        return False
    missing = [package for package in packages if not installed(package)]
    if not missing:
        return True
    prefix = privilege()
    if prefix is None:
        print(f"please run: sudo apt-get install -y {' '.join(missing)}", file=sys.stderr)
        return False
    print(f"installing through apt: {' '.join(missing)}", file=sys.stderr)
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    apt = [*prefix, "apt-get", "-q"]
    subprocess.run([*apt, "update"], env=environment, check=False, stdout=sys.stderr)
    install = [*apt, "install", "-y", "--no-install-recommends", *missing]
    return subprocess.run(install, env=environment, check=False, stdout=sys.stderr).returncode == 0


if __name__ == "__main__":
    sys.exit(0 if ensure(*sys.argv[1:]) else 1)
