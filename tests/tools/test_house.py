import pytest

from house import House, read_house
from relations import upward


def test_the_floors_are_read_from_the_contracts_lowest_first():
    house = read_house()
    assert house.floors[0] == "assessment"
    assert house.floors[-1] == "project"
    assert house.rooms["spine"][:4] == ("standards", "campaigns", "ledger", "scorecards")


@pytest.mark.parametrize(
    ("source", "target", "up"),
    [
        ("qipan.spine.ledger.models", "qipan.spine.campaigns.models", False),
        ("qipan.spine.campaigns.models", "qipan.spine.ledger.models", True),
        ("qipan.spine.ledger.models", "qipan.spine.ledger.models", False),
        ("qipan.ground.units.models", "qipan.spine.standards.models", True),
        ("qipan.spine.standards.models", "qipan.ground.units.models", False),
        ("qipan.ground.units.models", "django.contrib.auth.models", False),
    ],
)
def test_a_relation_points_down_or_stays(source, target, up):
    house = House(
        ("assessment", "ground", "spine"),
        {"ground": ("units", "sites"), "spine": ("standards", "campaigns", "ledger")},
    )
    assert upward(house, source, target) is up
