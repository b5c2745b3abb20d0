"""Every page carries the content policy, and holds nothing that the policy would not let run."""

import pytest
from django.test import Client
from django.urls import reverse

from qipan.ground.units.models import Role
from templates import Markup
from tests.faces.office.test_routes import MATRIX
from tests.world import make_world


@pytest.mark.django_db
def test_every_page_has_the_policy_and_nothing_inline(client: Client) -> None:
    world = make_world(example=False, with_campaign=False)
    client.force_login(world.people[Role.OFFICE])
    seen = 0
    for name, row in MATRIX.items():
        if row.method != "get":
            continue
        response = client.get(reverse(name, args=row.args))
        policy = response.headers["Content-Security-Policy"]
        assert "default-src 'self'" in policy and "unsafe-inline" not in policy, name
        assert response.headers["X-Content-Type-Options"] == "nosniff", name
        assert response.headers["X-Frame-Options"] == "DENY", name
        if response.headers["Content-Type"].startswith("text/html") and not response.streaming:
            markup = Markup()
            markup.feed(response.text)
            assert markup.faults == [], name
            seen += 1
    assert seen > 20
