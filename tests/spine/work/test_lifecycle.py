"""Every action in every state by every kind of post: what goes, what does not, and what the refusal says."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.core.exceptions import PermissionDenied
from django.db import transaction

from qipan.ground.units.models import Post
from qipan.spine.work import actions
from qipan.spine.work.errors import NotIndependent, StageMissing, WorkError
from qipan.spine.work.item_page import allowed
from qipan.spine.work.lifecycle import MOVES, Action, refusal
from qipan.spine.work.models import CHAIN, OPEN, State, Step, WorkItem
from qipan.spine.work.permissions import DIRECT, HANDLE, INSTRUCT, RECHECK, SEE
from tests.spine.work import town as towns
from tests.spine.work.town import Town, at

pytestmark = pytest.mark.django_db

HANDLERS = {"roads", "roads-head"}
FREE = {"office", "leader", "inspector", "inspector-2"}
BOUND = {"inspector-roads", "inspector-section"}
OTHERS = {"tourism", "tourism-head", "east", "west", "section", "helper"}
EVERYONE = HANDLERS | FREE | BOUND | OTHERS

#: Written by hand: who may take an action at all, and in which states it can be taken.
WHO: dict[str, set[str]] = {
    "accept": HANDLERS,
    "report": HANDLERS,
    "recheck": FREE | BOUND,
    "reassign": {"office"},
    "deadline": {"office"},
    "cancel": {"office"},
    "reopen": {"office"},
    "instruct": {"leader"},
    "take_back": {"leader"},
    "note": FREE | BOUND | HANDLERS | {"west", "helper"},  # the town that the road lies in, a unit that helps
    "return": HANDLERS,
    "extend": HANDLERS,
    "coordinate": HANDLERS,
    "appeal": HANDLERS,
    "defer": {"office"},
    "contribute": {"helper"},
    "own_date": HANDLERS,
    "suspend": {"office"},
    "merge": {"office"},
    "unmerge": {"office"},
    "resume": {"office"},
    "withdraw": HANDLERS,
    "consent": {"roads-head"},
    "decide": FREE | BOUND,
}
WHEN: dict[str, set[str]] = {
    "accept": {"issued"},
    "report": {"accepted"},
    "recheck": {"reported"},
    "reassign": {"issued", "accepted", "reported"},
    "deadline": {"issued", "accepted", "reported"},
    "cancel": {"issued", "accepted", "reported", "suspended"},
    "reopen": {"closed", "cancelled"},
    "instruct": {"issued", "accepted", "reported", "suspended"},
    "note": {"issued", "accepted", "reported", "suspended", "closed", "cancelled", "merged"},
    "return": {"issued", "accepted"},
    "extend": {"issued", "accepted"},
    "coordinate": {"issued", "accepted"},
    "appeal": {"issued", "accepted"},
    "defer": {"issued", "accepted"},
    "contribute": {"issued", "accepted"},
    "own_date": {"issued", "accepted"},
    "suspend": {"issued", "accepted"},
    "merge": {"issued", "accepted"},
    "unmerge": {"merged"},
    "resume": {"suspended"},
    # What needs something said or asked before goes in none of these; test_requests.py has every request × state × post.
    "withdraw": set(),
    "consent": set(),
    "decide": set(),
    "take_back": set(),
}
#: Written by hand: the stage that a refusal names when someone wants to skip it.
MISSING = {
    ("report", "issued"): Step.ACCEPTED,
    ("recheck", "issued"): Step.ACCEPTED,
    ("recheck", "accepted"): Step.REPORTED,
}


def act(town: Town, action: str, item: WorkItem, by: Post) -> object:
    now = at(20) if action == "return" else at(50)
    version = item.version
    todo: dict[str, Callable[[], object]] = {
        "accept": lambda: actions.accept(item.pk, version=version, by=by, at=now),
        "report": lambda: actions.report(
            item.pk,
            version=version,
            by=by,
            text="好了",
            fixed_at=at(49),
            photos=[towns.photo(town, "c")],
            at=now,
            without="配合单位无需动作",
        ),
        "recheck": lambda: actions.recheck(item.pk, version=version, by=by, outcome="pass", at=now),
        "reassign": lambda: actions.reassign(item.pk, version=version, by=by, unit="tourism", reason="错派", at=now),
        "deadline": lambda: actions.set_deadline(
            item.pk, version=version, by=by, deadline=at(500), reason="下雨", at=now
        ),
        "cancel": lambda: actions.cancel(item.pk, version=version, by=by, reason="重复", at=now),
        "reopen": lambda: actions.reopen(item.pk, version=version, by=by, reason="反弹", at=now),
        "instruct": lambda: actions.instruct(item.pk, by=by, text="抓紧", at=now),
        "note": lambda: actions.note(item.pk, by=by, text="知悉", at=now),
        "return": lambda: actions.give_back(item.pk, version=version, by=by, reason="不归我局", at=now),
        "extend": lambda: actions.extend(item.pk, version=version, by=by, reason="缺料", deadline=at(900), at=now),
        "coordinate": lambda: actions.coordinate(item.pk, version=version, by=by, reason="权属不清", at=now),
        "appeal": lambda: actions.appeal(item.pk, version=version, by=by, reason="已符合", at=now),
        "defer": lambda: actions.defer(
            item.pk, version=version, by=by, leader=town["leader"].pk, reason="待拆迁", until=at(900).date(), at=now
        ),
        "own_date": lambda: actions.set_own_date(item.pk, version=version, by=by, deadline=at(51), at=now),
        "contribute": lambda: actions.contribute(item.pk, version=version, by=by, text="已配合", at=now),
        "suspend": lambda: actions.suspend(item.pk, version=version, by=by, reason="等待拆迁", at=now),
        "resume": lambda: actions.resume(item.pk, version=version, by=by, reason="已具备条件", at=now),
        "merge": lambda: actions.merge(
            item.pk, version=version, by=by, into=WorkItem.objects.get(cluster="h1").number, reason="同一问题", at=now
        ),
        "unmerge": lambda: actions.part(item.pk, version=version, by=by, at=now),
        "withdraw": lambda: actions.withdraw(item.pk, version=version, by=by, at=now),
        "consent": lambda: actions.consent(item.pk, version=version, by=by, at=now),
        "take_back": lambda: actions.take_back(item.pk, by=by, at=now),
        "decide": lambda: actions.decide(item.pk, version=version, by=by, upheld=True, reason="同意", at=now),
    }
    return todo[action]()


def in_state(town: Town, state: str) -> WorkItem:
    match state:
        case "issued":
            item = towns.order(town)
        case "accepted":
            item = towns.accepted(town)
        case "reported" | "closed":
            item = towns.reported(town)
            if state == "closed":
                actions.recheck(item.pk, version=item.version, by=town["inspector-2"], outcome="pass", at=at(5))
        case "suspended":
            item = towns.order(town)
            actions.suspend(item.pk, version=item.version, by=town["office"], reason="等待", at=at(1))
        case "merged":
            item = towns.order(town)
            into = WorkItem.objects.get(cluster="h1").number
            actions.merge(item.pk, version=item.version, by=town["office"], into=into, reason="同一", at=at(1))
        case _:
            item = towns.order(town)
            actions.cancel(item.pk, version=item.version, by=town["office"], reason="重复", at=at(1))
    item.refresh_from_db()
    item.supports.add(town.units["east"])
    return item


def test_the_table_by_hand_names_every_action():
    assert set(WHO) == set(WHEN) == set(Action)
    assert {state for states in WHEN.values() for state in states} == set(State.values)


@pytest.mark.parametrize("action", list(Action))
@pytest.mark.parametrize("state", list(State.values))
def test_the_table_of_the_product_allows_what_the_table_by_hand_allows(action, state):
    """Every state × action: allowed, or refused with a word in both languages."""
    resting = {"resume", "withdraw", "consent", "decide"}
    refused = refusal(action, State(state))
    if action == "take_back":
        assert (refused is None) == (state in WHEN["instruct"])
    elif action in resting:
        # These need something that is open or rests; the stage alone allows them where such a thing can be.
        assert (refused is None) == (state in {"issued", "accepted"} or (action, state) == ("resume", "suspended"))
    else:
        assert (refused is None) == (state in WHEN[action])
    assert refused is None or (refused.words.zh and refused.words.en)


@pytest.fixture
def town() -> Town:
    town = towns.make()
    towns.seen(town, ("road.r1", "r2", "1"), ("road.r2", "r2", "fail"))
    # The town of the odd sites helps with an order that lies in the other one.
    town.posts["helper"] = town.posts.pop("east")
    town.posts["east"] = town["tourism"]
    towns.order(town, item="hotel.ho3", cluster="h1")
    return town


@pytest.mark.parametrize("state", list(State.values))
def test_who_may_do_what_and_when(town, state):
    item = in_state(town, state)
    for action in WHO:
        for name in sorted(EVERYONE):
            by = town[name]
            may, now = name in WHO[action], state in WHEN[action]
            point = f"{name} {action} {state}"
            sid = transaction.savepoint()
            try:
                act(town, action, item, by)
            except PermissionDenied:
                assert not may, point
            except NotIndependent:
                assert may and now and name in BOUND and action == "recheck", point
            except StageMissing as error:
                assert may and MISSING[action, state] == error.missing, point
                assert error.words.zh and error.words.en, point
            except WorkError as error:
                assert may and not now and (action, state) not in MISSING, point
                assert error.words.zh and error.words.en, point
            else:
                assert may and now and not (action == "recheck" and name in BOUND), point
                after = WorkItem.objects.get(pk=item.pk)
                assert after.version == item.version + 1, point
                move = MOVES[Action(action)]
                target = State.ISSUED if state in move.back else move.target
                assert after.state == (target or state), point
                assert (after.open_key is None) == (after.state not in {*OPEN, State.MERGED}), point
            transaction.savepoint_rollback(sid)


@pytest.mark.parametrize("state", list(State.values))
def test_the_page_offers_exactly_what_would_go(town, state):
    item = in_state(town, state)
    for name in sorted(EVERYONE):
        offered = allowed(town[name], item, now=at(20))
        for action in WHO:
            goes = name in WHO[action] and state in WHEN[action] and not (action == "recheck" and name in BOUND)
            assert offered[action].allowed == goes, f"{name} {action} {state}"
            assert (offered[action].reason is None) == goes


def test_both_faces_of_a_rule_say_the_same(town):
    first = in_state(town, "reported")
    other = towns.order(town, item="hotel.ho2", cluster="h1")
    lost = towns.order(town, item="hotel.ho3", cluster="h2")
    actions.accept(lost.pk, version=1, by=town["tourism"], at=at(1))
    WorkItem.objects.filter(pk=other.pk).update(lead=None)
    for rule in (SEE, HANDLE, RECHECK, DIRECT, INSTRUCT):
        for name in sorted(EVERYONE):
            visible = set(WorkItem.objects.filter(rule.visible(town[name])).values_list("pk", flat=True))
            one_by_one = {item.pk for item in WorkItem.objects.all() if rule.allows(town[name], item)}
            assert visible == one_by_one, f"{rule} {name}"
    assert first.pk in set(WorkItem.objects.filter(SEE.visible(town["helper"])).values_list("pk", flat=True))


def test_another_county_sees_and_does_nothing(town):
    item = in_state(town, "reported")
    stranger = towns.make("other")
    for name in ("office", "leader", "inspector", "roads"):
        for rule in (SEE, HANDLE, RECHECK, DIRECT, INSTRUCT):
            assert not rule.allows(stranger[name], item)
            assert not WorkItem.objects.filter(rule.visible(stranger[name])).exists()
        with pytest.raises(PermissionDenied):
            act(town, "note", item, stranger[name])


def test_the_chain_is_never_skipped(town):
    """From every state the only way on is the next stage; the table leads through all of the chain and nowhere else."""
    forward = [
        (move.sources, move.target) for action, move in MOVES.items() if action in {"accept", "report", "recheck"}
    ]
    assert forward == [
        (frozenset({State.ISSUED}), State.ACCEPTED),
        (frozenset({State.ACCEPTED}), State.REPORTED),
        (frozenset({State.REPORTED}), State.CLOSED),
    ]
    into_closed = [action for action, move in MOVES.items() if move.target == State.CLOSED]
    assert into_closed == [Action.RECHECK]
    item = in_state(town, "closed")
    steps = [entry.step for entry in item.log.all()]
    assert steps == list(CHAIN)
