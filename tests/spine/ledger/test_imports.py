"""A file of observations from handing in to record: previewed, confirmed, recorded whole or not at all."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext

from qipan.ground.documents.problems import FileError
from qipan.ground.jobs.actions import run
from qipan.ground.jobs.models import Job
from qipan.spine.ledger import actions, import_actions, running
from qipan.spine.ledger.import_queries import import_of, imports_of
from qipan.spine.ledger.imports import Import
from qipan.spine.ledger.models import Observation, RoundFigure
from qipan.spine.ledger.recompute import differences
from qipan.spine.scorecards.queries import standing
from tests.little_ledger import YEAR, Little, little_county, look

pytestmark = pytest.mark.django_db
DAY = f"{YEAR}-01-03"
HEAD = "item,stratum,cluster,outcome,observed_at,round,selection\n"
GOOD = HEAD + f"hotel.ho1,hotel,h1,pass,{DAY},census,census\nhotel.ho2,hotel,h1,fail,{DAY},census,census\n"
BAD = GOOD + f"hotel.ho9,hotel,h1,pass,{DAY},,\n"


@pytest.fixture
def little(settings: Any, tmp_path: Any) -> Little:
    settings.DATA = tmp_path
    return little_county()


def hand_in(little: Little, text: str, name: str = "file.csv") -> Import:
    added = import_actions.hand_in(name, [text.encode()], YEAR, by=little.office)
    work()
    added.refresh_from_db()
    return added


def work() -> None:
    """Do what waits, as the worker does."""
    for pk in Job.objects.filter(state=Job.State.WAITING).order_by("pk").values_list("pk", flat=True):
        run(pk)


def test_a_file_is_previewed_then_recorded_and_the_preview_came_true(little):
    added = hand_in(little, GOOD)
    assert added.state == Import.State.READY
    assert not Observation.objects.exists(), "nothing is recorded before someone confirms"
    summary = added.summary
    assert (summary["rows"], summary["new"], summary["known"], summary["refused"]) == (2, 2, 0, 0)
    assert summary["by_round"] == [["census", 2]]
    assert summary["by_type"] == [["hotel", 2]]
    assert summary["by_method"] == [["site_inspection", 2]]
    assert [row["line"] for row in summary["first"]] == [2, 3]
    (move,) = summary["moves"]
    assert import_actions.confirm(added.pk, by=little.office)
    work()
    added.refresh_from_db()
    assert added.state == Import.State.RECORDED
    assert Observation.objects.count() == 2
    row = Observation.objects.first()
    assert row is not None
    assert (row.by_post, row.by_unit) == (little.office.title_zh, "office")
    total = standing(little.year).card.total
    assert move["after"] == [total.earned, total.lost, total.unassessed]
    assert not list(differences(little.year))


def test_a_file_with_a_mistake_is_refused_whole(little):
    added = hand_in(little, BAD)
    assert added.state == Import.State.REFUSED
    refusal = added.summary["refusals"][0]
    assert (refusal["line"], refusal["column"]) == (4, "item")
    assert import_actions.confirm(added.pk, by=little.office) is None
    assert not Observation.objects.exists()


def test_a_mended_register_and_another_check(little):
    added = hand_in(little, GOOD.replace(",h1,", ",h9,"))
    assert added.state == Import.State.REFUSED
    little.county.sites.create(code="h9", name_zh="新宾馆", type="hotel")
    assert import_actions.check_again(added.pk, by=little.office)
    work()
    added.refresh_from_db()
    assert added.state == Import.State.READY


def test_handing_a_recorded_file_in_again_changes_nothing(little):
    first = hand_in(little, GOOD)
    import_actions.confirm(first.pk, by=little.office)
    work()
    again = hand_in(little, GOOD)
    assert (again.state, again.summary["new"], again.summary["known"]) == (Import.State.READY, 0, 2)
    import_actions.confirm(again.pk, by=little.office)
    work()
    assert Observation.objects.count() == 2


def test_two_files_with_the_same_rows_confirmed_one_after_the_other(little):
    one, two = hand_in(little, GOOD), hand_in(little, GOOD)
    assert two.summary["new"] == 2
    for each in (one, two):
        import_actions.confirm(each.pk, by=little.office)
    work()
    two.refresh_from_db()
    assert (two.state, two.summary["new"], two.summary["known"]) == (Import.State.RECORDED, 0, 2)
    assert Observation.objects.count() == 2


def interrupted(little: Little, monkeypatch: pytest.MonkeyPatch, times: int) -> Import:
    """Confirm a file, with records of others coming in each time that it has just been checked."""
    added = hand_in(little, GOOD)
    import_actions.confirm(added.pk, by=little.office)
    prepare, left = actions.prepare, [times]

    def meanwhile(*args: Any, **more: Any) -> actions.Prepared:
        prepared = prepare(*args, **more)
        if left[0]:
            left[0] -= 1
            actions.record(little.county.pk, YEAR, [look("road.r2", "r1", "pass")], by=little.office)
        return prepared

    monkeypatch.setattr(actions, "prepare", meanwhile)
    work()
    monkeypatch.undo()
    added.refresh_from_db()
    return added


def test_a_file_is_checked_anew_when_records_come_in_meanwhile(little, monkeypatch):
    added = interrupted(little, monkeypatch, 1)
    assert added.state == Import.State.RECORDED
    assert Observation.objects.count() == 3
    assert not list(differences(little.year))


def test_where_records_keep_coming_in_the_file_waits_with_nothing_recorded(little, monkeypatch):
    added = interrupted(little, monkeypatch, 99)
    row = import_of(little.office, added.pk)
    assert row is not None
    assert row.job is not None
    assert row.has_failed
    assert "Check it again" in row.job.error.en
    assert set(Observation.objects.values_list("item", flat=True)) == {"road.r2"}
    assert import_actions.check_again(added.pk, by=little.office)
    work()
    import_actions.confirm(added.pk, by=little.office)
    work()
    assert Observation.objects.filter(cluster="h1").count() == 2
    assert not list(differences(little.year))


def test_a_failure_while_writing_leaves_nothing(little, monkeypatch):
    added = hand_in(little, GOOD)
    import_actions.confirm(added.pk, by=little.office)

    def broken(*_: Any, **__: Any) -> None:
        raise OSError("the disk is full")

    monkeypatch.setattr(running, "refresh", broken)
    work()
    monkeypatch.undo()
    assert not Observation.objects.exists()
    row = import_of(little.office, added.pk)
    assert row is not None
    assert row.has_failed
    assert not list(differences(little.year))


def test_a_job_that_is_begun_anew_after_it_has_recorded_does_nothing(little):
    added = hand_in(little, GOOD)
    import_actions.confirm(added.pk, by=little.office)
    work()
    job = Job.objects.order_by("-pk").first()
    assert job is not None
    Job.objects.filter(pk=job.pk).update(state=Job.State.WAITING)
    run(job.pk)
    assert Observation.objects.count() == 2


def test_late_rows_of_a_closed_round_are_said_beforehand_and_amended(little):
    first = hand_in(little, GOOD)
    import_actions.confirm(first.pk, by=little.office)
    work()
    actions.close_round(little.rounds["census"].pk, look("hotel.ho1", "h1", "pass").observed_at)
    late = hand_in(little, HEAD + f"hotel.ho3,hotel,h1,pass,{DAY},census,census\n")
    assert late.summary["late_rounds"] == ["census"]
    import_actions.confirm(late.pk, by=little.office)
    work()
    assert RoundFigure.objects.filter(amended_at__isnull=False).exists()


def test_a_file_put_aside_is_not_recorded(little):
    added = hand_in(little, GOOD)
    assert import_actions.discard(added.pk, by=little.office)
    assert import_actions.confirm(added.pk, by=little.office) is None
    assert import_actions.check_again(added.pk, by=little.office) is None
    assert not Observation.objects.exists()


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "empty"),
        (b"\xd0\xcf\x11\xe0 old", "old kind"),
    ],
)
def test_what_is_no_file_of_observations_is_not_even_kept(little, content, says):
    with pytest.raises(FileError) as caught:
        import_actions.hand_in("f.xls", [content], YEAR, by=little.office)
    assert says in caught.value.problems[0].message.en
    assert not Import.objects.exists()
    assert not [path for path in (little_files(little)) if path.is_file()]


def little_files(little: Little) -> list[Any]:
    from django.conf import settings

    return list((settings.DATA / "imports").rglob("*"))


def test_a_file_too_large_is_not_kept(little, monkeypatch):
    monkeypatch.setattr(import_actions, "LARGEST", 10)
    with pytest.raises(FileError):
        import_actions.hand_in("f.csv", [b"12345678", b"12345678"], YEAR, by=little.office)
    assert not [path for path in little_files(little) if path.is_file()]


def test_a_file_that_is_no_table_says_so(little):
    added = hand_in(little, "item,cluster\nhotel.ho1,h1\n")
    assert added.state == Import.State.REFUSED
    assert "outcome" in added.summary["unreadable"][0]["message"][1]


def test_only_the_office_and_only_in_its_own_county(little):
    other = little_county(code="other")
    with pytest.raises(PermissionDenied):
        import_actions.hand_in("f.csv", [GOOD.encode()], YEAR, by=little.inspector)
    added = hand_in(little, GOOD)
    assert import_actions.confirm(added.pk, by=other.office) is None
    assert import_of(other.office, added.pk) is None
    assert imports_of(other.office, YEAR) == []
    assert [row.id for row in imports_of(little.office, YEAR)] == [added.pk]


def rows_of(count: int) -> str:
    lines = [
        f"hotel.ho{1 + n % 3},hotel,h{1 + n // 3 % 40},{'pass' if n % 5 else 'fail'},{YEAR}-01-02T{n // 3600 % 10:02}:{n // 60 % 60:02}:{n % 60:02},,chosen"
        for n in range(count)
    ]
    return HEAD + "\n".join(lines) + "\n"


def test_recording_ten_times_as_many_rows_takes_as_many_statements_and_a_few_for_the_rows(settings, tmp_path):
    settings.DATA = tmp_path
    found = []
    for count in (90, 900):
        little = little_county(40, code=f"c{count}")
        added = hand_in(little, rows_of(count))
        assert added.state == Import.State.READY, added.summary
        import_actions.confirm(added.pk, by=little.office)
        with CaptureQueriesContext(connection) as statements:
            work()
        added.refresh_from_db()
        assert added.state == Import.State.RECORDED
        found.append(len([s for s in statements if "INSERT" not in s["sql"]]))
    assert found[0] == found[1]
