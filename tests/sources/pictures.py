"""Photos for tests, made on the spot."""

from __future__ import annotations

from io import BytesIO

from PIL import Image


def photo(colour: str = "red", size: tuple[int, int] = (64, 48)) -> bytes:
    """A small JPEG."""
    out = BytesIO()
    Image.new("RGB", size, colour).save(out, "JPEG")
    return out.getvalue()
