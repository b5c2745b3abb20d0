"""Messages to mailboxes and robots: once, at their pace, tried again, and never an address shown."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied

from qipan.ground.audit.models import AuditEntry
from qipan.ground.notify.channels import composing
from qipan.ground.notify.channels.actions import ChannelError, Given, add_channel, change_channel, try_channel
from qipan.ground.notify.channels.delivering import A_MINUTE, AGAIN, CLAIMED, deliver, prepare
from qipan.ground.notify.channels.models import Channel, Delivery
from qipan.ground.notify.channels.robots import NotSent, address_fault, cut, speak
from qipan.ground.units.models import Role
from qipan.project.mail import mail_settings
from tests.ground.notify.stub import Robot, robot
from tests.world import World, make_world

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 25, 1, 0, tzinfo=UTC)  # Wednesday, 9:00 in Shanghai
WEBHOOK = "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=SECRETKEY"


@pytest.fixture
def world(settings: Any) -> World:
    settings.ROBOT_HOSTS = ["127.0.0.1"]
    return make_world(example=False)


@pytest.fixture
def listening() -> Iterator[Robot]:
    with robot() as made:
        yield made


def channel(world: World, **more: Any) -> Channel:
    given = {"kind": "dry", "name": "工作群", **more}
    return add_channel(Given(**given), by=world.posts[Role.OFFICE])


def tried(made: Channel, at: datetime = NOW) -> Delivery:
    """A test message of a channel, sent or tried."""
    world_office = made.county.units.get(code="office").posts.get(role=Role.OFFICE)
    try_channel(made.pk, by=world_office, at=at)
    deliver(at)
    return Delivery.objects.filter(channel=made).latest("id")


def test_a_dry_run_is_recorded_and_sent_nowhere(world: World) -> None:
    last = tried(channel(world))
    assert last.state == "dry" and "测试消息" in last.words and last.attempts == 1


@pytest.mark.parametrize(
    ("kind", "path"),
    [("wecom", ("text", "content")), ("dingtalk", ("text", "content")), ("feishu", ("content", "text"))],
)
def test_each_robot_in_its_own_form(world: World, listening: Robot, kind: str, path: tuple[str, str]) -> None:
    last = tried(channel(world, kind=kind, address=listening.address))
    assert last.state == "sent"
    ((_address, payload),) = listening.heard
    assert payload[path[0]][path[1]] == last.words
    assert {payload.get("msgtype"), payload.get("msg_type")} == {"text", None}


def test_signatures_are_the_robots_own(listening: Robot, settings: Any) -> None:
    settings.ROBOT_HOSTS = ["127.0.0.1"]
    speak("dingtalk", listening.address, "SEC1", "一", now=1_700_000_000.5)
    query = parse_qs(urlsplit(listening.heard[0][0]).query)
    wanted = hmac.new(b"SEC1", b"1700000000500\nSEC1", hashlib.sha256).digest()
    assert query["timestamp"] == ["1700000000500"] and query["sign"] == [base64.b64encode(wanted).decode()]
    speak("feishu", listening.address, "SEC2", "二", now=1_700_000_000.5)
    said = listening.heard[1][1]
    wanted = hmac.new(b"1700000000\nSEC2", b"", hashlib.sha256).digest()
    assert said["timestamp"] == "1700000000" and said["sign"] == base64.b64encode(wanted).decode()


@pytest.mark.parametrize(
    ("answer", "lasting"),
    [
        ((200, '{"errcode": 93000, "errmsg": "invalid webhook url"}'), True), ((200, '{"errcode": 45009}'), False),
        ((200, '{"code": 19021, "msg": "sign match fail"}'), True), ((200, "<html>"), False), ((200, "{}"), False),
        ((500, "{}"), False), ((404, "{}"), True), ((302, "{}"), False),
    ],
)  # fmt: skip
def test_only_a_code_of_zero_is_a_delivery(listening: Robot, settings: Any, answer: Any, lasting: bool) -> None:
    settings.ROBOT_HOSTS = ["127.0.0.1"]
    listening.answers = [answer]
    with pytest.raises(NotSent) as refused:
        speak("wecom", listening.address, "", "话")
    assert refused.value.lasting == lasting and "SECRETKEY" not in str(refused.value)
    assert len(listening.heard) == 1, "what leads elsewhere is not followed"


def test_what_fails_is_tried_again_later_each_time_and_given_up(world: World, listening: Robot) -> None:
    listening.answers = [(500, "")]
    made = channel(world, kind="wecom", address=listening.address)
    last = tried(made)
    at = NOW
    for wait in AGAIN:
        last.refresh_from_db()
        assert last.state == "waiting" and last.next_at == at + wait and last.error == "HTTP 500"
        assert deliver(at + wait - timedelta(seconds=1)) == 0
        at += wait
        deliver(at)
    last.refresh_from_db()
    assert last.state == "failed" and last.attempts == len(AGAIN) + 1 == len(listening.heard)
    # One that recovers is sent, once.
    listening.answers = [(200, '{"errcode": 45009}'), (200, '{"errcode": 0}')]
    second = tried(made, NOW + timedelta(hours=3))
    deliver(NOW + timedelta(hours=3, minutes=1))
    second.refresh_from_db()
    assert second.state == "sent" and second.attempts == 2 and second.error == ""


def test_no_address_gets_more_than_twenty_a_minute(world: World, listening: Robot) -> None:
    first = channel(world, kind="wecom", address=listening.address)
    second = channel(world, kind="wecom", name="另一群", address=listening.address)
    for _ in range(13):
        for made in (first, second):
            try_channel(made.pk, by=world.posts[Role.OFFICE], at=NOW)
    assert deliver(NOW) == A_MINUTE and deliver(NOW + timedelta(seconds=30)) == 0
    assert deliver(NOW + timedelta(seconds=61)) == 6 and len(listening.heard) == 26


def test_a_message_whose_worker_died_is_tried_again_and_two_workers_send_it_once(
    world: World, listening: Robot
) -> None:
    made = channel(world, kind="wecom", address=listening.address)
    row = Delivery.objects.create(channel=made, kind="notify.test", key="x", made_at=NOW, next_at=NOW)
    Delivery.objects.filter(pk=row.pk).update(next_at=NOW + CLAIMED, attempts=1)
    assert deliver(NOW + timedelta(minutes=1)) == 0 and deliver(NOW + CLAIMED) == 1
    assert deliver(NOW + CLAIMED) == 0 and len(listening.heard) == 1


def test_one_message_a_morning_on_working_days_of_what_is_true_when_it_is_sent(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = ["三件"]
    monkeypatch.setattr(composing, "DIGESTS", {"some.digest": lambda _channel, _now: said[0]})
    monkeypatch.setattr("qipan.ground.notify.channels.delivering.DIGESTS", composing.DIGESTS)
    made = channel(world)
    assert prepare(NOW) == 1
    prepare(NOW + timedelta(hours=1))
    assert Delivery.objects.filter(channel=made).count() == 1
    said[0] = "两件"
    deliver(NOW)
    assert Delivery.objects.get().words == "两件"
    # Handled, moved or given to another before it goes out: there is nothing to say.
    prepare(NOW + timedelta(days=1))
    said[0] = ""
    deliver(NOW + timedelta(days=1))
    assert Delivery.objects.latest("id").state == "gone"
    assert prepare(NOW + timedelta(days=3)) == 0, "a Saturday"
    # What nobody sent on its day does not come a day late.
    prepare(NOW + timedelta(days=5))
    said[0] = "五件"
    assert deliver(NOW + timedelta(days=6, hours=1)) == 0


def test_mail_goes_to_the_mailbox_of_a_unit(world: World, settings: Any) -> None:
    with pytest.raises(ChannelError) as refused:
        channel(world, kind="mail", address="office@example.gov.cn")
    assert refused.value.field == "kind", "no mail server is set up"
    settings.MAIL_IS_SET_UP = True
    assert tried(channel(world, kind="mail", address="office@example.gov.cn")).state == "sent"
    (sent,) = mail.outbox
    assert sent.to == ["office@example.gov.cn"] and "测试消息" in sent.subject


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"name": " "}, "name"), ({"kind": "pigeon"}, "kind"), ({"unit": "nowhere"}, "unit"),
        ({"kind": "wecom"}, "address"), ({"kind": "wecom", "address": "http://qyapi.weixin.qq.com/x"}, "address"),
        ({"kind": "wecom", "address": "https://internal.example/x"}, "address"),
        ({"kind": "dingtalk", "address": WEBHOOK}, "address"), ({"language": "fr"}, "language"),
    ],
)  # fmt: skip
def test_what_cannot_be_kept_is_named(world: World, more: dict[str, str], field: str) -> None:
    with pytest.raises(ChannelError) as refused:
        channel(world, **more)
    assert refused.value.field == field and not Channel.objects.exists()


@pytest.mark.parametrize(
    "address",
    ["https://a@qyapi.weixin.qq.com/x", "https://qyapi.weixin.qq.com:8443/x", "https://[bad", "file:///etc/x"],
)
def test_addresses_that_hide_something_are_refused(address: str) -> None:
    assert address_fault("wecom", address) is not None and address_fault("wecom", WEBHOOK) is None


def test_the_example_sends_nothing() -> None:
    example = make_world()
    with pytest.raises(ChannelError) as refused:
        channel(example, kind="wecom", address=WEBHOOK)
    assert refused.value.field == "kind"
    assert tried(channel(example)).state == "dry"


def test_addresses_stand_in_no_journal_and_only_the_office_enters_them(world: World) -> None:
    made = channel(world, kind="wecom", address=WEBHOOK, secret="SEC9")
    change_channel(made.pk, 1, Given("wecom", "新名", address=WEBHOOK + "2"), by=world.posts[Role.OFFICE])
    made.refresh_from_db()
    assert made.address == WEBHOOK + "2" and made.secret == "" and made.name == "新名"
    change_channel(made.pk, 2, Given("wecom", "新名", is_active=False), by=world.posts[Role.OFFICE])
    made.refresh_from_db()
    assert made.address == WEBHOOK + "2" and not made.is_active, "left empty, the address is kept"
    with pytest.raises(ChannelError):
        change_channel(made.pk, 2, Given("wecom", "他名"), by=world.posts[Role.OFFICE])
    written = str(list(AuditEntry.objects.values()))
    assert "channels.add" in written and "SECRETKEY" not in written and "SEC9" not in written
    for role in set(Role) - {Role.OFFICE}:
        with pytest.raises(PermissionDenied):
            add_channel(Given("dry", "x"), by=world.posts[role])


def test_long_words_are_cut_between_characters() -> None:
    assert (
        cut("一二三", 9) == "一二三" and cut("一二三四", 9) == "一二…" and len(cut("话" * 5000, 2000).encode()) <= 2000
    )


def test_the_mail_server_is_one_address() -> None:
    assert mail_settings("") == (False, mail_settings("")[1])
    assert mail_settings("smtp://a%40b:p%3A@mail.example:587")[1] == type(mail_settings("")[1])(
        "mail.example", 587, "a@b", "p:", False, True
    )
    assert mail_settings("smtps://mail.example")[1].port == 465
    with pytest.raises(ValueError, match="QIPAN_MAIL"):
        mail_settings("http://mail.example")
