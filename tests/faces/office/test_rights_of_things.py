"""The rights matrix on things that are there: every address × every role × one's own unit, another unit, another county.

`test_routes.py` asks for what is not there; here each address that names a thing names one that exists, so that a page
that forgets whose it is answers with it, and fails.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import get_resolver, reverse
from django.utils import timezone

from qipan.ground.audit.journal import Thing, act
from qipan.ground.files.photos import add_photo
from qipan.ground.jobs.models import Job
from qipan.ground.notify.models import Channel
from qipan.ground.sites.models import Site
from qipan.ground.units.acting import actor
from qipan.ground.units.models import Post, PostRequest, Role, Unit, UnitGroup
from qipan.sources.evidence.models import Review
from qipan.sources.fieldwork.models import Visit
from qipan.spine.campaigns.models import (
    CampaignYear,
    FunctionDuty,
    Membership,
    Phase,
    Programme,
    SpecialAction,
    SpecialGroup,
    TimeNode,
    YearRecord,
)
from qipan.spine.ledger.actions import Fact, record
from qipan.spine.ledger.imports import Import
from qipan.spine.ledger.models import Observation
from qipan.spine.scorecards.queries import fresh_standing
from qipan.spine.standards.models import OfficeBook
from qipan.spine.standards.office_book.reading import Book, Branch, Content
from qipan.spine.work.basis.models import BasisDocument
from qipan.spine.work.classes import seed_classes
from qipan.spine.work.models import (
    Escalation,
    Handover,
    HardProblem,
    HardStep,
    Highlight,
    Mechanism,
    Run,
    RunDecision,
    Slip,
    WorkItem,
)
from qipan.spine.work.office_files.actions import kept_file
from qipan.spine.work.office_files.models import OfficeFile
from qipan.spine.years.content import canonical, content_of, digest_of
from tests.faces.office.matrix.row import BY_LINK, OPEN, Row
from tests.faces.office.test_routes import MATRIX, routes, undone
from tests.faces.office.working import issued, jpeg
from tests.spine.work.town import Town, make, seen
from tests.world import make_person, make_post

REFUSED = {403, 404}
OWN, OTHER, FOREIGN = "own unit", "another unit", "another county"
PEOPLE = {
    (Role.OFFICE, OWN): "office", (Role.LEADER, OWN): "leader", (Role.INSPECTOR, OWN): "inspector",
    (Role.HEAD, OWN): "roads-head", (Role.LIAISON, OWN): "roads",
    (Role.HEAD, OTHER): "tourism-head", (Role.LIAISON, OTHER): "tourism",
}  # fmt: skip
#: Addresses whose things belong to no county: the standards that all counties may be judged by.
OF_ALL = {"edition", "edition_diff", "setup_standard_pin"}
#: What a word in the address chooses, of which each county has its own: a code of the standard, a year, a class.
CHOICES = {"criterion", "review_new", "setup_year", "setup_year_remove", "work_class", "work_class_item"}
#: Fields that name a part of the thing that is there.
FILLED = {"visit_correct": {"item": "road.r2"}, "review_correct": {"item": "2.1"}, "hard_step_keep": {"act": "done"}}


@pytest.fixture
def town(db: None) -> Iterator[Town]:
    """A county with one of everything that an address can name, and another beside it."""
    made = make("little")
    seed_classes(made.county)
    seen(made, ("hotel.ho1", "h1", "pass"))
    yield made


def things(town: Town) -> dict[str, tuple[Any, ...]]:
    """The arguments of each address that names a thing: of a thing that is there."""
    county, year = town.county, town.year
    item = issued(town, by=town["inspector"])
    site = Site.objects.create(
        county=county, code="only-here", name_zh="只此一处", type="road", territory=town.units["east"]
    )
    row = Observation.objects.filter(county=county).first()
    assert row is not None
    now = timezone.now()
    who = {"by_person": str(town["inspector"].person), "by_post": town["inspector"].title_zh, "by_unit": "office"}
    visit = Visit.objects.create(
        uid=uuid.uuid4(), county=county, year=year.year, site=site, visited_at=now, recorded_at=now, **who
    )
    review = Review.objects.create(
        uid=uuid.uuid4(), county=county, year=year.year, kind="document_review", check_key="2.1/document_review",
        observed_on=now.date(), recorded_at=now, **who,
    )  # fmt: skip
    record(
        county.pk, year.year,
        [
            Fact("road.r2", "pass", now, "road", site.code, source=f"visit/{visit.uid}"),
            Fact("2.1", "A", now, source=f"review/{review.uid}"),
        ],
        by=town["inspector"],
    )  # fmt: skip
    job = Job.objects.create(kind="work.points", county=county, owner="", title_zh="重算", created_at=now)
    file = Import.objects.create(
        county=county, year=year.year, name="a.csv", digest="0" * 64, kind="csv", size=1, added_at=now, **who
    )
    table = OfficeFile.objects.create(
        county=county, year=year.year, name="a.xlsx", digest="1" * 64, kind="xlsx", size=1, state="ready", added_at=now,
        summary={"unreadable": [], "lines": [], "counts": {}, "digest": "", "changes": 0, "tables": []}, **who,
    )  # fmt: skip
    kept_file(table.digest, table.kind).parent.mkdir(parents=True, exist_ok=True)
    kept_file(table.digest, table.kind).write_bytes(b"as it was handed in")
    photo = add_photo(jpeg().read(), by=town["inspector"])
    post = make_post(make_person("someone"), town.units["roads"], Role.LIAISON)
    asked = PostRequest.objects.create(
        person=post.person,
        unit=town.units["roads"],
        role=Role.HEAD,
        title_zh="局长",
        asked_by=town["office"],
        asked_at=now,
    )
    handed = Handover.objects.create(
        county=county, old=town["roads"], new=post, on=now.date() + timedelta(days=9), begun_at=now, begun_by="创城办"
    )
    stand_in = make_post(
        town["roads-head"].person, town.units["roads"], Role.LIAISON, valid_from=now.date(), valid_to=now.date() + timedelta(days=9)
    )  # fmt: skip
    Post.objects.filter(pk=stand_in.pk).update(stands_for=town["roads"])
    own_group = UnitGroup.objects.create(county=county, code="only-here", name_zh="只此一组", listed=["roads"])
    unit = Unit.objects.create(
        county=county, code="only-here", name_zh="只此一家", type="department", parent=town.units["roads"]
    )
    node = TimeNode.objects.create(campaign=year.campaign, name_zh="节点", on=now.date() + timedelta(days=9))
    phase = Phase.objects.create(
        campaign=year.campaign, name_zh="阶段", first=now.date(), last=now.date() + timedelta(days=20)
    )
    programme = Programme.objects.create(county=county, name_zh="文明校园")
    special = SpecialAction.objects.create(
        campaign=year.campaign, name_zh="专项行动", first=now.date(), last=now.date() + timedelta(days=20)
    )
    hard = HardProblem.objects.create(
        campaign=year.campaign,
        title_zh="难题",
        why="难",
        owner=town["leader"],
        lead=unit,
        review_on=now.date(),
        begun_at=now,
    )
    step = HardStep.objects.create(problem=hard, text="一步", unit=unit, due=now.date())
    praised = Highlight.objects.create(
        campaign=year.campaign, unit=town.units["roads"], title_zh="亮点", text="做法", first=now.date(), last=now.date(),
        state="approved", author=town["roads"], written_at=now, approved_at=now,
    )  # fmt: skip
    weekly = Mechanism.objects.create(
        campaign=year.campaign, name_zh="周调度", rhythm="weekly", day=5, looks=["late"], since=now.date()
    )
    run = Run.objects.create(
        mechanism=weekly, planned_on=now.date(), on=now.date(), next_on=now.date() + timedelta(days=7), as_of=now
    )
    decided = RunDecision.objects.create(run=run, text="修路", lead=unit, due=now.date() + timedelta(days=9))
    channel = Channel.objects.create(county=county, kind="dry", name="群", entered_at=now)
    book = OfficeBook.objects.create(
        county=county, name="a.xlsx", digest="2" * 64, begun_at=now, begun_by="创城办", saved_at=now, saved_by="创城办",
        content=Book("标准", "表", [Branch("Ⅰ-1", "甲", "表!A2", [], [Content("Ⅲ-1", "乙", "表!C2", methods=["document_review"])])]).plain(),
    )  # fmt: skip
    with act(actor(town["office"])) as noted:
        noted.note("units.edit", Thing("unit", str(unit.pk)), {"changes": {"name_zh": ["", "只此一家"]}})
    paper = BasisDocument.objects.create(county=county, title="方案")
    group = SpecialGroup.objects.create(campaign=year.campaign, name_zh="专项组")
    member = Membership.objects.create(campaign=year.campaign, seat="commander", title_zh="县长")
    past = closed_year(town)
    duty = FunctionDuty.objects.filter(campaign=year.campaign, valid_from__isnull=False).first()
    assert duty is not None
    editions = [year.standard_id, *(digest for digest, _ in year.pins)]
    a_round = town.little.rounds["census"].code
    found: dict[str, tuple[Any, ...]] = {
        "criterion": ("1.2",), "edition": (editions[0],), "edition_diff": (editions[0], editions[0]), "unit": (unit.code,), "own_targets": (unit.code,),
        "site": (site.code,), "observation": (row.uid,), "photo": (photo.uid, "shown"), "job": (job.pk,),
        "leader_instruct": (item.number,), "leader_take_back": (item.number,), "round_show": (a_round,), "round_extend": (a_round,), "round_close": (a_round,),
        "visit_show": (visit.uid,), "visit_correct": (visit.uid,), "review_new": ("document",),
        "review_show": (review.uid,), "review_correct": (review.uid,), "unit_edit": (unit.pk,), "unit_end": (unit.pk,),
        "unit_merge": (unit.pk,), "unit_reopen": (unit.pk,), "person": (post.person_id,), "post_edit": (post.pk,),
        "post_end": (post.pk,), "post_decide": (asked.pk,), "site_edit": (site.pk,), "site_end": (site.pk,), "setup_year": (year.year,),
        "setup_year_remove": (year.year,), "setup_standard_pin": (editions[0],), "setup_function_unmap": (duty.pk,),
        "setup_node": (node.pk,), "setup_node_remove": (node.pk,), "work_class": ("GEN",), "work_class_item": ("GEN",),
        "work_unit_sheet": (unit.code,), "slip": (slip_of(item, town).pk,),
        "headquarters_group": (group.pk,), "headquarters_group_remove": (group.pk,),
        "headquarters_member": (member.pk,), "headquarters_member_remove": (member.pk,), "sponsor": (f"p{post.pk}",), "handover_new": (town["roads"].pk,), "handover": (handed.pk,), "absence_end": (stand_in.pk,), "unit_group": (own_group.code,),
        "phase_edit": (phase.pk,), "phase_remove": (phase.pk,), "phase_move": (phase.pk,), "plan_node": (node.pk,),
        "node_reach": (node.pk,), "node_move": (node.pk,), "node_tie": (node.pk,), "node_untie": (node.pk,),
        "year_report": (past.pk,), "year_compare": (past.pk, 1, 2), "year_reopen": (past.pk,), "year_close": (year.pk,),
        "year_start": (year.pk,), "programme": (programme.pk,), "programme_edit": (programme.pk,), "programme_remove": (programme.pk,),
        "special_action": (special.pk,), "special_edit": (special.pk,), "special_remove": (special.pk,),
        "hard_problem": (hard.pk,), "hard_edit": (hard.pk,), "hard_attach": (hard.pk,), "hard_step_keep": (hard.pk,),
        "highlight": (praised.pk,), "highlight_edit": (praised.pk,), "highlight_decide": (praised.pk, "withdraw"),
        "hard_decide": (hard.pk, "review"), "hard_step": (step.pk,), "mechanism_edit": (weekly.pk,),
        "mechanism_prepare": (weekly.pk,), "mechanism_run": (run.pk,), "mechanism_decision": (decided.pk,),
        "run_edit": (run.pk,), "run_close": (run.pk,),
        "special_attach": (special.pk,), "special_detach": (special.pk,),
        "handover_sign": (handed.pk,), "setup_channel": (channel.pk,), "setup_channel_try": (channel.pk,),
        "basis_document": (paper.pk,), "office_book": (book.pk,), "versions": ("unit", str(unit.pk)), "office_book_part": (book.pk, 1),
        "office_book_look": (book.pk,), "office_book_drop": (book.pk,),
    }  # fmt: skip
    for name in MATRIX:
        if name.startswith("import_") and MATRIX[name].args:
            found[name] = (file.pk,)
        elif name.startswith("work_file") and MATRIX[name].args:
            found[name] = (table.pk,)
        elif name.startswith("work_") and MATRIX[name].args == ("2026-00001",):
            found[name] = (item.number,)
    found["work_contribute"] = (_supported(town),)
    return found


def closed_year(town: Town) -> CampaignYear:
    """The year before, closed, with two records."""
    now, year = timezone.now(), town.year
    past = CampaignYear.objects.create(
        campaign=year.campaign, year=year.year - 1, standard=year.standard, closed_at=now
    )
    past.companions.set(year.companions.all())
    standing = fresh_standing(past, now.date())
    content = canonical(
        content_of(past, standing, at=now, serial=1, signed="", by=town["office"], carried=(), into=None)
    )
    YearRecord.objects.bulk_create(
        YearRecord(
            campaign_year=past, serial=serial, closed_at=now, closed_by="创城办", content=content, digest=digest_of(content)
        )
        for serial in (1, 2)
    )  # fmt: skip
    return past


def slip_of(item: WorkItem, town: Town) -> Slip:
    """A supervision slip about an item, to the unit that leads it."""
    now = timezone.now()
    slip = Slip.objects.create(
        county=town.county, rung="supervise", year=now.year, serial=1, unit=town.units["roads"], issued_at=now,
        until=now.date(),
    )  # fmt: skip
    Escalation.objects.create(
        work_item=item,
        rung="supervise",
        due="supervise",
        confirmed=True,
        deadline=item.deadline,
        days=7,
        slip=slip,
        at=now,
    )
    return slip


def _supported(town: Town) -> str:
    """The number of an item in which one's own unit helps another."""
    item = issued(town, cluster="r3", item="free.item", unit="west", by=town["inspector"])
    item.supports.add(town.units["roads"])
    return item.number


