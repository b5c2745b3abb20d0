"""The pages of a visit: the form says what counts, keeps what was entered, and saves once; what was saved is shown."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from qipan.ground.files.models import Photo
from qipan.ground.sites.models import Site
from qipan.ground.units.drafts import draft_of, keep_draft
from qipan.sources.fieldwork.models import Correction, Visit, VisitItem
from qipan.spine.ledger.actions import close_round
from qipan.spine.ledger.models import Observation
from qipan.spine.work.models import WorkClass, WorkItem
from tests.faces.office.pages import text
from tests.little_ledger import Little, little_county
from tests.sources.pictures import photo
from tests.world import make_person, make_post

pytestmark = pytest.mark.django_db


@pytest.fixture
def little() -> Little:
    return little_county()


def browser(post: Any, language: str = "en") -> Client:
    client = Client(HTTP_ACCEPT_LANGUAGE=language)
    client.force_login(post.person)
    return client


def sent(site: str, **fields: Any) -> dict[str, Any]:
    now = timezone.localtime() - timedelta(minutes=2)
    return {"uid": str(uuid.uuid4()), "site": site, "visited_at": f"{now:%Y-%m-%dT%H:%M}", **fields}


def post(client: Client, data: dict[str, Any]) -> Any:
    return client.post(reverse("visit_new"), data)


def test_sites_that_a_round_waits_for_stand_first_and_any_other_is_found(little: Little) -> None:
    client = browser(little.inspector)
    page = text(client.get(reverse("visit_new")))
    assert [f"?site={code}" in page for code in ("h1", "h4", "r1", "r2", "r3")] == [True, True, True, True, False]
    assert "?site=r3" in text(client.get(reverse("visit_new"), {"q": "路3"}))
    only = text(client.get(reverse("visit_new"), {"round": "draw"}))
    assert "?site=r1" in only and "?site=h1" not in only
    east = text(client.get(reverse("visit_new"), {"territory": str(little.units["east"].pk)}))
    assert "?site=h1" in east and "?site=h2" not in east


def test_the_form_says_what_counts_for_which_round(little: Little) -> None:
    client = browser(little.inspector)
    page = text(client.get(reverse("visit_new"), {"site": "h1"}))
    assert "<b>3</b> items count for <b>Census</b>" in page
    assert "Your own unit answers for 3 items here" in page
    assert 'name="r-hotel.ho1" value="census"' in page
    assert "No open round waits for this site" in text(client.get(reverse("visit_new"), {"site": "r3"}))


def test_a_visit_with_a_fault_is_saved_and_shown(little: Little) -> None:
    client = browser(little.inspector)
    data = sent(
        "r2", **{
            "r-road.r1": "draw", "r-road.r2": "draw", "v-road.r1": "3", "o-road.r2": "fail", "t-road.r2": "坑洞两处",
            "p-road.r2": SimpleUploadedFile("hole.jpg", photo(), "image/jpeg"), "note": "雨天",
        },
    )  # fmt: skip
    answer = post(client, data)
    visit = Visit.objects.get()
    assert answer.status_code == 302
    assert answer.headers["Location"] == reverse("visit_show", args=[visit.uid])
    page = text(client.get(answer.headers["Location"]))
    order = WorkItem.objects.get()
    for words in ("坑洞两处", "雨天", order.number, "draw", "What it moved", "1 order opened"):
        assert words in page
    assert f"/photos/{Photo.objects.get().uid}/thumbnail/" in page
    assert "Next: road 1" in page
    # The form's draft is gone, and sending it again is the same visit.
    assert draft_of(little.inspector, "visit:r2") is None
    assert post(client, data | {"p-road.r2": SimpleUploadedFile("hole.jpg", photo("blue"), "image/jpeg")}).headers[
        "Location"
    ] == reverse("visit_show", args=[visit.uid])
    assert (Visit.objects.count(), WorkItem.objects.count()) == (1, 1)


def test_a_forged_photo_is_told_at_its_field_and_nothing_is_recorded(little: Little) -> None:
    client = browser(little.inspector)
    answer = post(
        client,
        sent(
            "h1", **{
                "o-hotel.ho1": "fail", "t-hotel.ho1": "灭火器过期", "o-hotel.ho2": "fail", "r-hotel.ho1": "census",
                "r-hotel.ho2": "census", "p-hotel.ho1": SimpleUploadedFile("x.jpg", b"MZ\x90 no photo", "image/jpeg"),
                "p-hotel.ho2": SimpleUploadedFile("y.jpg", photo(), "image/jpeg"),
            },
        ),
    )  # fmt: skip
    page = text(answer)
    assert answer.status_code == 422
    assert 'aria-describedby="photos-p-hotel.ho1-error"' in page
    assert "灭火器过期" in page
    assert not (Visit.objects.exists() or Observation.objects.exists() or WorkItem.objects.exists())
    # The photo that was one is kept: the form carries it along.
    (kept,) = Photo.objects.all()
    assert f'name="p-hotel.ho2_kept" value="{kept.uid}"' in page
    done = post(
        client,
        sent("h1", **{"o-hotel.ho1": "fail", "o-hotel.ho2": "fail", "r-hotel.ho1": "census", "r-hotel.ho2": "census",
                      "p-hotel.ho2_kept": str(kept.uid)}),
    )  # fmt: skip
    assert done.status_code == 302
    assert list(VisitItem.objects.get().photos.all()) == [kept]


@pytest.mark.parametrize(
    ("site", "fields", "words"),
    [
        ("r1", {"v-road.r1": "3.5", "r-road.r1": "draw"}, "write a whole number from 0 to 1,000,000"),
        ("r1", {"v-road.r1": "3", "o-road.r1": "na"}, "not both"),
        ("h1", {"o-hotel.ho1": "B", "r-hotel.ho1": "census"}, "write pass or fail"),
        ("h1", {"o-hotel.ho1": "fail", "u-hotel.ho1": "no such unit"}, "No unit has this name or code"),
        ("h1", {"o-hotel.ho1": "fail", "u-hotel.ho1": "roads", "r-hotel.ho1": "census"}, "say why another unit"),
        ("h1", {"o-road.r2": "pass"}, "not on the checklist of this type"),
        ("h1", {}, "answer at least one"),
        ("h1", {"o-hotel.ho1": "pass", "visited_at": "yesterday"}, "Enter a date and a time of day"),
        ("h1", {"o-hotel.ho1": "pass", "visited_at": "2999-01-01T10:00"}, "must not lie ahead"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named_and_the_form_stays_filled_in(
    little: Little, site: str, fields: dict[str, str], words: str
) -> None:
    answer = post(browser(little.inspector), sent(site, note="keep me", **fields))
    page = text(answer)
    assert answer.status_code == 422
    assert words in page
    assert "keep me" in page
    assert not Observation.objects.exists()


def test_a_round_closed_meanwhile_is_told_and_the_text_kept(little: Little) -> None:
    client = browser(little.inspector)
    data = sent("h1", **{"o-hotel.ho1": "fail", "t-hotel.ho1": "走廊堆物", "r-hotel.ho1": "census"})
    close_round(little.rounds["census"].pk, timezone.now())
    answer = post(client, data)
    page = text(answer)
    assert answer.status_code == 409
    assert "a chosen look" in page and "走廊堆物" in page
    assert 'name="r-hotel.ho1" value=""' in page
    assert not Visit.objects.exists()
    assert post(client, data | {"r-hotel.ho1": ""}).status_code == 302
    assert Observation.objects.get().selection == "chosen"


def test_another_unit_takes_the_order_with_a_reason(little: Little) -> None:
    data = sent("h1", **{
        "o-hotel.ho1": "fail", "r-hotel.ho1": "census", "u-hotel.ho1": "城管局", "w-hotel.ho1": "占道由城管局管",
    })  # fmt: skip
    assert post(browser(little.inspector), data).status_code == 302
    assert WorkItem.objects.get().lead == little.units["roads"]


def _classes(little: Little) -> None:
    for code, zh, en in (("A1", "占道", "obstruction"), ("A2", "积水", "standing water"), ("A3", "积水", "flooding")):
        WorkClass.objects.create(
            county=little.county, code=code, name_zh=zh, name_en=en, limit=3, limit_unit="working_day"
        )


@pytest.mark.parametrize("words", ["A1", "A1 占道", "占道", "obstruction", "A1 obstruction"])
def test_a_class_is_named_by_its_code_its_name_or_both(little: Little, words: str) -> None:
    _classes(little)
    data = sent("h1", **{"o-hotel.ho1": "fail", "r-hotel.ho1": "census", "c-hotel.ho1": words})
    assert post(browser(little.inspector), data).status_code == 302
    assert WorkItem.objects.get().work_class.code == "A1"  # type: ignore[union-attr]


@pytest.mark.parametrize("words", ["A9", "积水"])
def test_a_class_that_is_not_there_or_not_the_only_one_of_its_name_is_refused_at_its_field(
    little: Little, words: str
) -> None:
    _classes(little)
    data = sent("h1", **{"o-hotel.ho1": "fail", "r-hotel.ho1": "census", "c-hotel.ho1": words})
    answer = post(browser(little.inspector), data)
    page = text(answer)
    assert answer.status_code == 422
    assert 'aria-invalid="true" aria-describedby="ce-hotel.ho1"' in page
    assert "No class has this code or name, or several have it" in page and f'value="{words}"' in page
    assert not Visit.objects.exists()


def test_the_classes_stand_once_in_the_form(little: Little) -> None:
    _classes(little)
    page = text(browser(little.inspector).get(reverse("visit_new"), {"site": "h1"}))
    assert page.count('<option value="A1 obstruction">') == 1
    assert page.count('list="classes"') == page.count("data-ask") > 1


def test_a_visit_is_saved_without_building_its_form(little: Little) -> None:
    client = browser(little.inspector)
    assert post(client, sent("h1", **{"o-hotel.ho1": "fail", "r-hotel.ho1": "census"})).status_code == 302
    data = sent(
        "h2", **{"o-hotel.ho1": "fail", "o-hotel.ho2": "fail", "r-hotel.ho1": "census", "r-hotel.ho2": "census"}
    )
    with CaptureQueriesContext(connection) as captured:
        assert post(client, data).status_code == 302
    assert len([each for each in captured if "SAVEPOINT" not in each["sql"]]) <= 45
    with CaptureQueriesContext(connection) as captured:
        assert client.get(reverse("visit_new"), {"site": "h3"}).status_code == 200
    assert len(captured) <= 18


def test_a_draft_stands_in_the_form(little: Little) -> None:
    keep_draft(little.inspector, "visit:h1", {"o-hotel.ho1": "fail", "t-hotel.ho1": "写了一半", "note": "待补"})
    page = text(browser(little.inspector).get(reverse("visit_new"), {"site": "h1"}))
    assert "写了一半" in page and "待补" in page
    assert 'value="fail" checked' in page


def test_a_site_that_is_not_there_and_one_that_has_ended(little: Little) -> None:
    client = browser(little.inspector)
    assert client.get(reverse("visit_new"), {"site": "nowhere"}).status_code == 404
    Site.objects.filter(code="h1").update(valid_to=timezone.localdate() - timedelta(days=3))
    assert "left the register after" in text(client.get(reverse("visit_new"), {"site": "h1"}))
    answer = post(client, sent("h1", **{"o-hotel.ho1": "pass"}))
    assert answer.status_code == 422
    assert not Visit.objects.exists()


# --- corrections ---


def saved(little: Little, **fields: str) -> Visit:
    told = {f"r-{name[2:]}": "census" for name in fields}
    assert post(browser(little.inspector), sent("h1", **fields, **told)).status_code == 302
    return Visit.objects.get()


def correction(visit: Visit, item: str, outcome: str, reason: str = "看错了") -> dict[str, str]:
    last = Observation.objects.filter(item=item, source=f"visit/{visit.uid}").order_by("-seq")[0]
    return {"item": item, f"o-{item}": outcome, "reason": reason, "corrects": str(last.uid)}


def test_who_recorded_it_corrects_it_and_both_stand(little: Little) -> None:
    visit = saved(little, **{"o-hotel.ho1": "fail", "o-hotel.ho2": "pass"})
    client = browser(little.inspector)
    address = reverse("visit_correct", args=[visit.uid])
    assert client.post(address, correction(visit, "hotel.ho1", "pass")).status_code == 302
    old, new = Observation.objects.filter(item="hotel.ho1").order_by("seq")
    assert (new.supersedes, new.outcome, new.selection, new.round_id) == (old.uid, "pass", "census", old.round_id)
    kept = Correction.objects.get()
    assert (kept.before, kept.after, kept.reason) == ("fail", "pass", "看错了")
    page = text(client.get(reverse("visit_show", args=[visit.uid])))
    assert "Stands now:" in page and "看错了" in page
    # An order that was opened stays until the office cancels it.
    assert WorkItem.objects.get().state == "issued"


def test_a_correction_to_a_fault_opens_an_order(little: Little) -> None:
    visit = saved(little, **{"o-hotel.ho2": "pass"})
    client = browser(little.office)
    assert client.post(
        reverse("visit_correct", args=[visit.uid]), correction(visit, "hotel.ho2", "fail", "照片可见")
    ).status_code == 302  # fmt: skip
    assert WorkItem.objects.get().text == "照片可见"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"reason": " "}, "say why"),
        ({"o-hotel.ho1": ""}, "say what is right"),
        ({"o-hotel.ho1": "fail"}, "this is what stands already"),
        ({"corrects": str(uuid.uuid4())}, "someone has corrected this item meanwhile"),
        ({"corrects": "x"}, "open the page again"),
    ],
)
def test_a_correction_that_cannot_be_made(little: Little, change: dict[str, str], words: str) -> None:
    visit = saved(little, **{"o-hotel.ho1": "fail"})
    data = correction(visit, "hotel.ho1", "pass") | change
    answer = browser(little.inspector).post(reverse("visit_correct", args=[visit.uid]), data)
    assert answer.status_code == 422
    assert words in text(answer)
    assert Observation.objects.count() == 1 and not Correction.objects.exists()


def test_of_two_corrections_the_second_is_told(little: Little) -> None:
    visit = saved(little, **{"o-hotel.ho1": "fail"})
    data, address = correction(visit, "hotel.ho1", "pass"), reverse("visit_correct", args=[visit.uid])
    assert browser(little.inspector).post(address, data).status_code == 302
    late = browser(little.office).post(address, data | {"o-hotel.ho1": "withdrawn", "reason": "没去过"})
    assert late.status_code == 422
    assert "没去过" in text(late)
    assert Observation.objects.count() == 2


def test_another_inspector_may_not_correct_it(little: Little) -> None:
    visit = saved(little, **{"o-hotel.ho1": "fail"})
    other = make_post(make_person("other-inspector"), little.units["office"], little.inspector.role)  # type: ignore[arg-type]
    client = browser(other)
    assert (
        client.post(reverse("visit_correct", args=[visit.uid]), correction(visit, "hotel.ho1", "pass")).status_code
        == 403
    )
    assert "Correct this item" not in text(client.get(reverse("visit_show", args=[visit.uid])))
    assert Observation.objects.count() == 1


def test_another_county_sees_nothing(little: Little) -> None:
    visit = saved(little, **{"o-hotel.ho1": "fail"})
    client = browser(little_county(code="other", rounds=False).office)
    assert client.get(reverse("visit_show", args=[visit.uid])).status_code == 404
    assert client.post(reverse("visit_correct", args=[visit.uid]), {"item": "hotel.ho1"}).status_code == 404


def test_a_saved_draft_keeps_words_and_photos(little: Little) -> None:
    client = browser(little.inspector)
    data = sent(
        "h1", **{
            "draft": "visit:h1", "next": reverse("visit_new") + "?site=h1", "o-hotel.ho1": "fail", "t-hotel.ho1": "写了一半",
            "p-hotel.ho1": SimpleUploadedFile("x.jpg", photo(), "image/jpeg"),
        },
    )  # fmt: skip
    answer = client.post(reverse("draft_keep"), data)
    assert answer.headers["Location"].endswith("?site=h1")
    page = text(client.get(answer.headers["Location"]))
    assert "写了一半" in page and f'name="p-hotel.ho1_kept" value="{Photo.objects.get().uid}"' in page
    assert not Visit.objects.exists()
