"""What can happen to a highlight: a unit sends it in, its head consents, the office decides, it is withdrawn."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.core.exceptions import PermissionDenied

from qipan.assessment.text import Text
from qipan.ground.audit.journal import Act, Thing, act
from qipan.ground.files.models import Photo
from qipan.ground.files.photos import use
from qipan.ground.notify.actions import Notice, send_all
from qipan.ground.sites.models import Site
from qipan.ground.units.acting import actor
from qipan.ground.units.changes import differences, stale
from qipan.ground.units.errors import RegisterError
from qipan.ground.units.models import Post, Role
from qipan.ground.units.permissions import MANAGE_CAMPAIGN, Rule
from qipan.ground.units.queries import posts_of
from qipan.spine.campaigns.models import Campaign
from qipan.spine.work import messages
from qipan.spine.work.highlights.queries import highlight_of
from qipan.spine.work.lightness.stopping import weigh
from qipan.spine.work.models import Highlight
from qipan.spine.work.permissions import UNITS
from qipan.spine.work.writing import moment

SUBMIT = Rule(UNITS)
"""Who sends in what their own unit did."""
DECIDE = Rule(frozenset({Role.OFFICE, Role.HEAD}))
"""Who comes to decide at all: a head consents for the unit, the office approves; each act checks which."""
State = Highlight.State
OPEN = (State.WRITTEN, State.CONSENTED, State.RETURNED)


@dataclass(frozen=True, slots=True)
class HighlightPlan:
    """A highlight as it is entered."""

    title_zh: str
    text: str
    first: date | None
    last: date | None
    kind: str = Highlight.Kind.HIGHLIGHT
    measured: str = ""
    check: str = ""
    site: str = ""


def plan_of(found: Highlight) -> HighlightPlan:
    """Return a highlight as it is entered."""
    return HighlightPlan(
        found.title_zh, found.text, found.first, found.last, found.kind, found.measured, found.check_key, found.site
    )


def submit(
    campaign: Campaign, plan: HighlightPlan, *, by: Post, photos: Collection[Photo] = (), at: datetime | None = None
) -> Highlight:
    """Send in what one's own unit did. What a liaison wrote goes to the head first, what a head wrote to the office.

    Raises:
        PermissionDenied: this post is of no unit that handles work.
        RegisterError: a field does not do.
    """
    now = moment(at)
    if not SUBMIT.allows(by, campaign.county):
        raise PermissionDenied
    values = _values(plan, campaign.county_id, now)
    with act(actor(by), now) as done:
        found = Highlight.objects.create(
            campaign=campaign, unit=by.unit, author=by, written_at=now, state=_first_state(by), **values
        )
        _keep_photos(found, photos)
        _weigh(done, by, now, found, plan.title_zh, plan.text, plan.measured)
        _pass_on(found, by, now)
        done.note("highlight.submit", thing(found), {"version": 1, "changes": differences({}, values)})
    return found


def change(
    pk: int, plan: HighlightPlan, *, version: int, by: Post, photos: Collection[Photo] = (), at: datetime | None = None
) -> Highlight:
    """Write it anew before it is approved, or after it came back; it goes the same way again.

    Raises:
        PermissionDenied: it is not of one's own unit.
        RegisterError: it is approved or withdrawn, or a field does not do; `Stale` where somebody was faster.
    """
    now = moment(at)
    found = _found(pk, by)
    if not SUBMIT.allows(by) or found.unit_id != by.unit_id:
        raise PermissionDenied
    if found.state not in OPEN:
        raise RegisterError(Text("已审核通过或已撤下，不再修改", "it is approved or withdrawn and stays as it is"))
    values = _values(plan, found.campaign.county_id, now)
    was = {name: getattr(found, name) for name in values}
    with act(actor(by), now) as done:
        _write(found, version, state=_first_state(by), author_id=by.pk, consented_by="", reason="", **values)
        _keep_photos(found, photos)
        _weigh(done, by, now, found, plan.title_zh, plan.text, plan.measured)
        _pass_on(found, by, now)
        done.note("highlight.change", thing(found), {"version": found.version, "changes": differences(was, values)})
    return found


def consent(pk: int, *, version: int, by: Post, at: datetime | None = None) -> Highlight:
    """Consent for the unit to what its liaison wrote; it goes to the office.

    Raises:
        PermissionDenied: not the head of the unit, or who wrote it.
        RegisterError: it waits for no consent; `Stale` where somebody was faster.
    """
    now = moment(at)
    found = _found(pk, by)
    if not heads(by, found) or _wrote(by, found):
        raise PermissionDenied
    _stands(found, State.WRITTEN)
    with act(actor(by), now) as done:
        _write(found, version, state=State.CONSENTED, consented_by=by.title_zh)
        _pass_on(found, by, now)
        done.note("highlight.consent", thing(found), {"version": found.version})
    return found


def approve(pk: int, *, version: int, by: Post, at: datetime | None = None) -> Highlight:
    """Approve it: it is listed for all.

    Raises:
        PermissionDenied: not the office, or who wrote it.
        RegisterError: it does not wait for the office; `Stale` where somebody was faster.
    """
    now = moment(at)
    found = _found(pk, by)
    if not MANAGE_CAMPAIGN.allows(by, found.campaign.county) or _wrote(by, found):
        raise PermissionDenied
    _stands(found, State.CONSENTED)
    with act(actor(by), now) as done:
        _write(found, version, state=State.APPROVED, approved_at=now, decided_by=by.title_zh, reason="")
        _tell(found, Text("亮点已审核通过", "Highlight approved"), _unit(found, now), by, now)
        done.note("highlight.approve", thing(found), {"version": found.version})
    return found


def give_back(pk: int, *, version: int, by: Post, text: str, at: datetime | None = None) -> Highlight:
    """Return it to its unit with a reason: the office, or the head before consenting.

    Raises:
        PermissionDenied: neither the office nor the head of its unit.
        RegisterError: it waits for no one, or no reason; `Stale` where somebody was faster.
    """
    now = moment(at)
    found = _found(pk, by)
    office = MANAGE_CAMPAIGN.allows(by, found.campaign.county)
    if not office and not heads(by, found):
        raise PermissionDenied
    _stands(found, State.CONSENTED if office else State.WRITTEN)
    said = _text(text, Text("请写明退回原因", "say why it is returned"))
    with act(actor(by), now) as done:
        _write(found, version, state=State.RETURNED, decided_by=by.title_zh, reason=said)
        _weigh(done, by, now, found, said)
        _tell(found, Text("亮点退回修改", "Highlight returned"), _unit(found, now), by, now)
        done.note("highlight.return", thing(found), {"version": found.version})
    return found


def withdraw(pk: int, *, version: int, by: Post, text: str, at: datetime | None = None) -> Highlight:
    """Withdraw it with a reason, approved or not; one that was approved is shown with the reason from then on.

    Raises:
        PermissionDenied: neither the office nor the head of its unit.
        RegisterError: it is withdrawn, or no reason; `Stale` where somebody was faster.
    """
    now = moment(at)
    found = _found(pk, by)
    if not MANAGE_CAMPAIGN.allows(by, found.campaign.county) and not heads(by, found):
        raise PermissionDenied
    _stands(found, *OPEN, State.APPROVED)
    said = _text(text, Text("请写明撤下原因", "say why it is withdrawn"))
    with act(actor(by), now) as done:
        _write(found, version, state=State.WITHDRAWN, decided_by=by.title_zh, reason=said)
        _weigh(done, by, now, found, said)
        posts = [*_unit(found, now), *(messages.office(found.campaign.county_id, now) if found.approved_at else [])]
        _tell(found, Text("亮点已撤下", "Highlight withdrawn"), posts, by, now)
        done.note("highlight.withdraw", thing(found), {"version": found.version})
    return found


def acts_of(post: Post, found: Highlight) -> list[str]:
    """Return what a post may do to a highlight now."""
    office, head = MANAGE_CAMPAIGN.allows(post, found.campaign.county), heads(post, found)
    out = []
    if head and found.state == State.WRITTEN and not _wrote(post, found):
        out.append("consent")
    if office and found.state == State.CONSENTED and not _wrote(post, found):
        out.append("approve")
    if (office and found.state == State.CONSENTED) or (head and found.state == State.WRITTEN):
        out.append("return")
    if (office or head) and found.state in (*OPEN, State.APPROVED):
        out.append("withdraw")
    return out


def may_change(post: Post, found: Highlight) -> bool:
    """Whether a post may write it anew now."""
    return SUBMIT.allows(post) and found.unit_id == post.unit_id and found.state in OPEN


def heads(post: Post, found: Highlight) -> bool:
    """Whether a post is the head of a highlight's unit."""
    return post.role == Role.HEAD and post.unit_id == found.unit_id