def who(town: Town, far: Town, role: Role, relation: str) -> Post:
    """Someone in a role, as near to the things as asked."""
    place = far if relation == FOREIGN else town
    known = PEOPLE.get((role, OWN if relation == FOREIGN else relation))
    if known:
        return place[known]
    unit = "west" if relation == OTHER and role != Role.SUPPORT else "tourism" if relation == OTHER else "roads"
    return make_post(make_person(f"{role}-elsewhere"), place.units[unit], role)


def may(name: str, row: Row, role: Role, relation: str) -> bool:
    """Whether the matrix lets a role reach a thing so near."""
    if row.who != OPEN and role not in row.who:
        return False
    if relation == FOREIGN and name not in OF_ALL:
        return False
    if row.concerned is not None and role not in row.concerned:
        return False
    if row.owner and role == Role.LEADER and relation != OWN:
        return False
    if row.finder and role == Role.INSPECTOR and relation != OWN:
        return False
    return not (row.bound and relation == OTHER and role in {Role.HEAD, Role.LIAISON, Role.SUPPORT})


def test_every_address_that_names_a_thing_is_asked_for_one(town: Town) -> None:
    named = {route.name for route in routes(get_resolver().url_patterns) if "<" in str(route.pattern)}
    # Where a link is the right, nobody's post matters: tests/faces/public walks those.
    named -= {name for name, row in MATRIX.items() if row.who == BY_LINK}
    assert set(things(town)) == named, "bring the things into step with the addresses"


