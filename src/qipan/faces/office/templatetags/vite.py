"""Link the built scripts and styles of `web/` by their hashed names."""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path
from typing import Any

from django import template
from django.templatetags.static import static
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

import qipan

register = template.Library()

MANIFEST = Path(qipan.__file__).parent / "static" / "dist" / ".vite" / "manifest.json"


@lru_cache(maxsize=2)
def _manifest(path: Path, changed: int) -> dict[str, Any]:
    """Read the manifest once for each build; `changed` is its time, so that a rebuild is noticed."""
    content: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return content


@register.simple_tag
def vite(entry: str) -> SafeString:
    """Return the stylesheet links and the module script of an entry ("src/main.ts"); nothing if it is not built."""
    try:
        chunk = _manifest(MANIFEST, MANIFEST.stat().st_mtime_ns)[entry]
    except FileNotFoundError:
        return SafeString("")
    styles = ((static(f"dist/{name}"),) for name in chunk.get("css", ()))
    links = format_html_join("\n", '<link rel="stylesheet" href="{}">', styles)
    return format_html('{}\n<script type="module" src="{}"></script>', links, static(f"dist/{chunk['file']}"))
