"""A process of `qipan run` does not outlive the one that started it, however that one ended."""

from __future__ import annotations

import os
import signal
import threading
import time

#: The environment name under which a started process finds the number of the one to follow.
SUPERVISOR = "QIPAN_SUPERVISOR"
GRACE_SECONDS = 15.0


def follow(supervisor: int, *, every: float = 1.0) -> None:
    """End this process, in good order if it can, when the supervisor is not its parent any more."""

    def watch() -> None:
        while os.getppid() == supervisor:
            time.sleep(every)
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(GRACE_SECONDS)
        os._exit(1)

    threading.Thread(target=watch, name="lifeline", daemon=True).start()


def follow_if_supervised() -> None:
    """Follow the supervisor named in the environment, if this process was started by one."""
    number = os.environ.get(SUPERVISOR, "")
    if number.isdecimal() and os.getppid() == int(number):
        follow(int(number))
