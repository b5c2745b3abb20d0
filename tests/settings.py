"""The product's settings for tests: data in a place of their own, and passwords that are quick to check."""

import atexit
import os
import shutil
import tempfile

# Before the settings are read, so that no test touches the data of the person who runs it.
os.environ["QIPAN_DATA"] = tempfile.mkdtemp(prefix="qipan-tests-")
for name in ("QIPAN_HOST", "QIPAN_TLS", "QIPAN_DEBUG"):
    os.environ.pop(name, None)
atexit.register(shutil.rmtree, os.environ["QIPAN_DATA"], ignore_errors=True)

from qipan.project.settings import *  # noqa: E402, F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
