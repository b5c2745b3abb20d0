"""What every test shares: how many examples hypothesis tries."""

import os
from collections.abc import Generator

import pytest
from hypothesis import HealthCheck, settings

# `make prove` asks for the long search; a test run for a short one that finds the same on every machine.
settings.register_profile("test", max_examples=50, deadline=None, derandomize=True)
settings.register_profile("prove", max_examples=2_000, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "test"))


@pytest.hookimpl(wrapper=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> Generator[None]:
    """Keep the tests of a file in one process, where its server, browser and county are made once.

    So are those of several files that share the campaign set up by hand. Around the others, since xdist is one of them
    and reads the groups.
    """
    for item in items:
        shares = "own" in getattr(item, "fixturenames", ())
        item.add_marker(pytest.mark.xdist_group("own campaign" if shares else str(item.path)))
    return (yield)
