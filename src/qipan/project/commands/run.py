"""`qipan run`: bring the database up to date, load the example into an empty one, and serve it with a worker."""

from __future__ import annotations

import argparse
import io
import ipaddress
import multiprocessing
import os
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from typing import TYPE_CHECKING

import django

from qipan.assessment.text import Text
from qipan.project.commands import language_of_parser
from qipan.project.lifeline import SUPERVISOR
from qipan.project.terminal import DONE, FAILED, complain, say

if TYPE_CHECKING:
    from qipan.ground.units.queries import ExampleAccount
    from qipan.project.commands import Subparsers

HOST, PORT = "127.0.0.1", 8000
#: How long a worker may take over the job at hand; then the job goes back to the queue.
JOB_GRACE_SECONDS = 10.0
READY_WITHIN_SECONDS = 60.0


def add(subparsers: Subparsers) -> None:
    """Describe the command."""
    language = language_of_parser(subparsers)

    def words(zh: str, en: str) -> str:
        return Text(zh, en).into(language)

    parser = subparsers.add_parser(
        "run",
        help=words(
            "在本机启动服务及后台任务；空数据库将装入示例",
            "serve on this machine, with a worker; an empty database gets the example campaign",
        ),
    )
    parser.add_argument(
        "--empty",
        action="store_true",
        help=words("不装入示例，从设置页开始建自己的活动", "no example: begin your own campaign on the set-up page"),
    )
    parser.add_argument(
        "--host", default=HOST, help=words("监听地址，默认 127.0.0.1", "address to listen at: 127.0.0.1")
    )
    parser.add_argument(
        "--port",
        type=int,
        default=PORT,
        help=words("监听端口，默认 8000，0 为任一空闲端口", "port to listen at: 8000; 0 takes a free one"),
    )
    parser.add_argument(
        "--processes",
        type=int,
        default=0,
        help=words("网页进程数，默认按处理器核数取 2 至 4", "web processes: by default one a core, 2 to 4"),
    )
    parser.add_argument(
        "--no-worker",
        action="store_true",
        help=words("后台任务另行运行（qipan worker）", "background jobs are run elsewhere (qipan worker)"),
    )
    parser.set_defaults(run=run)


def free_port(host: str, port: int) -> int:
    """Return the port if nobody listens there, or a free one for 0; OSError otherwise.

    The server itself would not notice: it shares its port with whoever has it (SO_REUSEPORT).
    """
    family, kind, protocol, _, address = socket.getaddrinfo(
        host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
    )[0]
    with socket.socket(family, kind, protocol) as probe:
        # Without this, a port that was served a moment ago counts as taken; a port that is listened at still does.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind(address)
        probe.listen(1)
        return int(probe.getsockname()[1])


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach the address."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def address_of(host: str, port: int) -> str:
    """Return the address to open in a browser on this machine."""
    name = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)  # noqa: S104
    return f"http://{name}:{port}/"


class WorkerKeeper:
    """Keeps one worker process running: begins it anew when it dies, ever later when it dies at once."""

    def __init__(self, language: str) -> None:
        self._language = language
        self._stopping = threading.Event()
        self._process: subprocess.Popen[bytes] | None = None
        self._thread = threading.Thread(target=self._keep, name="worker-keeper", daemon=True)

    def start(self) -> None:
        """Start the worker and the thread that looks after it."""
        self._thread.start()

    def _keep(self) -> None:
        wait = 1.0
        while not self._stopping.is_set():
            began = time.monotonic()
            # A session of its own: Ctrl-C reaches the supervisor only, which lets the worker finish its job.
            self._process = subprocess.Popen(
                [sys.executable, "-m", "qipan.project.commands.worker"], start_new_session=True
            )
            code = self._process.wait()
            if self._stopping.is_set():
                return
            wait = 1.0 if time.monotonic() - began > 60 else min(wait * 2, 60.0)
            words = Text(
                f"后台任务进程退出（代码 {code}），{wait:.0f} 秒后重新启动。",
                f"The worker ended with code {code}; a new one starts in {wait:.0f} s.",
            )
            complain(words, self._language)
            self._stopping.wait(wait)

    def stop(self) -> None:
        """End the worker: ask, ask again, then kill it."""
        self._stopping.set()
        for send, seconds in (("terminate", JOB_GRACE_SECONDS), ("terminate", 5.0), ("kill", 5.0)):
            process = self._process
            if process is None or process.poll() is not None:
                break
            getattr(process, send)()
            try:
                process.wait(seconds)
            except subprocess.TimeoutExpired:
                continue
        if self._thread.is_alive():
            self._thread.join(timeout=5)


def prepare(language: str, *, empty: bool) -> str:
    """Bring the database up to date, and load the example into an empty one.

    Returns:
        the one-time code of the set-up page, where the installation is still to be set up; else empty.
    """
    from django.conf import settings
    from django.core.management import call_command
    from django.db import connections

    from qipan.faces.office.setup import code
    from qipan.ground.units.models import County

    say(Text(f"数据目录：{settings.DATA}", f"Data: {settings.DATA}"), language)
    settings.DATA.mkdir(parents=True, exist_ok=True, mode=0o700)
    call_command("migrate", interactive=False, verbosity=0)
    made = ""
    if County.objects.exists():
        code.forget(settings.DATA)
    elif empty:
        made = code.make(settings.DATA)
    else:
        from qipan.project.example.loading import load

        say(Text("数据库为空，正在装入示例……", "The database is empty: loading the example campaign …"), language)
        began = time.monotonic()
        load()
        took = f"{time.monotonic() - began:.0f}"
        say(Text(f"示例已装入，用时 {took} 秒。", f"Loaded in {took} s."), language)
    # The processes that serve open connections of their own.
    connections.close_all()
    return made


