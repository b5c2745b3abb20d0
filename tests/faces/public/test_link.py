"""The page of a link: one item, on a phone, in two languages; nothing else, and refused in words."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from qipan.ground.files.models import Photo
from qipan.ground.units.tokens import token_of
from qipan.spine.work.links.actions import give
from qipan.spine.work.links.models import SALT, HandlingLink
from qipan.spine.work.models import WorkItem
from tests.faces.office.working import accepted, browser, form, hidden, issued, jpeg
from tests.spine.work.town import Town, make, photo

pytestmark = pytest.mark.django_db


@pytest.fixture
def town() -> Town:
    return make()


def opened(town: Town, item: WorkItem) -> str:
    link = give(item.pk, until=timezone.now() + timedelta(days=5), by=town["office"])
    return f"/p/w/{token_of(SALT, link.uid)}/"


def test_accepted_and_reported_by_someone_without_an_account(town: Town) -> None:
    item = issued(town)
    address = opened(town, item)
    phone = Client(HTTP_ACCEPT_LANGUAGE="zh-CN", enforce_csrf_checks=True)
    page = phone.get(address).text
    assert item.title_zh in page and "签收" in page and 'href="/' not in page.replace('href="/static', "")
    sent = phone.post(address + "accept/", form(version=hidden(page, "version")))
    assert sent.status_code == 302
    english = phone.get(address + "?lang=en").text
    assert "Report it as fixed" in english
    send = form(
        version=hidden(english, "version"),
        name="老王",
        text="已清理",
        fixed_at=f"{timezone.localtime():%Y-%m-%dT%H:%M}",
    )
    # Without a photo: told so, with what was written still there.
    refused = phone.post(address + "report/?lang=en", send)
    assert refused.status_code == 422 and "At a site, at least one photo" in refused.text and "已清理" in refused.text
    # With something that is none, beside one that is: the good one is carried along.
    bad = phone.post(address + "report/", {**send, "photos": [jpeg(), _no_photo()]})
    assert bad.status_code == 422
    kept = hidden(bad.text, "photos_kept")
    thumbnail = phone.get(f"{address}photo/{kept}/thumbnail/")
    assert thumbnail.status_code == 200
    # Read to its end: that closes the file, and not the connection of the test with it.
    assert b"".join(thumbnail)
    done = phone.post(address + "report/", {**send, "photos_kept": kept})
    assert done.status_code == 302
    assert "已反馈" in phone.get(address).text and item.title_zh not in phone.get(address).text
    # Sent again by an impatient finger: nothing more happens.
    assert phone.post(address + "report/", {**send, "photos_kept": kept}).status_code in {302, 409}
    kept_photo = Photo.objects.get(uid=kept)
    assert kept_photo.used and kept_photo.added_by_unit == "roads" and kept_photo.added_by_person.startswith("link-")
    # A photo is no longer shown by a link that has done its work.
    assert phone.get(f"{address}photo/{kept}/thumbnail/").status_code == 404
    log = browser(town, "office").get(f"/work/{item.number}/").text
    assert "by link, issued by 创城办专干" in log and "老王" in log


def _no_photo() -> Any:
    return SimpleUploadedFile("x.jpg", b"not a photo", "image/jpeg")


def test_a_link_shows_no_photo_of_another_item(town: Town) -> None:
    address = opened(town, issued(town))
    strange = photo(town, "b")
    assert Client().get(f"{address}photo/{strange.uid}/shown/").status_code == 404
    assert Client().get(f"{address}photo/{strange.uid}/original/").status_code == 404


def test_a_link_that_ended_explains_itself(town: Town) -> None:
    item = accepted(town)
    address = opened(town, item)
    office = browser(town, "office")
    assert office.post(f"/work/{item.number}/link/withdraw/").status_code == 302
    page = Client(HTTP_ACCEPT_LANGUAGE="en").get(address)
    assert "This link was withdrawn" in page.text and item.title_zh not in page.text
    refused = Client().post(address + "report/", form(version=1, text="x", photos=[jpeg()]))
    assert refused.status_code == 409 and not Photo.objects.filter(added_by_person__startswith="link").exists()
    HandlingLink.objects.update(withdrawn_at=None, until=timezone.now() - timedelta(minutes=1))
    assert "This link has expired" in Client(HTTP_ACCEPT_LANGUAGE="en").get(address).text
    assert Client().get("/p/w/" + "A" * 27 + "/").status_code == 404


def test_a_stale_form_of_a_link_says_so_and_keeps_the_words(town: Town) -> None:
    item = accepted(town)
    address = opened(town, item)
    sent = form(version=1, name="王", text="已修好", fixed_at=f"{timezone.localtime():%Y-%m-%dT%H:%M}", photos=[jpeg()])
    page = Client(HTTP_ACCEPT_LANGUAGE="en").post(address + "report/", sent)
    assert page.status_code == 409 and "已修好" in page.text and hidden(page.text, "version") == str(item.version)


def test_the_office_prints_a_slip_and_it_is_made_again_from_the_key(town: Town) -> None:
    item = issued(town)
    office = browser(town, "office")
    page = office.get(f"/work/{item.number}/").text
    assert f"/work/{item.number}/link/" in page and f"/work/{item.number}/behalf/" in page
    day = timezone.localdate() + timedelta(days=3)
    bad = office.post(f"/work/{item.number}/link/", form(until="2020-01-01"))
    assert bad.status_code == 422
    assert office.post(f"/work/{item.number}/link/", form(until=day.isoformat())).status_code == 302
    for _ in range(2):
        slip = office.get(f"/work/{item.number}/link/").text
        found = re.search(r"http://testserver(/p/w/[\w-]{27}/)", slip)
        assert found and Client().get(found[1]).status_code == 200 and "data:image/png;base64" in slip
    # The inspector who found it may, another one may not; the unit itself signs in.
    assert browser(town, "inspector").get(f"/work/{item.number}/link/").status_code == 200
    assert browser(town, "inspector-2").get(f"/work/{item.number}/link/").status_code == 403
    assert f"/work/{item.number}/link/" not in browser(town, "roads").get(f"/work/{item.number}/").text


def test_a_reply_is_entered_on_behalf_and_marked_everywhere(town: Town) -> None:
    item = issued(town)
    office = browser(town, "office")
    address = f"/work/{item.number}/behalf/"
    now = f"{timezone.localtime():%Y-%m-%dT%H:%M}"
    said = form(
        version=item.version, what="fixed", said_by="李股长", said_at=now, channel="paper", text="换了灯", fixed_at=now
    )
    refused = office.post(address, said)
    assert refused.status_code == 422 and "换了灯" in refused.text
    assert office.post(address, {**said, "photos": [jpeg()]}).status_code == 302
    page = office.get(f"/work/{item.number}/").text
    assert "entered on behalf by 创城办专干, said on paper" in page and "李股长" in page
    assert "You handled this item yourself" in page
    assert "entered on behalf" in office.get("/work/?export=csv&state=reported").text
