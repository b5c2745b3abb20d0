"""Photos of the example: drawn, and labelled as what they are. A few pictures serve all orders."""

from __future__ import annotations

import io
from datetime import datetime

from PIL import Image, ImageDraw

from qipan.ground.files.models import Photo
from qipan.ground.files.photos import add_photo
from qipan.ground.units.models import Post

SIZE = (640, 480)
DOTS = 24
#: The eight characters that stand on the pictures, as 24 × 24 dots, so that no font is needed.
GLYPHS = {
    "示": "0000000000000000000000000000400000e007fff00000000000000000100000383ffffc0018000018000318000798c00718700e18380c18381c181c18181c30181c00f800007800",
    "例": "0000000000000000000000000e041c0fff180e60180c61d80ce1d81cedd81cffd81ccfd83ccdd83dcdd81dfdd81d7dd81e39d81c19d81c39d81c31981c20181c60181cc0781d0038",
    "图": "0000000000000000000000001800381ffff81c60381ce1381cffb81cc3381dc7381d3e381c1c381c3fb81c67f81db9b81c1c381c0c381c00381c7e381c0f381c03381ffff81c0038",
    "片": "000000000000000000000700070e00070e00070e00070e00070e10070e3c07fffc07000007000007030007ff800703800603800603800603800c03800c0380080380180380300380",
    "整": "0000000000000000000380000333803ffb0003031c1ff7fc1b36301b39701ff1e00700e00fe1f00f33fc1b363c2300080000701ffff00018000398e0031fe00318000318183ffffc",
    "改": "0000000000000000000006000087003fe70000c60000ce1800cffc00cc7020cc703fdc7038d4703824703802e03802e03803c03823c03863803fe3c03fe7f00f8c7c00187c006018",
    "前": "0000000000000000000201000383c001c38001c31000c63c3ffffc0000001867381ff7381c67381c67381fe7381c67381c67381c67381fe7381c67381c60381c60381de0f01ce070",
    "后": "0000000000000000000000400003e0001ff00e7f800fc0000e00000e00180ffffc0e00000e00000e00000e80200efff00ee0700ce0700ce0701ce07018e07018e07030fff020e070",
}  # fmt: skip
#: Ground, road, and the colour of what is wrong, of each picture.
SCENES = (
    ((214, 222, 226), (120, 124, 128), (150, 92, 60)),
    ((222, 226, 214), (134, 132, 120), (92, 112, 60)),
    ((226, 218, 210), (112, 116, 128), (168, 120, 40)),
)


def _write(draw: ImageDraw.ImageDraw, words: str, left: int, top: int, dot: int) -> None:
    for place, character in enumerate(words):
        bits = bin(int(GLYPHS[character], 16))[2:].zfill(DOTS * DOTS)[-DOTS * DOTS :]
        for at, bit in enumerate(bits):
            if bit == "1":
                x, y = left + (place * DOTS + at % DOTS) * dot, top + at // DOTS * dot
                draw.rectangle((x, y, x + dot - 1, y + dot - 1), fill=(40, 44, 48))


def picture(scene: int, *, after: bool) -> bytes:
    """Return a drawn street: with something lying on it, or put in order."""
    ground, road, fault = SCENES[scene]
    image = Image.new("RGB", SIZE, ground)
    draw = ImageDraw.Draw(image)
    draw.polygon([(0, 480), (240, 210), (400, 210), (640, 480)], fill=road)
    for x in (40, 480):
        draw.rectangle((x, 120, x + 120, 240), fill=tuple(c - 24 for c in ground), outline=(90, 94, 98), width=3)
    if after:
        draw.line([(320, 220), (320, 470)], fill=(236, 236, 230), width=8)
    else:
        for x, y, r in ((250, 380, 36), (330, 330, 22), (400, 410, 30)):
            draw.ellipse((x - r, y - r // 2, x + r, y + r // 2), fill=fault)
    draw.rectangle((0, 0, 640, 92), fill=(248, 248, 244))
    _write(draw, "示例图片", 16, 10, 3)
    _write(draw, "整改后" if after else "整改前", 420, 28, 2)
    out = io.BytesIO()
    image.save(out, "JPEG", quality=70)
    return out.getvalue()


def draw_photos(by: Post, at: datetime) -> tuple[list[Photo], list[Photo]]:
    """Keep the pictures, and return those of faults and those of fixes."""
    before = [add_photo(picture(scene, after=False), by=by) for scene in range(len(SCENES))]
    after = [add_photo(picture(scene, after=True), by=by) for scene in range(len(SCENES))]
    # They hang on the year's orders, so they were there when the first was written.
    Photo.objects.filter(pk__in=[photo.pk for photo in (*before, *after)]).update(used=True, added_at=at)
    return before, after
