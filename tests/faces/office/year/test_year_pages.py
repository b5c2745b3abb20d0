"""The pages of the years: what stands open is shown before a year is closed, and a closed one refuses in one voice."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

from qipan.ground.documents.workbook import read_workbook
from qipan.spine.campaigns.models import Campaign, CampaignYear
from qipan.spine.ledger.actions import close_round
from qipan.spine.work.models import WorkItem
from tests.faces.office.pages import text
from tests.faces.office.working import browser, closed, form, issued
from tests.little_ledger import YEAR
from tests.spine.work import town as towns
from tests.spine.work.town import Town

pytestmark = pytest.mark.django_db


@pytest.fixture
def town() -> Town:
    made = towns.make()
    Campaign.objects.update(last_year=YEAR + 1)
    following = CampaignYear.objects.create(campaign=made.year.campaign, year=YEAR + 1, standard=made.year.standard)
    following.companions.set(made.year.companions.all())
    towns.seen(made, ("hotel.ho2", "h1", "fail"), ("road.r2", "r2", "fail"))
    return made


@pytest.fixture
def office(town: Town) -> Client:
    return browser(town, "office")


def version() -> str:
    return str(Campaign.objects.get().version)


def close(town: Town, office: Client) -> str:
    for each in town.little.rounds.values():
        close_round(each.pk, each.opened_at)
    address = reverse("year_close", args=[town.year.pk])
    answer = office.post(address, form(version=version(), note="年终"))
    assert answer.status_code == 302, text(answer)
    return reverse("year_report", args=[town.year.pk])


def test_a_year_is_closed_after_what_stands_open_is_seen(town: Town, office: Client) -> None:
    item = issued(town)
    address = reverse("year_close", args=[town.year.pk])
    shown = text(office.get(address))
    assert "<b>1</b><span>open items</span>" in shown and "<b>2</b><span>open rounds of inspection</span>" in shown
    assert "close them first" in shown
    assert "Close" in text(office.get(reverse("years")))
    refused = office.post(address, form(version=version()))
    assert refused.status_code == 422 and "nothing was changed" in text(refused)
    stale = form(version=str(int(version()) + 5))
    for each in town.little.rounds.values():
        close_round(each.pk, each.opened_at)
    assert f"1 open item goes on in {YEAR + 1}" in text(office.get(address))
    assert office.post(address, stale).status_code == 409
    sent = form(version=version(), note="年终")
    assert office.post(address, sent).headers["Location"] == reverse("year_report", args=[town.year.pk])
    assert office.post(address, sent).status_code == 302, "sent twice"
    assert CampaignYear.objects.get(pk=town.year.pk).records.count() == 1

    report = office.get(reverse("year_report", args=[town.year.pk]))
    page = text(report)
    assert "Frozen record No. 1" in page and "年终" in page and item.number in page
    # Whoever opens the list sees where it comes from; the closed year is still there, under its band.
    listed = text(office.get(reverse("work_list"), {"from_year": str(YEAR)}))
    assert item.number in listed and f"carried over from {YEAR}" in listed
    assert f"carried over from {YEAR}" in text(office.get(reverse("work_item", args=[item.number])))
    office.post(reverse("choose_year"), {"year": str(YEAR), "next": "/"})
    assert "its score is frozen" in text(office.get(reverse("board")))
    assert "closed" in text(browser(town, "roads").get(reverse("years")))


def test_a_closed_year_refuses_in_one_voice(town: Town, office: Client) -> None:
    item = closed(town)
    close(town, office)
    for name, sent in (
        ("work_reopen", {"reason": "又坏了"}), ("work_note", {"text": "记一笔"}),
    ):  # fmt: skip
        given = form(version=str(WorkItem.objects.get(pk=item.pk).version), **sent)
        answer = office.post(reverse(name, args=[item.number]), given)
        assert answer.status_code == 409, name
        assert f"The year {YEAR} is closed" in text(answer) and "nothing is recorded or changed" in text(answer)
    year = reverse("setup_year", args=[YEAR])
    assert office.post(year, {"cut": "80", "version": version()}).status_code == 409


def test_a_year_is_opened_again_with_a_reason_and_closed_once_more(town: Town, office: Client) -> None:
    report = close(town, office)
    address = reverse("year_reopen", args=[town.year.pk])
    refused = office.post(address, form(version=version(), reason=" "))
    assert refused.status_code == 422 and "say why" in text(refused)
    assert office.post(address, form(version=version(), reason="补录一次")).status_code == 302
    assert "补录一次" in text(office.get(reverse("years")))
    assert office.get(address).status_code == 302
    close(town, office)
    shown = text(office.get(report))
    assert "Frozen record No. 2" in shown and "Other records" in shown
    compared = reverse("year_compare", args=[town.year.pk, 1, 2])
    assert "same points everywhere" in text(office.get(compared))
    assert "opened again" in text(office.get(report, {"record": "1"}))


def test_the_next_year_is_begun_with_what_goes_along_in_sight(town: Town, office: Client) -> None:
    there = CampaignYear.objects.get(year=YEAR + 1)
    address = reverse("year_start", args=[there.pk])
    shown = text(office.get(address))
    assert f"Begin a new cycle in {YEAR + 2}" in shown and "duties of functions" in shown
    refused = office.post(
        address, form(version=version(), last_year=str(YEAR), honour="provincial", standard=there.standard_id)
    )
    assert refused.status_code == 422 and "not before the first" in text(refused)
    assert office.post(address, form(version="99", last_year=str(YEAR + 4))).status_code == 409
    sent = form(version=version(), last_year=str(YEAR + 4), honour="provincial", standard=there.standard_id)
    assert office.post(address, sent).headers["Location"] == reverse("years")
    assert office.post(address, sent).status_code == 302, "sent twice"
    begun = CampaignYear.objects.get(year=YEAR + 2)
    assert (begun.campaign.first_year, begun.campaign.last_year) == (YEAR + 2, YEAR + 4)
    # The years of the earlier campaign stay within reach.
    assert f'<option value="{YEAR}"' in text(office.get(reverse("years")))
    taken = text(office.get(reverse("year_start", args=[town.year.pk])))
    assert f"Take over from {YEAR} into {YEAR + 1}" in taken and "belongs to the same campaign" in taken


def test_the_report_is_a_workbook_of_the_record(town: Town, office: Client, tmp_path: Path) -> None:
    report = close(town, office)
    answer = office.get(report, {"record": "1", "export": "xlsx"})
    file = tmp_path / "report.xlsx"
    file.write_bytes(answer.content)
    sheets = {sheet.name: sheet.rows for sheet in read_workbook(file)}
    assert len(sheets) == 8
    cells = {row[0]: row[1] for row in sheets["Summary"]}
    assert sum(Decimal(str(row[2])) for row in sheets["Sections"][1:]) == Decimal(str(cells["Score"]))
    record = CampaignYear.objects.get(pk=town.year.pk).records.get()
    assert cells["Digest (SHA-256)"] == record.digest
