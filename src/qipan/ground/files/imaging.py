"""Looking into a photo: what it is by its content, what the camera claims, and copies that carry none of that."""

from __future__ import annotations

import contextlib
import math
import struct
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from io import BytesIO
from typing import Any

from django.utils.timezone import get_default_timezone
from PIL import ExifTags, Image, ImageCms, ImageOps

from qipan.assessment.text import InputError, Problem, Text

MOST_BYTES = 15 * 1024 * 1024
MOST_PIXELS = 50_000_000
SHOWN_EDGE, THUMBNAIL_EDGE = 1600, 320
MEDIA_TYPES = {"JPEG": "image/jpeg", "MPO": "image/jpeg", "PNG": "image/png", "WEBP": "image/webp"}
COPY_TYPE = "image/jpeg"

#: Pillow's own words for too many pixels: a warning first, an error for twice as many.
_BOMBS = (Image.DecompressionBombError, Image.DecompressionBombWarning)
#: Decoding takes memory for every pixel: only so many photos at once in one process.
_DECODING = threading.BoundedSemaphore(2)
_BROKEN = (OSError, ValueError, SyntaxError, struct.error, EOFError, IndexError, KeyError, OverflowError, TypeError)


class PhotoError(InputError):
    """A photo that cannot be taken; `words` says what is wrong, `remedy` what would be right."""

    def __init__(self, words: Text, remedy: Text) -> None:
        super().__init__([Problem((), words, remedy)])
        self.words = words
        self.remedy = remedy


@dataclass(frozen=True, slots=True)
class Claim:
    """When and where a photo was taken, as the camera wrote it; anyone can write anything there."""

    taken_at: datetime | None = None
    lon: float | None = None
    lat: float | None = None


@dataclass(frozen=True, slots=True)
class Looked:
    """A photo that was read: what it is, its claim, and its copies."""

    media_type: str
    claim: Claim
    shown: bytes
    thumbnail: bytes
    width: int
    height: int


def too_large() -> PhotoError:
    """Return the refusal of a photo with too many bytes."""
    most = MOST_BYTES >> 20
    return PhotoError(
        Text(f"照片超过 {most} MB", f"the photo has more than {most} MB"),
        Text("用手机相机的普通画质重拍，或压缩后再上传", "take it with the camera's usual quality, or make it smaller"),
    )


def look(content: bytes) -> Looked:
    """Read a photo to its last pixel.

    Raises:
        PhotoError: it is no JPEG, PNG or WebP by its content, is too large, or is broken.
    """
    if len(content) > MOST_BYTES:
        raise too_large()
    if not content:
        raise PhotoError(Text("文件是空的", "the file is empty"), Text("重新选择照片", "choose the photo again"))
    with _DECODING:
        image = _open(content)
        with image:
            claim = _claim(image)
            try:
                # A JPEG is decoded at an eighth, a quarter or half of its size where that is enough.
                image.draft("RGB", (2 * SHOWN_EDGE, 2 * SHOWN_EDGE))
                image.load()
                picture = _plain(image)
            except _BOMBS:
                raise _too_many_pixels() from None
            except (*_BROKEN, MemoryError):
                raise PhotoError(
                    Text("照片不完整或已损坏，无法读取", "the photo is incomplete or damaged and cannot be read"),
                    Text("重新拍摄，或再上传一次", "take it again, or send it once more"),
                ) from None
        shown = _within(picture, SHOWN_EDGE)
        thumbnail = _within(shown, THUMBNAIL_EDGE)
        return Looked(
            media_type=MEDIA_TYPES[image.format or "JPEG"],
            claim=claim,
            shown=_written(shown, 84),
            thumbnail=_written(thumbnail, 78),
            width=shown.width,
            height=shown.height,
        )


def _open(content: bytes) -> Image.Image:
    try:
        image = Image.open(BytesIO(content), formats=("JPEG", "PNG", "WEBP"))
    except _BOMBS:
        raise _too_many_pixels() from None
    except _BROKEN:
        raise PhotoError(
            Text(
                "这不是 JPEG、PNG 或 WebP 照片（按内容判断，与文件名无关）",
                "this is no JPEG, PNG or WebP photo by its content, whatever its name says",
            ),
            Text(
                "上传手机拍的照片；苹果手机的 HEIC 照片请先存为 JPEG",
                "send a photo from a camera; save a HEIC photo of an iPhone as JPEG first",
            ),
        ) from None
    if image.width * image.height > MOST_PIXELS:
        image.close()
        raise _too_many_pixels()
    return image


