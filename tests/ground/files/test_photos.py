"""Photos: judged by their content, kept with copies that carry nothing of the camera's data, never lost."""

from __future__ import annotations

import hashlib
import io
import os
import struct
import zlib
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone
from PIL import ExifTags, Image

from qipan.ground.audit.models import AuditEntry
from qipan.ground.files import imaging, storage
from qipan.ground.files.actions import see_original
from qipan.ground.files.imaging import PhotoError
from qipan.ground.files.models import Photo, StoredFile
from qipan.ground.files.photos import add_photo, photos_of, use, waiting
from qipan.ground.files.queries import content, shown, verify
from qipan.ground.files.sweeping import sweep
from qipan.ground.units.models import Draft, Role
from qipan.sources.fieldwork.models import Visit, VisitItem
from tests.world import World, make_world


@pytest.fixture
def world(db: None, settings: Any, tmp_path: Path) -> World:
    settings.DATA = tmp_path
    return make_world()


def picture(size: tuple[int, int] = (400, 300), kind: str = "JPEG", **more: Any) -> bytes:
    """A picture whose left half is red and whose right half is blue."""
    image = Image.new("RGB", size, "blue")
    image.paste("red", (0, 0, size[0] // 2, size[1]))
    out = io.BytesIO()
    image.save(out, kind, **more)
    return out.getvalue()


def camera(orientation: int = 1) -> Image.Exif:
    """What a phone writes: when, where, and by which machine."""
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = orientation
    exif[ExifTags.Base.Make] = "SecretPhone"
    exif.get_ifd(ExifTags.IFD.Exif).update(
        {ExifTags.Base.DateTimeOriginal: "2026:11:20 08:30:05", ExifTags.Base.OffsetTimeOriginal: "+08:00"}
    )
    exif.get_ifd(ExifTags.IFD.GPSInfo).update({
        ExifTags.GPS.GPSLatitudeRef: "N", ExifTags.GPS.GPSLatitude: (39.0, 0.0, 36.0),
        ExifTags.GPS.GPSLongitudeRef: "E", ExifTags.GPS.GPSLongitude: (112.0, 18.0, 0.0),
    })  # fmt: skip
    return exif


def refused(data: bytes) -> PhotoError:
    with pytest.raises(PhotoError) as caught:
        imaging.look(data)
    assert caught.value.words.zh and caught.value.words.en
    assert caught.value.remedy.zh and caught.value.remedy.en
    return caught.value


# ---- what is a photo ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "media"), [("JPEG", "image/jpeg"), ("MPO", "image/jpeg"), ("PNG", "image/png"), ("WEBP", "image/webp")]
)
def test_three_kinds_are_read_by_their_content(kind: str, media: str) -> None:
    looked = imaging.look(picture(kind=kind))
    assert looked.media_type == media
    assert (looked.width, looked.height) == (400, 300)
    for copy in (looked.shown, looked.thumbnail):
        assert Image.open(io.BytesIO(copy)).format == "JPEG"


@pytest.mark.parametrize(
    "data",
    [
        b"\xff\xd8\xff\xe0 and then nothing of a photo" * 20,
        b"\x89PNG\r\n\x1a\n" + b"<script>alert(1)</script>" * 10,
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        b"%PDF-1.7 not a photo",
        b"MZ" + bytes(500),
        b"RIFF\x00\x01\x00\x00WEBPVP8 broken",
    ],
)  # fmt: skip
def test_what_only_calls_itself_a_photo_is_refused(data: bytes) -> None:
    refused(data)


def test_kinds_that_are_pictures_but_not_photos_are_refused() -> None:
    for kind in ("GIF", "BMP", "TIFF", "ICO"):
        assert "JPEG" in refused(picture((64, 64), kind)).words.en


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("part", [0.3, 0.7, 0.95])
def test_half_a_photo_is_refused(kind: str, part: float) -> None:
    noise = Image.effect_noise((300, 300), 80).convert("RGB")
    out = io.BytesIO()
    noise.save(out, kind)
    whole = out.getvalue()
    refused(whole[: int(len(whole) * part)])


def test_an_empty_file_and_one_too_large_are_refused() -> None:
    assert "empty" in refused(b"").words.en
    assert "15 MB" in refused(bytes(imaging.MOST_BYTES + 1)).words.en


def png_of(width: int, height: int) -> bytes:
    """A PNG that claims to be of a size, and unpacks to far more than it has."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = zlib.compress(bytes(1000), 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


@pytest.mark.parametrize("size", [(10_000, 5_001), (12_000, 10_000), (60_000, 60_000)])
def test_too_many_pixels_are_refused_before_they_are_unpacked(size: tuple[int, int]) -> None:
    # 50,010,000 pixels; more than Pillow warns of; more than Pillow opens.
    assert "50 million pixels" in refused(png_of(*size)).words.en


# ---- copies ------------------------------------------------------------------------------------------------------


def test_copies_are_as_large_as_pages_need() -> None:
    looked = imaging.look(picture((3200, 2000)))
    assert Image.open(io.BytesIO(looked.shown)).size == (1600, 1000) == (looked.width, looked.height)
    assert Image.open(io.BytesIO(looked.thumbnail)).size == (320, 200)
    # A small photo is not blown up.
    assert imaging.look(picture((100, 40))).width == 100


def test_copies_carry_nothing_but_pixels() -> None:
    data = picture(exif=camera(), comment=b"secret comment", icc_profile=b"secret profile")
    assert b"SecretPhone" in data and b"secret comment" in data
    looked = imaging.look(data)
    for copy in (looked.shown, looked.thumbnail):
        for word in (b"SecretPhone", b"secret", b"Exif", b"ICC_PROFILE", b"http://ns.adobe.com"):
            assert word not in copy
        image = Image.open(io.BytesIO(copy))
        assert not image.getexif()
        assert set(image.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density", "progressive", "progression"}


def test_a_photo_stands_upright() -> None:
    # Orientation 6: the camera was turned; the red left half of the file is the upper half of the picture.
    looked = imaging.look(picture((400, 300), exif=camera(6)))
    image = Image.open(io.BytesIO(looked.shown))
    assert image.size == (300, 400)
    upper, lower = image.getpixel((150, 50)), image.getpixel((150, 350))
    assert isinstance(upper, tuple) and isinstance(lower, tuple)
    assert upper[0] > 200 > upper[2] and lower[2] > 200 > lower[0]


def test_what_is_see_through_lies_on_white() -> None:
    out = io.BytesIO()
    Image.new("RGBA", (50, 50), (0, 0, 0, 0)).save(out, "PNG")
    assert Image.open(io.BytesIO(imaging.look(out.getvalue()).shown)).getpixel((25, 25)) == (255, 255, 255)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "I;16", "CMYK"])
def test_every_mode_of_colour_gives_a_copy(mode: str) -> None:
    out = io.BytesIO()
    Image.new(mode, (60, 60)).save(out, "JPEG" if mode == "CMYK" else "PNG")
    assert imaging.look(out.getvalue()).width == 60


# ---- the camera's claim ------------------------------------------------------------------------------------------


def test_the_camera_s_time_and_place_are_read_as_a_claim() -> None:
    claim = imaging.look(picture(exif=camera())).claim
    assert claim.taken_at == datetime(2026, 11, 20, 0, 30, 5, tzinfo=UTC)
    # 39° 0′ 36″ = 39.01°; 112° 18′ = 112.3°
    assert (claim.lat, claim.lon) == (39.01, 112.3)


@pytest.mark.parametrize(
    ("written", "offset", "read"),
    [
        ("2026:11:20 08:30:05", "", datetime(2026, 11, 20, 0, 30, 5, tzinfo=UTC)),  # the county's own time
        ("2026:11:20 08:30:05", "-01:30", datetime(2026, 11, 20, 10, 0, 5, tzinfo=UTC)),
        ("2026:11:20 08:30:05", "+99:00", datetime(2026, 11, 20, 0, 30, 5, tzinfo=UTC)),
        ("0000:00:00 00:00:00", "", None),
        ("yesterday", "", None),
        ("0001:01:01 00:00:00", "+08:00", None),
        ("9999:12:31 23:59:59", "-08:00", None),
    ],
)  # fmt: skip
def test_a_camera_s_time(written: str, offset: str, read: datetime | None) -> None:
    exif = Image.Exif()
    exif.get_ifd(ExifTags.IFD.Exif).update(
        {ExifTags.Base.DateTimeOriginal: written, ExifTags.Base.OffsetTimeOriginal: offset}
    )
    assert imaging.look(picture(exif=exif)).claim.taken_at == read


def test_a_place_that_is_none_is_passed_over() -> None:
    for lat, lon in (((91.0, 0.0, 0.0), (10.0, 0.0, 0.0)), ((0.0, 0.0, 0.0), (0.0, 0.0, 0.0))):
        exif = Image.Exif()
        exif.get_ifd(ExifTags.IFD.GPSInfo).update({ExifTags.GPS.GPSLatitude: lat, ExifTags.GPS.GPSLongitude: lon})
        claim = imaging.look(picture(exif=exif)).claim
        assert (claim.lat, claim.lon) == (None, None)


# ---- keeping -----------------------------------------------------------------------------------------------------


def test_a_photo_is_kept_with_its_copies_and_noted(world: World) -> None:
    data = picture(exif=camera())
    photo = add_photo(data, by=world.posts[Role.LIAISON])
    assert photo.original_id == hashlib.sha256(data).hexdigest()
    for each in (photo.original, photo.shown, photo.thumbnail):
        assert storage.path_of(each.hash).stat().st_size == each.size
    assert storage.path_of(photo.original_id).read_bytes() == data
    assert (photo.original.media_type, photo.shown.media_type) == ("image/jpeg", "image/jpeg")
    assert (photo.added_by_person, photo.added_by_unit, photo.used) == ("example-liaison", "bureau", False)
    entry = AuditEntry.objects.get(verb="files.add_photo")
    assert (entry.thing_id, entry.details["original"]) == (str(photo.uid), photo.original_id)
    assert shown([photo.uid])[photo.uid].taken_at == photo.taken_at
    assert list(verify()) == []


def test_the_same_photo_twice_is_one_file_and_two_photos(world: World) -> None:
    first, second = (add_photo(io.BytesIO(picture()), by=world.posts[Role.INSPECTOR]) for _ in range(2))
    assert first.pk != second.pk and first.original_id == second.original_id
    assert StoredFile.objects.count() == 3 == len(list(storage.names()))


def test_a_file_is_on_the_disk_before_its_row(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def breaks(*_: Any, **__: Any) -> None:
        assert len(list(storage.names())) == 3
        raise RuntimeError("the power went")

    monkeypatch.setattr("qipan.ground.files.photos.StoredFile.objects.bulk_create", breaks)
    with pytest.raises(RuntimeError):
        add_photo(picture(), by=world.posts[Role.INSPECTOR])
    assert not Photo.objects.exists() and not AuditEntry.objects.exists()


def test_nothing_is_kept_of_what_is_refused(world: World) -> None:
    with pytest.raises(PhotoError):
        add_photo(b"<html>", by=world.posts[Role.INSPECTOR])
    with pytest.raises(PhotoError):
        add_photo(io.BytesIO(bytes(imaging.MOST_BYTES + 5)), by=world.posts[Role.INSPECTOR])
    assert not StoredFile.objects.exists() and not list(storage.folder().rglob("*"))


# ---- who sees and uses -------------------------------------------------------------------------------------------


def test_a_photo_belongs_to_its_county(world: World) -> None:
    photo = add_photo(picture(), by=world.posts[Role.INSPECTOR])
    other = make_world("other", prefix="other-", with_campaign=False)
    assert content(world.posts[Role.LIAISON], photo.uid, "shown") is not None
    assert content(other.posts[Role.OFFICE], photo.uid, "shown") is None
    assert photos_of([str(photo.uid), "no uuid", str(photo.uid)], world.county.pk) == [photo]
    assert photos_of([photo.uid], other.county.pk) == []


def test_nobody_adopts_what_another_unit_sent(world: World) -> None:
    photo = add_photo(picture(), by=world.posts[Role.LIAISON])
    assert waiting([photo.uid], world.posts[Role.LIAISON]) == [photo]
    assert waiting([photo.uid], world.posts[Role.HEAD]) == [photo]  # the same unit
    assert waiting([photo.uid], world.posts[Role.OFFICE]) == []


def test_who_looks_at_an_original_is_noted(world: World) -> None:
    photo = add_photo(picture(), by=world.posts[Role.LIAISON])
    for role in (Role.LIAISON, Role.HEAD, Role.LEADER, Role.INSPECTOR):
        with pytest.raises(PermissionDenied):
            see_original(photo.uid, by=world.posts[role])
    assert not AuditEntry.objects.filter(verb="files.see_original").exists()
    found = see_original(photo.uid, by=world.posts[Role.OFFICE])
    assert found is not None and found.path == storage.path_of(photo.original_id)
    entry = AuditEntry.objects.get(verb="files.see_original")
    assert (entry.person, entry.thing_id) == ("example-office", str(photo.uid))


# ---- the sweep ---------------------------------------------------------------------------------------------------


def age(days: int = 2) -> None:
    """Make everything that is there older than the sweep looks back."""
    past = timezone.now() - timedelta(days=days)
    Photo.objects.update(added_at=past)
    StoredFile.objects.update(added_at=past)
    for name in storage.names():
        os.utime(storage.path_of(name), (past.timestamp(), past.timestamp()))


def test_the_sweep_takes_what_nobody_used_for_a_day(world: World) -> None:
    by = world.posts[Role.INSPECTOR]
    used, unused = add_photo(picture((50, 50)), by=by), add_photo(picture((60, 60)), by=by)
    use([used])
    assert sweep() == 0
    age()
    fresh = add_photo(picture((70, 70)), by=by)
    assert sweep() == 1
    assert set(Photo.objects.values_list("pk", flat=True)) == {used.pk, fresh.pk}
    assert set(storage.names()) == set(StoredFile.objects.values_list("hash", flat=True))
    assert not storage.path_of(unused.original_id).exists()
    assert list(verify()) == []
    with pytest.raises(PhotoError):
        use([unused])


def test_a_photo_that_a_draft_names_waits_as_long_as_the_draft(world: World) -> None:
    by = world.posts[Role.INSPECTOR]
    photo = add_photo(picture(), by=by)
    draft = Draft.objects.create(post=by, form="visit:S1", content={"photos_kept": [str(photo.uid)]}, saved_at=timezone.now())  # fmt: skip
    age()
    assert sweep() == 0
    draft.delete()
    assert sweep() == 1


def test_a_file_that_another_photo_shares_stays(world: World) -> None:
    by = world.posts[Role.INSPECTOR]
    first, second = add_photo(picture(), by=by), add_photo(picture(), by=by)
    use([second])
    age()
    assert sweep() == 1
    assert Photo.objects.get() == second and not Photo.objects.filter(pk=first.pk).exists()
    assert list(verify()) == []


def test_a_file_of_an_act_that_was_undone_goes_only_when_it_is_old(world: World) -> None:
    digest = storage.put(b"nobody names this")
    sweep()
    assert storage.path_of(digest).exists()
    age()
    # Written anew a moment before its row is committed: it stays.
    storage.put(b"nobody names this")
    sweep()
    assert storage.path_of(digest).exists()
    age()
    sweep()
    assert not storage.path_of(digest).exists()


def test_a_row_that_is_used_anew_is_not_swept(world: World) -> None:
    by = world.posts[Role.INSPECTOR]
    add_photo(picture(), by=by)
    age()
    Photo.objects.all().delete()
    again = add_photo(picture(), by=by)
    sweep()
    assert StoredFile.objects.filter(hash=again.original_id).exists()
    assert list(verify()) == []


# ---- the check ---------------------------------------------------------------------------------------------------


def test_the_check_names_what_is_missing_cut_or_changed(world: World) -> None:
    by = world.posts[Role.INSPECTOR]
    photo = add_photo(picture(), by=by)
    missing, cut, changed = (storage.path_of(each) for each in (photo.original_id, photo.shown_id, photo.thumbnail_id))
    missing.unlink()
    cut.write_bytes(cut.read_bytes()[:-1])
    content = bytearray(changed.read_bytes())
    content[-1] ^= 1
    changed.write_bytes(content)
    said = [str(each) for each in verify()]
    assert len(said) == 3
    for path in (missing, cut, changed):
        assert any(str(path) in each for each in said)


def test_a_photo_that_a_record_names_is_never_swept_even_when_nobody_marked_it(world: World) -> None:
    photo = add_photo(picture(), by=world.posts[Role.INSPECTOR])
    now = timezone.now()
    visit = Visit.objects.create(
        uid=uuid4(), county=world.county, year=2026, site=world.site, visited_at=now, recorded_at=now
    )
    VisitItem.objects.create(visit=visit, item="x", observation=uuid4()).photos.add(photo)
    age()
    assert sweep() == 0
    visit.delete()
    assert sweep() == 1
