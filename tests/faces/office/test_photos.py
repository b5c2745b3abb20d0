"""Photos in the pages: who is sent which of their files, how, and what a form does with what was sent."""

from __future__ import annotations

import uuid
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.template.loader import render_to_string
from django.test import Client, RequestFactory

from qipan.faces.office.photos import MOST, PhotosNotTaken, taken
from qipan.ground.audit.models import AuditEntry
from qipan.ground.files import storage
from qipan.ground.files.models import Photo
from qipan.ground.files.photos import add_photo
from qipan.ground.units.models import Role
from tests.ground.files.test_photos import camera, picture
from tests.world import World, make_world

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(settings: Any, tmp_path: Path) -> World:
    settings.DATA = tmp_path
    return make_world(example=False, prefix="", with_campaign=False)


def ask(client: Client, world: World, role: Role, photo: Photo, kind: str) -> Any:
    client.force_login(world.people[role])
    return client.get(f"/photos/{photo.uid}/{kind}/")


ADMINISTRATORS = (Role.SYSTEM, Role.SECURITY, Role.AUDIT)


@pytest.mark.parametrize("role", ADMINISTRATORS)
def test_administrators_see_no_photo(world: World, client: Client, role: Role) -> None:
    photo = add_photo(picture(exif=camera()), by=world.posts[Role.LIAISON])
    assert {ask(client, world, role, photo, kind).status_code for kind in ("shown", "thumbnail", "original")} == {403}


@pytest.mark.parametrize("role", [role for role in Role if role not in ADMINISTRATORS])
def test_copies_are_for_the_county_s_posts(world: World, client: Client, role: Role) -> None:
    photo = add_photo(picture(exif=camera()), by=world.posts[Role.LIAISON])
    for kind in ("shown", "thumbnail"):
        response = ask(client, world, role, photo, kind)
        content = b"".join(response.streaming_content)
        assert response.status_code == 200 and b"SecretPhone" not in content
        assert response.headers["Content-Type"] == "image/jpeg"
        assert response.headers["Content-Length"] == str(len(content))
        assert response.headers["Content-Disposition"] == f'inline; filename="photo-{str(photo.uid)[:8]}.jpg"'
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        assert response.headers["Cache-Control"] == "private, max-age=31536000, immutable"
    assert not AuditEntry.objects.filter(verb="files.see_original").exists()


def test_originals_are_for_the_office_and_every_look_is_noted(world: World, client: Client) -> None:
    photo = add_photo(picture(exif=camera()), by=world.posts[Role.LIAISON])
    for role in (Role.LEADER, Role.HEAD, Role.LIAISON, Role.INSPECTOR):
        assert ask(client, world, role, photo, "original").status_code == 403
    response = ask(client, world, Role.OFFICE, photo, "original")
    assert b"SecretPhone" in b"".join(response.streaming_content)
    assert response.headers["Cache-Control"] == "private, no-store"
    assert AuditEntry.objects.filter(verb="files.see_original", person="office").count() == 1


def test_another_county_is_told_nothing(world: World, client: Client) -> None:
    photo = add_photo(picture(), by=world.posts[Role.LIAISON])
    other = make_world("other", example=False, prefix="other-", with_campaign=False)
    for kind in ("shown", "thumbnail", "original"):
        assert ask(client, other, Role.OFFICE, photo, kind).status_code == 404
    assert not AuditEntry.objects.filter(verb="files.see_original").exists()


def test_what_is_not_there_is_not_there(world: World, client: Client, caplog: pytest.LogCaptureFixture) -> None:
    photo = add_photo(picture(), by=world.posts[Role.LIAISON])
    assert ask(client, world, Role.OFFICE, photo, "secret").status_code == 404
    client.force_login(world.people[Role.OFFICE])
    assert client.get(f"/photos/{uuid.uuid4()}/shown/").status_code == 404
    storage.path_of(photo.shown_id).unlink()
    assert ask(client, world, Role.OFFICE, photo, "shown").status_code == 404
    assert "cannot be read" in caplog.text


# ---- forms -------------------------------------------------------------------------------------------------------


def form(world: World, *sent: tuple[str, bytes], kept: Any = (), removed: Any = ()) -> Any:
    data = {
        "after": [SimpleUploadedFile(name, content) for name, content in sent],
        "after_kept": [str(photo.uid) for photo in kept], "after_removed": [str(photo.uid) for photo in removed],
    }  # fmt: skip
    return taken(RequestFactory().post("/", data), "after", world.posts[Role.LIAISON])


def test_what_was_sent_follows_what_is_carried_along(world: World) -> None:
    first, second = form(world, ("a.jpg", picture((40, 40))), ("b.jpg", picture((50, 50))))
    found = form(world, ("c.jpg", picture((60, 60))), kept=[second, first], removed=[first])
    assert [photo.width for photo in found] == [50, 60]
    assert form(world) == []


def test_what_cannot_be_taken_is_named_and_the_rest_is_kept(world: World) -> None:
    kept = form(world, ("a.jpg", picture((40, 40))))
    with pytest.raises(PhotosNotTaken) as caught:
        form(world, ("notes.jpg", b"no photo"), ("b.png", picture((50, 50), "PNG")), kept=kept)
    assert [photo.width for photo in caught.value.taken] == [40, 50]
    (problem,) = caught.value.problems
    assert problem.file == "notes.jpg" and "JPEG" in problem.words("en") and "照片" in problem.words("zh")


def test_a_field_takes_so_many_and_no_more(world: World) -> None:
    sent = [(f"{n}.jpg", picture((20 + n, 20))) for n in range(MOST + 2)]
    with pytest.raises(PhotosNotTaken) as caught:
        form(world, *sent)
    assert len(caught.value.taken) == MOST == Photo.objects.count()


def test_nobody_carries_another_unit_s_photo_along(world: World) -> None:
    theirs = add_photo(picture(), by=world.posts[Role.OFFICE])
    assert form(world, kept=[theirs]) == []


def test_the_partials_show_copies_and_carry_what_is_kept(world: World) -> None:
    photo = add_photo(picture(exif=camera()), by=world.posts[Role.LIAISON])
    shown = render_to_string("office/_photos.html", {"photos": [photo]})
    assert f"/photos/{photo.uid}/thumbnail/" in shown and f"/photos/{photo.uid}/shown/" in shown
    assert "original" not in shown
    assert "original" in render_to_string("office/_photos.html", {"photos": [photo], "originals": True})
    assert render_to_string("office/_photos.html", {"photos": []}).strip() == ""
    field = render_to_string("office/_photo_field.html", {"name": "after", "label": "Photos", "kept": [photo]})
    assert f'name="after_kept" value="{photo.uid}"' in field and 'name="after_removed"' in field
    assert 'accept="image/jpeg,image/png,image/webp"' in field
