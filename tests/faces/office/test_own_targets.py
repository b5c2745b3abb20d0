"""A unit's own targets: higher than the standard asks or refused, its own only, beside the standard's, and no score moves."""

from __future__ import annotations

from fractions import Fraction

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from qipan.ground.audit.models import AuditEntry
from qipan.ground.units.errors import RegisterError
from qipan.spine.campaigns import own_targets as room
from qipan.spine.campaigns.models import OwnTarget
from qipan.spine.scorecards.queries import standing
from tests.faces.office.pages import text
from tests.faces.office.working import browser
from tests.spine.work.town import Town, make

pytestmark = pytest.mark.django_db


@pytest.fixture
def town() -> Town:
    return make()


def answered_by(town: Town, unit: str) -> str:
    now = standing(town.year)
    pk = town.units[unit].pk
    return next(key for key, line in now.book.lines.items() if not line.counter and now.duties.lead(line).unit == pk)


def test_a_target_is_set_shown_changed_and_taken_away(town: Town) -> None:
    check, url = answered_by(town, "roads"), reverse("own_targets", args=["roads"])
    before = standing(town.year).card
    head, office = browser(town, "roads-head"), browser(town, "office")
    assert head.post(url, {"check": check, "per_cent": "101", "version": 0}).status_code == 422
    assert head.post(url, {"check": check, "per_cent": "95", "version": 0}).status_code == 302
    assert "own target" in text(office.get(url)) and 'name="per_cent"' not in text(office.get(url))
    assert "1 set" in text(office.get(reverse("unit", args=["roads"])))
    node = standing(town.year).book.lines[check].node
    assert "≥ 95%" in text(office.get(reverse("criterion", args=[node])))
    stale = head.post(url, {"check": check, "per_cent": "97", "version": 0})
    assert stale.status_code == 409 and 'value="97"' in text(stale)
    assert head.post(url, {"check": check, "per_cent": "97.5", "version": 1}).status_code == 302
    assert office.post(url, {"check": check, "per_cent": "99", "version": 2}).status_code == 403
    assert head.post(url, {"check": check, "per_cent": "", "version": 2}).status_code == 302
    assert not OwnTarget.objects.exists() and AuditEntry.objects.filter(verb="campaigns.own_target").count() == 3
    assert standing(town.year).card.checks[check].earned == before.checks[check].earned


def test_it_is_the_units_own_and_never_weaker(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    check, other = answered_by(town, "roads"), answered_by(town, "tourism")
    with pytest.raises(RegisterError, match="answers for"):
        room.set_own_target(town.year, other, "95", version=0, by=town["roads-head"])
    with pytest.raises(PermissionDenied):
        room.set_own_target(town.year, check, "95", version=0, by=town["office"])
    # The standard gives full points from 90 % on.
    monkeypatch.setattr(room, "demanded", lambda line: Fraction(9, 10))
    for weaker in ("80", "90", "90.00", "0", "-5", "many"):
        with pytest.raises(RegisterError):
            room.set_own_target(town.year, check, weaker, version=0, by=town["roads"])
    assert room.set_own_target(town.year, check, "90.5%", version=0, by=town["roads"])
    assert not room.set_own_target(town.year, check, "90.5", version=1, by=town["roads"])