def _too_many_pixels() -> PhotoError:
    most = MOST_PIXELS // 1_000_000
    return PhotoError(
        Text(f"照片超过 {most}00 万像素", f"the photo has more than {most} million pixels"),
        Text("降低相机分辨率后重拍，或缩小后再上传", "take it with fewer pixels, or make it smaller"),
    )


def _plain(image: Image.Image) -> Image.Image:
    """Return the picture upright, in the colours that every screen knows, on white where it is see-through."""
    profile = image.info.get("icc_profile")
    upright = ImageOps.exif_transpose(image)
    upright.thumbnail((2 * SHOWN_EDGE, 2 * SHOWN_EDGE))
    if upright.mode in {"P", "PA", "LA", "RGBA", "La", "RGBa"} or "transparency" in upright.info:
        layer = upright.convert("RGBA")
        ground = Image.new("RGB", layer.size, "white")
        ground.paste(layer, mask=layer.getchannel("A"))
        return ground
    if profile and upright.mode in {"RGB", "L", "CMYK"}:
        # A profile that cannot be read changes nothing: it is the camera's word about shades.
        with contextlib.suppress(ImageCms.PyCMSError, *_BROKEN):
            known = ImageCms.ImageCmsProfile(BytesIO(profile))
            there = ImageCms.profileToProfile(upright, known, ImageCms.createProfile("sRGB"), outputMode="RGB")
            if there is not None:
                return there
    return upright.convert("RGB")


def _within(picture: Image.Image, edge: int) -> Image.Image:
    """Return a copy of at most so many pixels on its longer edge; a new picture, so that nothing is carried along."""
    scale = min(1.0, edge / max(picture.size))
    size = (max(1, round(picture.width * scale)), max(1, round(picture.height * scale)))
    small = picture.resize(size, Image.Resampling.LANCZOS) if size != picture.size else picture
    bare = Image.new("RGB", size)
    bare.paste(small)
    return bare


def _written(picture: Image.Image, quality: int) -> bytes:
    out = BytesIO()
    picture.save(out, "JPEG", quality=quality, optimize=True, progressive=True)
    return out.getvalue()


# ---- what the camera claims --------------------------------------------------------------------------------------


def _claim(image: Image.Image) -> Claim:
    """Read when and where a photo was taken; what makes no sense is passed over."""
    try:
        exif = image.getexif()
        detail = exif.get_ifd(ExifTags.IFD.Exif)
        position = exif.get_ifd(ExifTags.IFD.GPSInfo)
    except _BROKEN:
        return Claim()
    lon = _degrees(position, ExifTags.GPS.GPSLongitude, ExifTags.GPS.GPSLongitudeRef, 180)
    lat = _degrees(position, ExifTags.GPS.GPSLatitude, ExifTags.GPS.GPSLatitudeRef, 90)
    known = lon is not None and lat is not None and (lon, lat) != (0.0, 0.0)
    return Claim(_moment(detail), lon if known else None, lat if known else None)


def _moment(detail: Mapping[int, Any]) -> datetime | None:
    written = str(detail.get(ExifTags.Base.DateTimeOriginal, "")).strip("\0 ")
    try:
        naive = datetime.strptime(written, "%Y:%m:%d %H:%M:%S")
        if not 1990 <= naive.year <= 2100:
            return None  # a camera whose clock was never set, or a made-up time that no calendar holds
        return naive.replace(tzinfo=_zone(str(detail.get(ExifTags.Base.OffsetTimeOriginal, "")).strip("\0 ")))
    except (ValueError, OverflowError):
        return None


def _zone(offset: str) -> Any:
    """Return the zone that a camera names (+08:00), or the installation's: cameras seldom know one."""
    sign, rest = offset[:1], offset[1:].split(":")
    if sign in {"+", "-"} and len(rest) == 2 and all(part.isdecimal() for part in rest):
        ahead = timedelta(hours=int(rest[0]), minutes=int(rest[1]))
        if ahead <= timedelta(hours=14):
            return timezone(-ahead if sign == "-" else ahead)
    return get_default_timezone()


def _degrees(position: Mapping[int, Any], key: int, side: int, most: int) -> float | None:
    try:
        degrees, minutes, seconds = (float(part) for part in position[key])
        found = degrees + minutes / 60 + seconds / 3600
        if str(position.get(side, "")).strip("\0 ").upper() in {"S", "W"}:
            found = -found
    except (*_BROKEN, ZeroDivisionError):
        return None
    return round(found, 7) if math.isfinite(found) and abs(found) <= most else None
