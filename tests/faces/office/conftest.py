"""What the tests of the pages share: the small county, and who looks at it."""

from __future__ import annotations

import pytest
from django.test import Client

from qipan.spine.scorecards.queries import forget
from tests.faces.office import county


@pytest.fixture
def made(db: None) -> county.Made:
    """The county with the packs on file."""
    forget()
    return county.make()


@pytest.fixture
def office(made: county.Made, client: Client) -> Client:
    """A browser of the campaign office, in English."""
    client.force_login(made.office)
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    return client


@pytest.fixture
def head(made: county.Made) -> Client:
    """A browser of the head of a department, in English."""
    other = Client(HTTP_ACCEPT_LANGUAGE="en")
    other.force_login(made.head)
    return other
