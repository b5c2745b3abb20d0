"""The rights matrix: every address, and who may go there.

A new address fails this test until it has a row here, whoever may see it. `args` name things of `tests.world`; the
county has no campaign, so pages show what they show before there is one.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import get_resolver, reverse
from django.urls.resolvers import URLPattern, URLResolver

from qipan.ground.units.models import Role
from tests.faces.office.matrix import board, home, lead, light, plan, public, record, registers, setup, work, year
from tests.faces.office.matrix.row import BY_LINK, OPEN
from tests.world import World, make_person, make_world

MATRIX = {
    **board.MATRIX, **home.MATRIX, **lead.MATRIX, **plan.MATRIX, **light.MATRIX, **public.MATRIX, **record.MATRIX, **registers.MATRIX,
    **setup.MATRIX, **work.MATRIX, **year.MATRIX,
}  # fmt: skip


ANYONE = (OPEN, BY_LINK)


def routes(patterns: list[Any]) -> list[URLPattern]:
    """Every address of the product, however deep."""
    found: list[URLPattern] = []
    for pattern in patterns:
        found += routes(pattern.url_patterns) if isinstance(pattern, URLResolver) else [pattern]
    return found


def ask(client: Client, name: str, world: World, role: Role | None = None) -> Any:
    """Ask for an address the way its row says."""
    row = MATRIX[name]
    own = str(world.posts[role].pk) if role else "0"
    data = {key: own if value == "OWN" else value for key, value in row.data.items()}
    return getattr(client, row.method)(reverse(name, args=row.args), data)


@contextmanager
def undone() -> Iterator[None]:
    """Take back at the end what was written."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def to_sign_in(response: Any) -> bool:
    return response.status_code == 302 and response.headers["Location"].startswith(reverse("sign_in") + "?next=")


def test_every_address_has_a_row_and_every_row_an_address() -> None:
    found = routes(get_resolver().url_patterns)
    named = [route.name for route in found if route.name]
    assert len(named) == len(found), "an address without a name"
    assert sorted(named) == sorted(MATRIX), "bring the matrix into step with urls.py"


@pytest.mark.django_db
@pytest.mark.parametrize("name", MATRIX)
def test_a_visitor_is_sent_to_the_door(name: str, client: Client) -> None:
    world = make_world(with_campaign=False)
    response = ask(client, name, world)
    if MATRIX[name].who in ANYONE:
        assert response.status_code == MATRIX[name].answers
        assert not to_sign_in(response)
    else:
        assert to_sign_in(response)


@pytest.mark.django_db
@pytest.mark.parametrize("name", MATRIX)
def test_a_role_comes_as_far_as_its_rights(name: str, client: Client) -> None:
    # Passwords can be changed by those who have one; the years belong to a campaign.
    world = make_world(example=False, with_campaign=name == "choose_year")
    wrong = []
    for role in Role:
        # Each finds the county as it was: what the one before did is taken back.
        with undone():
            client.force_login(world.people[role])
            response = ask(client, name, world, role)
        allowed = MATRIX[name].who in ANYONE or role in MATRIX[name].who
        if response.status_code != (MATRIX[name].answers if allowed else 403) or to_sign_in(response):
            wrong.append((role, response.status_code))
    assert not wrong


@pytest.mark.django_db
@pytest.mark.parametrize("name", MATRIX)
def test_a_person_without_a_post_comes_no_further_than_a_visitor(name: str, client: Client) -> None:
    client.force_login(make_person("retired"))
    response = ask(client, name, make_world(with_campaign=False))
    assert response.status_code == (403 if MATRIX[name].who not in ANYONE else MATRIX[name].answers)


@pytest.mark.django_db
@pytest.mark.parametrize("name", [name for name, row in MATRIX.items() if row.method == "post" and row.who != BY_LINK])
def test_what_changes_something_needs_the_form_s_token(name: str) -> None:
    world = make_world(example=False)
    client = Client(enforce_csrf_checks=True)
    client.force_login(world.people[Role.OFFICE])
    assert ask(client, name, world, Role.OFFICE).status_code == 403
    assert client.get(reverse(name, args=MATRIX[name].args)).status_code == 405


@pytest.mark.django_db
@pytest.mark.parametrize("name", [name for name, row in MATRIX.items() if row.who == BY_LINK])
def test_an_address_that_is_a_right_is_not_passed_on_or_found(name: str, client: Client) -> None:
    response = ask(client, name, make_world(example=False))
    assert response.headers["Referrer-Policy"] == "no-referrer"
    assert "noindex" in response.headers["X-Robots-Tag"] and "no-store" in response.headers["Cache-Control"]
    assert not response.cookies, "a link needs no session, and gets none"
