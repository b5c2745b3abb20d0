"""The page of a job: its progress, its end, and who may see it."""

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from qipan.faces.office import jobs
from qipan.ground.jobs.models import Job
from qipan.ground.units.models import Role
from tests.world import World, make_world

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(client: Client) -> World:
    world = make_world(with_campaign=False)
    client.force_login(world.people[Role.HEAD])
    return world


def make_job(world: World, **fields: Any) -> Job:
    given = {
        "kind": "count",
        "county": world.county,
        "title_zh": "导入观测",
        "title_en": "Import",
        "created_at": timezone.now(),
    }
    return Job.objects.create(**given | fields)


def page(client: Client, job: Job, **headers: str) -> Any:
    return client.get(f"/jobs/{job.pk}/", headers={"Accept-Language": "en"} | headers)


def test_a_running_job_shows_how_far_it_is_and_asks_again(client: Client, world: World) -> None:
    job = make_job(world, state="running", done=3, total=8, note_en="Checking")
    text = page(client, job).text
    assert "3 of 8" in text and "Checking" in text and f'hx-get="/jobs/{job.pk}/"' in text and "<html" in text


def test_htmx_gets_the_part_that_changes(client: Client, world: World) -> None:
    response = page(client, make_job(world, state="running"), **{"HX-Request": "true"})
    assert "<html" not in response.text and 'role="status"' in response.text
    assert "HX-Request" in response.headers["Vary"]


def test_a_done_job_leads_to_its_result_and_asks_no_more(
    client: Client, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(jobs.RESULT_PAGES, "count", lambda result: f"/accounts/?n={result['n']}")
    text = page(client, make_job(world, state="done", result={"n": 5})).text
    assert 'href="/accounts/?n=5"' in text and "hx-get" not in text


def test_a_failed_job_says_why(client: Client, world: World) -> None:
    result = {"problems": [{"path": ["rows", 3], "zh": "缺少结果", "en": "Row 3 has no outcome"}]}
    job = make_job(world, state="failed", error_en="The input has 1 mistake.", trace="secret", result=result)
    text = page(client, job).text
    assert "The input has 1 mistake." in text and "Row 3 has no outcome" in text
    assert "secret" not in text and "hx-get" not in text


def test_the_job_of_another_county_is_not_found(client: Client, world: World) -> None:
    other = make_world("linshui", example=False, prefix="real-")
    assert page(client, make_job(other)).status_code == 404
    assert page(client, make_job(other, county=None)).status_code == 404
