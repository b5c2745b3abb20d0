"""What the office does with channels: it enters one, changes it, switches it off, tries it."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.validators import validate_email
from django.utils import timezone

from qipan.assessment.text import Text
from qipan.ground.audit.journal import Thing, act
from qipan.ground.notify.channels.delivering import TEST
from qipan.ground.notify.channels.models import Channel, Delivery
from qipan.ground.notify.channels.robots import HOSTS, address_fault
from qipan.ground.units.acting import actor
from qipan.ground.units.models import Post, Unit
from qipan.ground.units.permissions import OFFICE, Rule

MANAGE_CHANNELS = Rule(OFFICE)
"""Who enters channels and reads what was sent by them."""


class ChannelError(ValueError):
    """A channel that cannot be kept so; `field` names what is wrong."""

    def __init__(self, words: Text, field: str = "") -> None:
        super().__init__(words.en)
        self.words = words
        self.field = field


@dataclass(frozen=True, slots=True)
class Given:
    """A channel as the office enters it. An empty address, of one that has an address, leaves it as it is."""

    kind: str
    name: str
    unit: str = ""
    language: str = "zh"
    address: str = ""
    secret: str = ""
    is_active: bool = True


def add_channel(given: Given, *, by: Post) -> Channel:
    """Enter a channel.

    Raises:
        PermissionDenied: only the office does.
        ChannelError: it cannot be kept so.
    """
    _allowed(by)
    unit = _checked(given, by, has_address=False)
    now = timezone.now()
    with act(actor(by), now) as noted:
        made = Channel.objects.create(
            county=by.unit.county, unit=unit, kind=given.kind, name=given.name.strip(), language=given.language,
            address=given.address.strip(), secret=given.secret.strip(), entered_at=now,
        )  # fmt: skip
        noted.note("channels.add", _thing(made), {"kind": made.kind, "unit": unit.code if unit else ""})
    return made


def change_channel(pk: int, version: int, given: Given, *, by: Post) -> Channel:
    """Change a channel; its kind stays.

    Raises:
        PermissionDenied: only the office does.
        ChannelError: it is not there, someone else changed it, or it cannot be kept so.
    """
    _allowed(by)
    known = Channel.objects.filter(county=by.unit.county, pk=pk).first()
    if known is None:
        raise ChannelError(Text("没有此通道。", "There is no such channel."))
    unit = _checked(given, by, has_address=bool(known.address))
    now = timezone.now()
    fresh = given.address.strip()
    changes: dict[str, object] = {
        "unit": unit, "name": given.name.strip(), "language": given.language, "is_active": given.is_active,
    }  # fmt: skip
    if fresh:
        changes |= {"address": fresh, "secret": given.secret.strip(), "entered_at": now}
    with act(actor(by), now) as noted:
        if not Channel.objects.filter(pk=pk, version=version).update(version=version + 1, **changes):
            raise ChannelError(
                Text(
                    "您打开页面后他人已修改，请核对后再保存。",
                    "Someone changed it after you opened it; look, then save again.",
                )
            )
        details = {
            "unit": unit.code if unit else "",
            "active": given.is_active,
            "address": "changed" if fresh else "kept",
        }
        noted.note("channels.change", _thing(known), details)
    return known


def try_channel(pk: int, *, by: Post, at: datetime | None = None) -> None:
    """Queue a test message.

    Raises:
        PermissionDenied: only the office does.
        ChannelError: there is no such channel, or it is switched off.
    """
    _allowed(by)
    known = Channel.objects.filter(county=by.unit.county, pk=pk, is_active=True).first()
    if known is None:
        raise ChannelError(Text("没有此通道，或已停用。", "There is no such channel, or it is switched off."))
    now = at or timezone.now()
    with act(actor(by), now) as noted:
        Delivery.objects.create(channel=known, kind=TEST, key=f"{TEST}:{uuid.uuid4()}", made_at=now, next_at=now)
        noted.note("channels.try", _thing(known))


def _allowed(by: Post) -> None:
    if not MANAGE_CHANNELS.allows(by, by.unit.county):
        raise PermissionDenied


def _thing(channel: Channel) -> Thing:
    return Thing("channel", str(channel.pk), channel.name)


def _checked(given: Given, by: Post, *, has_address: bool) -> Unit | None:
    """Return the unit of a channel, when all else can be kept.

    Raises:
        ChannelError: something cannot.
    """
    county = by.unit.county
    if not given.name.strip() or len(given.name.strip()) > 60:
        raise ChannelError(Text("请填写名称，最多60字。", "Give it a name of at most 60 characters."), "name")
    if given.kind not in Channel.Kind.values:
        raise ChannelError(Text("请选择通道种类。", "Choose a kind."), "kind")
    if given.language not in {"zh", "en"}:
        raise ChannelError(Text("请选择语言。", "Choose a language."), "language")
    unit = Unit.objects.filter(county=county, code=given.unit).first() if given.unit else None
    if given.unit and unit is None:
        raise ChannelError(Text("请选择本县的单位。", "Choose a unit of the county."), "unit")
    if given.kind == Channel.Kind.DRY:
        return unit
    if county.is_example or county.is_practice:
        words = Text(
            "示例和演练中只能试运行，不向外发送。", "In the example and in practice nothing is sent: only dry runs."
        )
        raise ChannelError(words, "kind")
    address = given.address.strip()
    if not address:
        if has_address:
            return unit
        raise ChannelError(Text("请填写地址。", "Enter the address."), "address")
    if given.kind == Channel.Kind.MAIL:
        _mailbox(address)
    elif given.kind in HOSTS:
        fault = address_fault(given.kind, address)
        if fault is not None:
            raise ChannelError(fault, "address")
    return unit


def _mailbox(address: str) -> None:
    if not settings.MAIL_IS_SET_UP:
        words = Text("尚未设置发信服务器（QIPAN_MAIL）。", "No mail server is set up (QIPAN_MAIL).")
        raise ChannelError(words, "kind")
    try:
        validate_email(address)
    except ValidationError:
        raise ChannelError(Text("请填写一个邮箱地址。", "Enter one mailbox."), "address") from None
