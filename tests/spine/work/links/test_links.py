"""A unit without an account: by a link, and on its behalf. Independence holds whichever way its word came."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied

from qipan.ground.audit.models import AuditEntry
from qipan.ground.notify.models import Message
from qipan.ground.units.tokens import digest_of, token_of
from qipan.spine.work import actions
from qipan.spine.work.errors import NotIndependent, WorkError
from qipan.spine.work.independence import free_posts, objection, recheckable
from qipan.spine.work.links.actions import TRIES, TooOften, accept_by_link, count_try, give, report_by_link, withdraw
from qipan.spine.work.links.behalf import enter_reply
from qipan.spine.work.links.models import SALT, HandlingLink
from qipan.spine.work.links.queries import link_of, link_page, links_of
from qipan.spine.work.links.standing import Standing
from qipan.spine.work.models import State, WorkItem
from tests.spine.work.town import Town, again, at, make, order, photo

pytestmark = pytest.mark.django_db


@pytest.fixture
def town() -> Town:
    return make()


def given(town: Town, item: WorkItem, by: str = "office", **more) -> HandlingLink:
    return give(item.pk, **{"until": at(100), "by": town[by], "at": at(1), **more})


def used(town: Town, item: WorkItem, link: HandlingLink, hours: float = 2) -> WorkItem:
    """Accepted and reported by a link."""
    accept_by_link(link, version=item.version, name="张师傅", at=at(hours))
    now = again(item)
    report_by_link(
        link,
        version=now.version,
        name="张师傅",
        text="已修好",
        fixed_at=at(hours),
        photos=[photo(town)],
        at=at(hours + 1),
    )
    return again(item)


def test_a_link_is_known_by_its_token_alone_and_the_token_is_kept_nowhere(town: Town) -> None:
    link = given(town, order(town))
    token = token_of(SALT, link.uid)
    assert len(token) == 27 and link_of(token) is not None
    assert link.digest == digest_of(token) and token not in str(HandlingLink.objects.values().get())
    assert link_of(token[:-1] + ("A" if token[-1] != "A" else "B")) is None
    assert not AuditEntry.objects.filter(details__icontains=token).exists()


@pytest.mark.parametrize("who", ["leader", "roads", "roads-head", "east", "inspector-2"])
def test_only_the_office_and_the_inspector_who_found_it_give_links(town: Town, who: str) -> None:
    item = order(town)
    with pytest.raises(PermissionDenied):
        given(town, item, who)
    assert given(town, item, "inspector").by_unit == "office"
    assert not links_of(town[who], item.pk).may_give


def test_the_unit_handled_it_and_the_log_says_how_it_came(town: Town) -> None:
    item = order(town)
    link = given(town, item)
    now = used(town, item, link)
    assert now.state == State.REPORTED and now.came_by == "link"
    steps = list(now.log.filter(step__in=("accepted", "fixed", "reported")))
    assert [(one.by_unit, one.by_person, one.data["by"], one.data["issued_by"]) for one in steps] == [
        ("roads", "张师傅", "link", "创城办专干")
    ] * 3
    entries = AuditEntry.objects.filter(verb__in=("work.accept", "work.report"))
    assert {(one.person, one.unit, one.post) for one in entries} == {
        ("", "roads", f"凭办理链接（由创城办专干发给{link.unit.name_zh}）")
    }
    assert all(one.details["by"] == "link" and one.details["link"] == link.pk for one in entries)
    assert "张师傅" not in str(list(entries.values()))
    # Its own people are told what was said in their name.
    assert Message.objects.filter(kind="work.spoken_for", post=town["roads-head"]).count() == 2


def test_who_issued_the_link_and_who_belongs_to_the_unit_do_not_re_check(town: Town) -> None:
    item = order(town)
    now = used(town, item, given(town, item))
    for name in ("office", "inspector-roads", "inspector-section"):
        assert objection(town[name], now) is not None
        assert not WorkItem.objects.filter(recheckable(town[name]), pk=now.pk).exists()
        with pytest.raises(NotIndependent):
            actions.recheck(now.pk, version=now.version, by=town[name], outcome="pass", at=at(5))
    assert town["office"].pk not in {post.pk for post in free_posts(now, at(5).date())}
    done = actions.recheck(now.pk, version=now.version, by=town["inspector-2"], outcome="pass", at=at(5))
    assert done.closed


def test_every_way_in_which_a_link_ends_has_a_name(town: Town) -> None:
    item = order(town)
    link = given(town, item)

    def standing(hours: float = 2) -> Standing:
        return link_page(HandlingLink.objects.get(pk=link.pk), at(hours)).standing

    assert standing() == Standing.ACCEPT and standing(101) == Standing.EXPIRED
    accept_by_link(link, version=item.version, at=at(2))
    assert standing() == Standing.REPORT
    now = again(item)
    with pytest.raises(WorkError):
        accept_by_link(link, version=now.version, at=at(3))
    report_by_link(link, version=now.version, name="张", text="好", fixed_at=at(2), photos=[photo(town)], at=at(3))
    # A link that did its work says so, however late it is opened; and shows nothing of the item any more.
    assert standing(101) == Standing.USED and link_page(link, at(4)).title.zh == ""
    now = again(item)
    actions.recheck(now.pk, version=now.version, by=town["inspector-2"], outcome="fail", text="还坏着", at=at(5))
    assert standing(6) == Standing.AGAIN
    second = give(item.pk, until=at(200), by=town["office"], at=at(6))
    assert link_page(second, at(7)).again == "还坏着" and link_page(second, at(7)).standing == Standing.REPORT
    assert withdraw(item.pk, by=town["office"], at=at(8)) == 1
    assert link_page(HandlingLink.objects.get(pk=second.pk), at(9)).standing == Standing.WITHDRAWN
    third = give(item.pk, until=at(200), by=town["office"], at=at(10))
    now = again(item)
    actions.reassign(now.pk, version=now.version, by=town["office"], unit="tourism", reason="职能", at=at(11))
    assert link_page(HandlingLink.objects.get(pk=third.pk), at(12)).standing == Standing.MOVED
    with pytest.raises(WorkError):
        accept_by_link(third, version=again(item).version, at=at(12))


def test_another_link_ends_the_first_and_none_is_good_for_ever(town: Town) -> None:
    item = order(town)
    first = given(town, item)
    second = given(town, item, until=at(50))
    assert [link_page(HandlingLink.objects.get(pk=one.pk), at(2)).standing for one in (first, second)] == [
        Standing.WITHDRAWN, Standing.ACCEPT,
    ]  # fmt: skip
    for until in (at(0.5), at(1) + timedelta(days=61)):
        with pytest.raises(WorkError) as wrong:
            given(town, item, until=until)
        assert wrong.value.field == "until"


def test_a_link_sends_no_more_than_so_many_forms_an_hour(town: Town) -> None:
    link = given(town, order(town))
    for _ in range(TRIES):
        count_try(link, at(2))
    with pytest.raises(TooOften):
        count_try(link, at(2.5))
    count_try(link, at(3.1))


def reply(town: Town, item: WorkItem, **more) -> WorkItem:
    said = {
        "said_by": "王科长",
        "said_at": at(2),
        "channel": "phone",
        "fixed": False,
        "at": at(3),
        "by": town["office"],
    }
    return enter_reply(item.pk, **{"version": item.version, **said, **more})


def test_a_reply_by_telephone_is_the_units_and_marked(town: Town) -> None:
    item = order(town)
    now = reply(town, item, fixed=True, text="已修好", fixed_at=at(1.5), photos=[photo(town)])
    now = again(now)
    assert now.state == State.REPORTED and now.came_by == "behalf"
    assert [one.step for one in now.log.all()] == ["issued", "accepted", "fixed", "reported"], "no stage is skipped"
    last = now.log.last()
    assert last is not None
    assert (last.by_unit, last.by_person, last.person) == ("roads", "王科长", town["office"].person_id)
    assert last.data["channel"] == "phone" and last.data["entered_by"] == "创城办专干"
    entry = AuditEntry.objects.get(verb="work.report")
    assert entry.post == "创城办专干" and entry.details["by"] == "behalf" and "王科长" not in str(entry.details)
    # Who entered it does not re-check it; the office as a unit has handled nothing.
    assert objection(town["office"], now) is not None and objection(town["inspector"], now) is None
    assert objection(town["inspector-roads"], now) is not None


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"said_by": " "}, "said_by"), ({"channel": "dream"}, "channel"), ({"said_at": at(9)}, "said_at"),
        ({"said_at": at(-2)}, "said_at"), ({"fixed": True, "text": "好"}, "fixed_at"),
        ({"fixed": True, "text": "好", "fixed_at": at(1)}, "photos"),
    ],
)  # fmt: skip
def test_what_is_missing_of_a_reply_is_named_and_nothing_is_kept(town: Town, more, field: str) -> None:
    item = order(town)
    with pytest.raises(WorkError) as wrong:
        reply(town, item, **more)
    assert wrong.value.field == field
    assert again(item).state == State.ISSUED and again(item).log.count() == 1


@pytest.mark.parametrize("who", ["leader", "inspector", "roads", "roads-head"])
def test_only_the_office_enters_replies(town: Town, who: str) -> None:
    with pytest.raises(PermissionDenied):
        reply(town, order(town), by=town[who])