def announce(address: str, accounts: list[ExampleAccount], language: str, setup_code: str = "") -> None:
    """Say where the pages are, as soon as they answer; with a code, where the set-up begins and what opens it."""
    # Not through a proxy that the environment may name.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    last = time.monotonic() + READY_WITHIN_SECONDS
    while time.monotonic() < last:
        try:
            opener.open(f"{address}accounts/sign-in/", timeout=10).close()
            break
        except urllib.error.HTTPError as answer:
            answer.close()
            break
        except OSError:
            time.sleep(0.1)
    else:
        complain(Text(f"{address} 尚无应答。", f"Qipan does not answer at {address} yet."), language)
        return
    say(Text(f"\n棋盘已就绪：{address}", f"\nQipan is ready: {address}"), language)
    if setup_code:
        words = Text(
            f"尚未建立任何活动。请打开 {address}setup/first/ 开始设置。\n"
            f"从其他电脑打开时须输入一次性代码：{setup_code}（建立首个账号后失效）",
            f"Nothing is set up yet. Begin at {address}setup/first/\n"
            f"From another machine that page asks for this one-time code: {setup_code} (void once an account exists)",
        )
        say(words, language)
    if accounts:
        intro = Text(
            "示例账号（仅限本机，在登录页一键进入）：",
            "Example accounts (from this machine only, one click each on the sign-in page):",
        )
        say(intro, language)
    for account in accounts:
        say(Text(f"  {account.username}  {account.post.zh}", f"  {account.username}  {account.post.en}"), language)
    say(Text("按 Ctrl-C 停止。\n", "Stop with Ctrl-C.\n"), language)


def _offered() -> list[ExampleAccount]:
    """The example's accounts, if they can be entered."""
    from django.conf import settings
    from django.db import connections
    from django.utils import timezone

    from qipan.ground.units.queries import example_accounts, example_is_active

    try:
        if settings.SERVED_HOSTS or settings.BEHIND_TLS or not example_is_active():
            return []
        return example_accounts(timezone.localdate())
    finally:
        connections.close_all()


def serve(host: str, port: int, language: str, *, processes: int, with_worker: bool, setup_code: str = "") -> int:
    """Serve until told to stop; the exit code."""
    from granian import Granian
    from granian.constants import Interfaces
    from granian.log import LogLevels

    os.environ[SUPERVISOR] = str(os.getpid())
    # Not forked, since this process has threads.
    multiprocessing.set_start_method("spawn", force=True)
    server = Granian(
        "qipan.project.wsgi:application",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=processes or min(max(os.cpu_count() or 2, 2), 4),
        # A body is read before its thread is taken, so a slow telephone holds none; more of them only share one lock.
        blocking_threads=2,
        log_level=LogLevels.warning,
        respawn_failed_workers=True,
        workers_kill_timeout=10,
        websockets=False,
    )
    keeper = WorkerKeeper(language) if with_worker else None
    accounts = _offered()

    def started() -> None:
        # Called once the signals are in the server's hands, so that from here on a stop is a clean one.
        if keeper:
            keeper.start()
        told = (address_of(host, port), accounts, language, setup_code)
        threading.Thread(target=announce, args=told, name="announce", daemon=True).start()

    server.on_startup(started)
    try:
        server.serve()
    finally:
        if keeper:
            keeper.stop()
    say(Text("已停止。", "Stopped."), language)
    return DONE


def run(arguments: argparse.Namespace) -> int:
    """Do it all."""
    language: str = arguments.language
    if isinstance(sys.stdout, io.TextIOWrapper):
        # Whoever waits for a line of ours through a pipe gets it when it is said.
        sys.stdout.reconfigure(line_buffering=True)
    try:
        port = free_port(arguments.host, arguments.port)
    except OSError as error:
        why, where = error.strerror or str(error), f"{arguments.host}:{arguments.port}"
        words = Text(
            f"qipan run：无法在 {where} 监听（{why}）。请先停止占用该端口的程序，或用 --port 另选端口。",
            f"qipan run: cannot listen at {where} ({why}).\nStop what is running there, or choose another with --port.",
        )
        complain(words, language)
        return FAILED
    # What is kept holds names and telephone numbers: its files are for the one who runs the server only.
    os.umask(0o077)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "qipan.project.settings")
    django.setup()
    from django.conf import settings

    if not is_loopback(arguments.host) and not settings.SERVED_HOSTS:
        words = Text(
            "qipan run：其他电脑可以连接此地址，但未设置 QIPAN_HOST，只应答本机访问。例：QIPAN_HOST=board.example.gov.cn",
            "qipan run: other machines can reach this address, but pages are answered only under the names in "
            "QIPAN_HOST, which is not set. Example: QIPAN_HOST=board.example.gov.cn",
        )
        complain(words, language)
    setup_code = prepare(language, empty=arguments.empty)
    with_worker = not arguments.no_worker
    return serve(
        arguments.host, port, language, processes=arguments.processes, with_worker=with_worker, setup_code=setup_code
    )