@pytest.mark.parametrize("relation", (OWN, OTHER, FOREIGN))
def test_a_role_reaches_what_is_near_enough(town: Town, relation: str) -> None:
    far = make("far", rounds=False)
    given = things(town)
    wrong = {}
    for role in Role:
        # Each finds the things as they were.
        with undone():
            wrong[role] = walked(town, far, given, role, relation)
    assert not any(wrong.values()), {role: names for role, names in wrong.items() if names}


def walked(
    town: Town, far: Town, given: dict[str, tuple[Any, ...]], role: Role, relation: str
) -> list[tuple[str, int]]:
    """Ask for every thing; return the addresses that answered otherwise than the matrix says."""
    post = who(town, far, role, relation)
    client = Client()
    client.force_login(post.person)
    # What sends things away comes last, so that each address finds its thing.
    last = (
        "setup_year_remove",
        "phase_remove",
        "special_remove",
        "programme_remove",
        "setup_node_remove",
        "setup_function_unmap",
        "post_end",
        "site_end",
        "import_discard",
        "office_book_drop",
    )
    wrong = []
    for name in sorted(given, key=lambda name: (name in last, name)):
        row = MATRIX[name]
        if name in CHOICES and relation == FOREIGN:
            continue
        ask = client.post if row.method == "post" else client.get
        answer = ask(reverse(name, args=given[name]), {**row.data, **FILLED.get(name, {})})
        status = answer.status_code
        if answer.streaming:
            # A file that is sent is closed when it has been read to its end.
            b"".join(answer)
        reached = status not in REFUSED
        # A file that holds no refusals answers that there is none.
        if reached != may(name, row, role, relation) and not (name.startswith("import_") and status == 404):
            wrong.append((name, status))
    return wrong
