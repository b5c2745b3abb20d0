"""What can be asked about files and photos."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import UUID

from qipan.assessment.text import Text
from qipan.ground.files import storage
from qipan.ground.files.models import Photo, StoredFile
from qipan.ground.units.models import Post
from qipan.ground.units.permissions import READ

KINDS = ("shown", "thumbnail", "original")


@dataclass(frozen=True, slots=True)
class Picture:
    """A photo as pages show it: its copies are reached by `uid`, the claim of the camera stands beside it."""

    uid: UUID
    width: int
    height: int
    taken_at: datetime | None
    lon: float | None
    lat: float | None
    added_at: datetime
    by_person: str
    by_unit: str


@dataclass(frozen=True, slots=True)
class Content:
    """One of a photo's three files, to be sent."""

    path: Path
    media_type: str
    size: int
    photo: UUID

    @classmethod
    def of(cls, photo: Photo, kind: str) -> Content:
        """Return one of the files of a photo."""
        file: StoredFile = getattr(photo, kind)
        return cls(storage.path_of(file.hash), file.media_type, file.size, photo.uid)

    @property
    def name(self) -> str:
        """A file name that says nothing of the place or the person."""
        ending = {"image/png": "png", "image/webp": "webp"}.get(self.media_type, "jpg")
        return f"photo-{str(self.photo)[:8]}.{ending}"


def shown(uids: Sequence[UUID]) -> dict[UUID, Picture]:
    """Return what pages show of photos, by their ids (one statement)."""
    rows = Photo.objects.filter(uid__in=uids).values_list(
        "uid", "width", "height", "taken_at", "lon", "lat", "added_at", "added_by_person", "added_by_unit"
    )
    return {row[0]: Picture(*row) for row in rows}


def pictured(photo: Photo) -> Picture:
    """Return a photo as pages show it."""
    return Picture(
        photo.uid, photo.width, photo.height, photo.taken_at, photo.lon, photo.lat, photo.added_at,
        photo.added_by_person, photo.added_by_unit,
    )  # fmt: skip


def content(post: Post, uid: UUID, kind: str) -> Content | None:
    """Return one of a photo's files; None where the post's county has no such photo."""
    if kind not in KINDS:
        return None
    photo = Photo.objects.filter(READ.visible(post), uid=uid).select_related(kind).first()
    if photo is None:
        return None
    return Content.of(photo, kind)


def verify() -> Iterator[Text]:
    """Say which stored files are not there, or no longer hold what their hash names; every one is read whole."""
    for digest, size in StoredFile.objects.order_by("hash").values_list("hash", "size").iterator():
        path = storage.path_of(digest)
        try:
            there = path.stat().st_size
            whole = there == size and storage.digest_of(path) == digest
        except FileNotFoundError:
            yield Text(f"缺少文件 {path}，请从备份恢复", f"{path} is not there; restore it from a backup")
            continue
        except OSError as error:
            yield Text(f"无法读取 {path}：{error.strerror}", f"{path} cannot be read: {error.strerror}")
            continue
        if not whole:
            yield Text(f"文件 {path} 的内容已被改动，请从备份恢复", f"{path} was changed; restore it from a backup")
