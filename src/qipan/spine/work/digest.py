"""What a mailbox or a chat group is told of work once a morning: of one unit, or of the county. No person is named.

It is made when it is sent, so what was handled, moved or given to another meanwhile is not in it.
"""

from __future__ import annotations

from collections import Counter
from datetime import datetime

from django.conf import settings
from django.db.models import Q
from django.utils import timezone

from qipan.ground.notify.channels.composing import composes
from qipan.ground.notify.channels.models import Channel
from qipan.spine.work.branches import branches
from qipan.spine.work.messages import day_of, said, short
from qipan.spine.work.models import Request, State, WorkItem

KIND = "work.digest"
MOST = 10


@composes(KIND, each_morning=True)
def words_of(channel: Channel, now: datetime) -> str:
    """Return the words of a morning; none where nothing presses."""
    pressing = Q(state__in=(State.ISSUED, State.ACCEPTED), held_since=None)
    found = WorkItem.objects.filter(pressing, county_id=channel.county_id, lead__isnull=False)
    # Of what the office was asked to co-ordinate nobody is reminded.
    found = found.exclude(request=Request.Kind.COORDINATION)
    if channel.unit_id is not None:
        found = found.filter(lead_id__in=branches(channel.county_id).same(channel.unit_id))
    new = found.filter(state=State.ISSUED).count()
    due = list(found.filter(due_from__lte=now).select_related("lead").order_by("deadline", "id"))
    if not new and not due:
        return ""
    return _Lines(channel, now, new, due).text


class _Lines:
    """The lines of a message, in the language of its channel."""

    def __init__(self, channel: Channel, now: datetime, new: int, due: list[WorkItem]) -> None:
        self.zh = channel.language == "zh"
        late = sum(item.deadline < now for item in due)
        head = self._head(channel, now)
        counts = (
            f"待签收{new}件，临期{len(due) - late}件，超期{late}件。"
            if self.zh
            else f"{new} to accept, {len(due) - late} due soon, {late} late."
        )
        lines = [head, counts, *(self._units(due) if channel.unit_id is None else self._items(due, now))]
        self.text = "\n".join([*lines, *self._link()])

    def _head(self, channel: Channel, now: datetime) -> str:
        local = timezone.localtime(now)
        whose = channel.unit.name if channel.unit is not None else channel.county.name
        if self.zh:
            return f"【{channel.county.name_zh}创城办】{whose.zh}事项提醒（{local.month}月{local.day}日）"
        return f"[{channel.county.name.into('en')}, campaign office] {whose.into('en')}: work, {local.day} {local:%b}"

    def _items(self, due: list[WorkItem], now: datetime) -> list[str]:
        out = []
        for place, item in enumerate(due[:MOST], 1):
            until, days = said(item.deadline), (day_of(now) - day_of(item.deadline)).days
            title = short(item.title_zh if self.zh else item.title_en or item.title_zh, 40)
            when = f"超期{days}天" if days > 0 else f"时限{until.zh}"
            if not self.zh:
                when = f"{days} days late" if days > 0 else f"due {until.en}"
            out.append(f"{place}. {item.number} {title}{'｜' if self.zh else ' | '}{when}")
        rest = len(due) - MOST
        if rest > 0:
            out.append(f"其余{rest}件请登录查看。" if self.zh else f"and {rest} more: sign in to see them.")
        return out

    def _units(self, due: list[WorkItem]) -> list[str]:
        counts: Counter[str] = Counter()
        for item in due:
            if item.lead is not None:
                counts[item.lead.name.into("zh" if self.zh else "en")] += 1
        most = enumerate(counts.most_common(MOST), 1)
        if self.zh:
            return [f"{place}. {name}｜{count}件" for place, (name, count) in most]
        return [f"{place}. {name} | {count} due or late" for place, (name, count) in most]

    def _link(self) -> list[str]:
        """Return where to look: the installation's own name, if it has one."""
        host = next((host for host in settings.SERVED_HOSTS if not host.startswith(".")), "")
        return [f"{'https' if settings.BEHIND_TLS else 'http'}://{host}/work/"] if host else []