def thing(found: Highlight) -> Thing:
    """Return a highlight as the journal names it."""
    return Thing("highlight", str(found.pk), found.title_zh)


def _wrote(post: Post, found: Highlight) -> bool:
    return post.person_id == found.author.person_id


def _first_state(by: Post) -> State:
    return State.CONSENTED if by.role == Role.HEAD else State.WRITTEN


def _found(pk: int, by: Post) -> Highlight:
    found = highlight_of(by, pk)
    if found is None:
        raise PermissionDenied
    return found


def _stands(found: Highlight, *states: State) -> None:
    if found.state not in states:
        raise RegisterError(Text("当前状态不能这样办理，请刷新页面", "it does not stand so any more; look at it again"))


def _write(found: Highlight, version: int, **changes: Any) -> None:
    if not Highlight.objects.filter(pk=found.pk, version=version).update(version=version + 1, **changes):
        raise stale(found.campaign.county.code, "highlight", found.pk, version, found.version)
    found.refresh_from_db()


def _keep_photos(found: Highlight, photos: Collection[Photo]) -> None:
    found.photos.add(*photos)
    use(photos)


def _text(text: str, wanted: Text) -> str:
    said = text.strip()[:500]
    if not said:
        raise RegisterError(wanted, "text")
    return said


def _values(plan: HighlightPlan, county_id: int, now: datetime) -> dict[str, Any]:
    if not plan.title_zh.strip():
        raise RegisterError(Text("请填写名称", "name it"), "title_zh")
    if not plan.text.strip():
        raise RegisterError(Text("请写明做了什么", "say what was done"), "text")
    if plan.first is None or plan.last is None or plan.last < plan.first:
        raise RegisterError(
            Text("请填写起止日期，止日不早于起日", "write the days, the last not before the first"), "last"
        )
    if plan.first > messages.day_of(now):
        raise RegisterError(Text("起始日期不得晚于今天", "it cannot begin on a day that lies ahead"), "first")
    if plan.kind not in Highlight.Kind.values:
        raise RegisterError(Text("请选择类别", "choose what it is"), "kind")
    if plan.site and not Site.objects.filter(county_id=county_id, code=plan.site).exists():
        raise RegisterError(Text("本县没有该点位", "the county has no such site"), "site")
    return {
        "title_zh": plan.title_zh.strip()[:120], "text": plan.text.strip()[:2000], "first": plan.first,
        "last": plan.last, "kind": plan.kind, "measured": plan.measured.strip()[:500], "check_key": plan.check[:80],
        "site": plan.site,
    }  # fmt: skip


