"""What every test shares: how many examples hypothesis tries."""

import os

from hypothesis import HealthCheck, settings

# `make prove` asks for the long search; a test run for a short one that finds the same on every machine.
settings.register_profile("test", max_examples=50, deadline=None, derandomize=True)
settings.register_profile("prove", max_examples=2_000, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "test"))
