"""Standards as unlike as can be are shown by the same pages: nothing in the code knows one of them."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

import qipan
from qipan.ground.units.models import County, Person, Post, Role, Unit
from qipan.spine.campaigns.models import Campaign, CampaignYear
from qipan.spine.ledger.actions import Fact, record
from qipan.spine.scorecards.queries import standing
from qipan.spine.standards.actions import store_packs
from qipan.spine.standards.formats import load

pytestmark = pytest.mark.django_db
PACKS = Path(qipan.__file__).parent / "packs"
RATINGS = {"district-1": "12", "district-2": "23", "district-3": "34"}


def _facts(name: str, when: datetime) -> list[Fact]:
    def fact(item: str, outcome: str, stratum: str = "", cluster: str = "", subject: str = "") -> Fact:
        return Fact(item, outcome, when, stratum=stratum, cluster=cluster, subject=subject, selection="census")

    if name == "street-cleanliness-leams":
        return [fact("leams.grade", "B", stratum="street", cluster=f"s{n}") for n in range(24)]
    if name == "litter-index":
        item = next(iter(load(PACKS / f"{name}.yaml").standard.checks())).strata["district-1"][0].key
        return [
            fact(item, grade, stratum=district, cluster=f"{district}-{n}", subject="r1")
            for district, grades in RATINGS.items()
            for n, grade in enumerate(grades)
        ]
    return [fact("hygiene-2021.1.1-agenda", "pass")]


@pytest.mark.parametrize(
    ("name", "shown", "scale"),
    [
        ("street-cleanliness-leams", "67", ""),
        # Districts at 1.5, 2.5 and 3.5: index 2.5, half of the way from 4 to 1.
        ("litter-index", "50.00", "2.50"),
        ("cn-hygiene-county-2021", "5.0", ""),
    ],
)
def test_any_pack_has_its_board(client, name: str, shown: str, scale: str):
    edition = store_packs([load(PACKS / f"{name}.yaml")])[0]
    county = County.objects.create(code=name, name_zh="甲县", name_en="A county")
    unit = Unit.objects.create(county=county, code="office", name_zh="创城办", name_en="Office", type="department")
    person = Person.objects.create(username=name)
    Post.objects.create(unit=unit, person=person, role=Role.OFFICE, title_zh="干部", title_en="Officer")
    when = datetime.now(UTC) - timedelta(minutes=5)
    campaign = Campaign.objects.create(county=county, name_zh="活动", first_year=when.year, last_year=when.year)
    year = CampaignYear.objects.create(campaign=campaign, year=when.year, standard=edition)
    record(county.pk, when.year, _facts(name, when), by=None)

    client.force_login(person)
    page = client.get("/", headers={"accept-language": "en"}).content.decode()
    assert re.findall(r'class="big">([^<]*)', page) == [shown]
    assert (f"own scale: {scale}" in page) == bool(scale)
    now = standing(year)
    assert sum(part.possible for part in now.parts) == now.card.total.possible
    for address in ("/standard/", "/points/", "/assumptions/", "/sites/", "/units/", "/responsibilities/"):
        assert client.get(address).status_code == 200, address
