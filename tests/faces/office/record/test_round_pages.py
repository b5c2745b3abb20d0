"""The pages of rounds: planned, looked at, opened; shown with who looked; extended; closed with open eyes."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from qipan.assessment import draw, permanent_number
from qipan.assessment.sampling import shown
from qipan.spine.ledger.actions import record
from qipan.spine.ledger.models import Listing, Round
from tests.faces.office.pages import rows, text
from tests.little_ledger import YEAR, Little, little_county, look

pytestmark = pytest.mark.django_db
SEED = "20260101-public"
HOTELS = [f"h{n}" for n in range(1, 9)]


@pytest.fixture
def little() -> Little:
    return little_county(hotels=8, roads=5, rounds=False)


def browser(post: Any, language: str = "en") -> Client:
    client = Client(HTTP_ACCEPT_LANGUAGE=language)
    client.force_login(post.person)
    return client


def fields(**more: str) -> dict[str, str]:
    return {
        "kind": "drawn", "name_zh": "第一轮", "name_en": "First", "code": "one", "seed": SEED, "due_on": "",
        "n-hotel": "3", "n-road": "", **more,
    }  # fmt: skip


def opened(little: Little, **more: str) -> Round:
    answer = browser(little.office).post(reverse("round_new"), fields(action="open", **more))
    assert answer.status_code == 302, text(answer)
    return Round.objects.get(code=more.get("code", "one"))


def test_a_code_and_a_seed_are_proposed_and_the_frames_shown(little: Little) -> None:
    page = text(browser(little.office).get(reverse("round_new")))
    assert f'value="{YEAR}-01"' in page
    assert f'name="seed" maxlength="80" required value="{timezone.localdate():%Y%m%d}-' in page
    found = {cells[0]: cells[1] for _, cells in rows(page) if len(cells) == 4}
    assert found["hotel"].endswith("8") and found["main road"].endswith("5")


def test_the_list_is_shown_with_each_number_before_anything_is_opened(little: Little) -> None:
    page = text(browser(little.office).post(reverse("round_new"), fields(action="preview")))
    drawn = draw(SEED, "hotel", HOTELS, 3)
    listed = [cells for _, cells in rows(page) if len(cells) == 4 and cells[0].isdecimal()]
    assert [cells[1].split()[-1] for cells in listed] == drawn
    assert [cells[3] for cells in listed] == [shown(permanent_number(SEED, "hotel", code)) for code in drawn]
    assert f"printf &#x27;%s&#x27; &#x27;{SEED}|hotel|{drawn[0]}&#x27;" in page or f"'{SEED}|hotel|{drawn[0]}'" in page
    assert not Round.objects.exists()


def test_the_seed_of_a_preview_opens_the_list_of_the_preview(little: Little) -> None:
    of = opened(little)
    assert set(of.listings.values_list("cluster", flat=True)) == set(draw(SEED, "hotel", HOTELS, 3))
    # Sent once more, the same round is shown.
    again = browser(little.office).post(reverse("round_new"), fields(action="open"))
    assert again.headers["Location"] == reverse("round_show", args=["one"])
    assert Round.objects.count() == 1


def test_what_is_wrong_is_named_and_the_form_stays_filled_in(little: Little) -> None:
    answer = browser(little.office).post(
        reverse("round_new"),
        fields(action="preview", **{"n-hotel": "9", "n-road": "many", "seed": "a|b", "code": "x y"}),
    )
    page = text(answer)
    assert answer.status_code == 422
    for words in ("from 0 to 8", "from 0 to 5", "a seed has 4 to 80", "use letters, digits", 'value="第一轮"'):
        assert words in page


def test_a_census_and_a_round_for_the_desk(little: Little) -> None:
    census = opened(little, kind="census", code="c", **{"n-hotel": "all"})
    assert census.listings.count() == 8
    desk = opened(little, kind="desk", code="d")
    page = text(browser(little.office).get(reverse("round_show", args=["d"])))
    assert desk.listings.count() == 0
    assert "documents, figures and opinions belong to it" in page
    assert reverse("review_new", args=["document"]) in page


def test_a_round_shows_who_looked_and_whether_the_draw_can_be_made_again(little: Little) -> None:
    of = opened(little)
    first, *others = sorted(of.listings.values_list("cluster", flat=True))
    record(
        little.county.pk, YEAR,
        [look("hotel.ho1", first, "pass", round=of.pk, selection="drawn", observed_at=timezone.now())],
        by=little.inspector,
    )  # fmt: skip
    client = browser(little.inspector)
    page = text(client.get(reverse("round_show", args=["one"])))
    assert "1 of 3 seen" in page and "2 not yet" in page
    assert "the same list" in page
    assert str(little.inspector.person) in page
    assert f"?site={others[0]}" in page and f"?site={first}" not in page
    only = text(client.get(reverse("round_show", args=["one"]), {"seen": "yes"}))
    assert f'/sites/{first}/"' in only and f'/sites/{others[0]}/"' not in only
    lines = client.get(reverse("round_show", args=["one"]), {"export": "csv"}).content.decode("utf-8-sig").splitlines()
    assert len(lines) == 4 and shown(permanent_number(SEED, "hotel", first)) in "\n".join(lines)


def test_a_draw_grows_after_a_look_at_what_comes(little: Little) -> None:
    opened(little)
    client, address = browser(little.office), reverse("round_extend", args=["one"])
    page = text(client.post(address, {"n-hotel": "5", "action": "look"}))
    fourth, fifth = draw(SEED, "hotel", HOTELS, 5)[3:]
    assert fourth in page and fifth in page
    assert Listing.objects.count() == 3
    assert client.post(address, {"n-hotel": "5", "action": "extend"}).status_code == 302
    assert Listing.objects.count() == 5
    shorter = client.post(address, {"n-hotel": "2", "action": "extend"})
    assert shorter.status_code == 422 and "from 5 to 8" in text(shorter)


def test_closing_says_what_it_leaves_unseen_and_asks_once(little: Little) -> None:
    opened(little)
    client, address = browser(little.office), reverse("round_close", args=["one"])
    page = text(client.get(address))
    assert "3 sites on its list were not seen and stay missing" in page
    assert "cannot be opened again" in page
    assert client.post(address, {}).status_code == 422
    assert Round.objects.get().closed_at is None
    assert client.post(address, {"sure": "yes"}).headers["Location"].startswith(reverse("rounds"))
    assert Round.objects.get().closed_at is not None
    assert client.get(address).headers["Location"] == reverse("round_show", args=["one"])
    # A closed round offers no visit any more.
    assert "?site=" not in text(client.get(reverse("round_show", args=["one"])))


def test_the_first_page_shows_open_rounds_and_last_records(little: Little) -> None:
    client = browser(little.office)
    assert "No round is open" in text(client.get(reverse("record_home")))
    opened(little)
    page = text(client.get(reverse("record_home")))
    assert "0 of 3 seen" in page and "First" in page


def test_others_see_a_round_and_change_nothing(little: Little) -> None:
    opened(little)
    client = browser(little.inspector)
    page = text(client.get(reverse("round_show", args=["one"])))
    assert reverse("round_close", args=["one"]) not in page
    assert client.post(reverse("round_close", args=["one"]), {"sure": "yes"}).status_code == 403
    assert client.post(reverse("round_extend", args=["one"]), {"n-hotel": "5"}).status_code == 403
    other = browser(little_county(code="other", rounds=False).office)
    assert other.get(reverse("round_show", args=["one"])).status_code == 404
    assert other.post(reverse("round_close", args=["one"]), {"sure": "yes"}).status_code == 404