def _weigh(done: Act, by: Post, now: datetime, found: Highlight, *texts: str) -> None:
    weigh(done, by, now, [(thing(found), text) for text in texts])


def _unit(found: Highlight, now: datetime) -> list[Post]:
    return posts_of([found.unit_id], (Role.HEAD, Role.LIAISON), messages.day_of(now))


def _pass_on(found: Highlight, by: Post, now: datetime) -> None:
    """Tell whoever it waits for: the head, or the office."""
    if found.state == State.WRITTEN:
        heads_here = posts_of([found.unit_id], (Role.HEAD,), messages.day_of(now))
        _tell(found, Text("亮点待您同意报送", "A highlight waits for your consent"), heads_here, by, now)
    else:
        office = messages.office(found.campaign.county_id, now)
        _tell(found, Text("亮点待审核", "A highlight waits for approval"), office, by, now)


def _tell(found: Highlight, words: Text, posts: Iterable[Post], by: Post, now: datetime) -> None:
    told = tuple(post for post in posts if post.pk != by.pk)
    title = messages.short(found.title_zh)
    said = Text(f"{words.zh}：{title}", f"{words.en}: {title}")
    link = f"/plan/highlights/{found.pk}/"
    send_all([Notice(told, "work.highlight", said, link, ("highlight", str(found.pk)), None)], at=now)
