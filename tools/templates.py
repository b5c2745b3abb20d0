"""Every template compiles, and holds no code or style of its own.

The pages run under a content security policy that allows neither inline scripts nor inline styles, and load nothing
from elsewhere; what would break it is refused here. Usage: python tools/templates.py
"""

import os
import re
import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import django
from django.template import TemplateSyntaxError, engines
from django.template.backends.django import DjangoTemplates

ROOT = Path(__file__).resolve().parent.parent
#: Template comments, whole; they may say what they like.
COMMENT = re.compile(r"\{#.*?#\}|\{%\s*comment\b.*?%\}.*?\{%\s*endcomment\s*%\}", re.DOTALL)
TAG = re.compile(r"\{%.*?%\}", re.DOTALL)
VARIABLE = re.compile(r"\{\{.*?\}\}", re.DOTALL)
ELSEWHERE = re.compile(r"\s*(https?:)?//", re.IGNORECASE)
LOADING = {("script", "src"), ("link", "href"), ("img", "src"), ("iframe", "src"), ("source", "src"), ("use", "href")}


def blank(match: re.Match[str]) -> str:
    """Spaces and line ends in place of a match, so that lines keep their numbers."""
    return re.sub(r"[^\n]", " ", match[0])


def stand_in(match: re.Match[str]) -> str:
    """A harmless value of the same shape in place of a variable."""
    return re.sub(r"[^\n]", "x", match[0])


class Markup(HTMLParser):
    """Collects what a template may not hold."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.faults: list[tuple[int, str]] = []

    def _fault(self, text: str) -> None:
        """Keep a fault with its line."""
        self.faults.append((self.getpos()[0], text))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Look at an element and its attributes."""
        given = dict(attrs)
        if tag == "script" and "src" not in given and given.get("type") != "application/json":
            self._fault("inline <script>; put it into web/")
        if tag == "style":
            self._fault("inline <style>; put it into web/")
        for name, value in attrs:
            if name == "style":
                self._fault(f"style= on <{tag}>; use a class")
            elif re.fullmatch(r"on[a-z]+|hx-on.*", name):
                self._fault(f"{name}= on <{tag}>; put it into web/")
            elif (value or "").strip().lower().startswith("javascript:"):
                self._fault(f"a javascript: address on <{tag}>")
            elif (tag, name) in LOADING and ELSEWHERE.match(value or ""):
                self._fault(f"<{tag}> loads from elsewhere; ship it in web/")


def markup_faults(source: str) -> list[tuple[int, str]]:
    """The lines and faults of a template's markup."""
    source = COMMENT.sub(blank, source)
    markup = Markup()
    markup.feed(VARIABLE.sub(stand_in, TAG.sub(blank, source)))
    markup.close()
    return markup.faults


def files() -> Iterator[tuple[str, Path]]:
    """Name and file of every template of the package."""
    for folder in sorted((ROOT / "src/qipan").rglob("templates")):
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                yield path.relative_to(folder).as_posix(), path


def main() -> int:
    """Print what is wrong; exit code 1 if anything is."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "qipan.project.settings")
    django.setup()
    engine = next(engine for engine in engines.all() if isinstance(engine, DjangoTemplates))
    faults: list[str] = []
    for name, path in files():
        where = path.relative_to(ROOT).as_posix()
        source = path.read_text(encoding="utf-8")
        try:
            engine.engine.from_string(source)
            engine.get_template(name)
        except TemplateSyntaxError as error:
            faults.append(f"{where}: {error}")
        if path.suffix in {".html", ".svg"}:
            faults += [f"{where}:{line}: {text}" for line, text in markup_faults(source)]
    for fault in faults:
        print(f"templates: {fault}", file=sys.stderr)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
