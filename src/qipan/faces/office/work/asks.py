"""The forms of what units ask of an item and of its answers: return, extension, co-ordination, appeal; and of deferring.

What stands against an act is decided in `qipan.spine.work.request_rules`; the page says it in its words.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from qipan.assessment.text import Text
from qipan.faces.office.access import at_desk, requires
from qipan.faces.office.templatetags.office import minute
from qipan.faces.office.work.acts import DIRECTORS, HANDLERS, RECHECKERS, SHOW, unit_options
from qipan.faces.office.work.fields import Field, Wrong, as_entered, text_of, when_field, when_if, when_of
from qipan.faces.office.work.sending import PHOTOS, Form, Given, answer
from qipan.ground.units.permissions import Rule
from qipan.overview.desk import Desk
from qipan.spine.work import actions
from qipan.spine.work.deferring import leaders
from qipan.spine.work.errors import NotIndependent, WorkError
from qipan.spine.work.item_page import ItemPage
from qipan.spine.work.permissions import CONSENT, CONTRIBUTE
from qipan.spine.work.queries import item_page
from qipan.spine.work.timing.when import When

HEADS = Rule(frozenset(role for role, _reach in CONSENT.reach))
SUPPORTERS = Rule(frozenset(role for role, _reach in CONTRIBUTE.reach))
YES, NO = "yes", "no"


def _found(request: HttpRequest, number: str, action: str) -> tuple[Desk, ItemPage]:
    """Return the item, if the post sees it and has the right to what it came for; what stands against it the form says."""
    desk = at_desk(request)
    found = item_page(desk.post, number)
    if found is None:
        raise Http404
    if not found.may(action).right:
        raise PermissionDenied
    return desk, found


def _refused(action: str) -> Callable[[Desk, ItemPage], WorkError | None]:
    def why(_desk: Desk, found: ItemPage) -> WorkError | None:
        allowed = found.may(action)
        return None if allowed.allowed or allowed.reason is None else WorkError(allowed.reason)

    return why


def form_of(
    request: HttpRequest, number: str, action: str, heading: str, send: str,
    fields: Callable[[Desk, ItemPage, Given], list[Field]], do: Callable[[Desk, ItemPage, int, Given], str], words: str = "",
    *, photos: bool = False, asked: bool = False,
) -> HttpResponse:  # fmt: skip
    """Show the form of one act on an item, or act on it; what stands against it the form says."""
    desk, found = _found(request, number, action)
    form = Form(
        action, heading, send, fields, _plain(do), words=words, with_photos=photos, with_sides=action in {"appeal", "decide"},
        with_request=asked, refused=_refused(action),
    )  # fmt: skip
    return answer(request, desk, found, form)


def _plain(do: Callable[[Desk, ItemPage, int, Given], str]) -> Callable[[Desk, ItemPage, int, Given], str]:
    """Let a refusal for lack of independence be shown as it is: who could re-check does not matter here."""

    def done(desk: Desk, found: ItemPage, version: int, given: Given) -> str:
        try:
            return do(desk, found, version, given)
        except NotIndependent as error:
            raise WorkError(error.words) from error

    return done


def reason_field(given: Given, label: str = "", *, required: bool = True, hint: str = "") -> Field:
    """Return the field of a reason."""
    return Field("reason", label or _("Reason"), "textarea", given["reason"], hint, required=required, rows=3)


# --- what the lead unit asks ---


@SHOW
@requires(HANDLERS)
def work_return(request: HttpRequest, number: str) -> HttpResponse:
    """Return an item that is not one's own."""
    return form_of(
        request, number, "return", pgettext("act", "Return"), _("Return it to the office"), _return_fields, _return,
        _("An item is returned once. Until the office has decided your unit co-ordinates, and the clock runs."),
    )  # fmt: skip


def _return_fields(desk: Desk, found: ItemPage, given: Given) -> list[Field]:
    options = [("", _("I do not know")), *unit_options(desk.county.pk)[1:]]
    return [
        reason_field(given, _("Why it is not your unit's")),
        Field("unit", _("Whose it is"), "select", given["unit"], options=options, required=False),
    ]


def _return(desk: Desk, found: ItemPage, version: int, given: Given) -> str:
    reason = text_of(given["reason"], "reason")
    actions.give_back(found.pk, version=version, by=desk.post, reason=reason, unit=given["unit"])
    return _("Returned; the office decides. Until then your unit co-ordinates.")


@SHOW
@requires(HANDLERS)
def work_extend(request: HttpRequest, number: str) -> HttpResponse:
    """Ask for more time."""
    return form_of(
        request, number, "extend", pgettext("act", "Ask for an extension"), _("Ask for this day"), _extend_fields, _extend,
        _("The head of your unit consents first, then the office decides. The clock runs until then."),
    )  # fmt: skip


def _extend_fields(desk: Desk, found: ItemPage, given: Given) -> list[Field]:
    hint = _("The deadline is %(at)s now.") % {"at": minute(found.row.deadline)}
    return [
        when_field(given.words, _("New deadline"), hint=hint),
        reason_field(given, _("Why it takes longer")),
    ]


def _extend(desk: Desk, found: ItemPage, version: int, given: Given) -> str:
    deadline = when_of(given.words, desk.county.pk, timezone.now())
    reason = text_of(given["reason"], "reason")
    asked = actions.extend(found.pk, version=version, by=desk.post, reason=reason, deadline=deadline)
    if asked.state == "consent":
        return _("Sent to the head of your unit, who consents first.")
    return _("Sent to the office, which decides.")


@SHOW
@requires(HANDLERS)
def work_coordinate(request: HttpRequest, number: str) -> HttpResponse:
    """Ask the office to co-ordinate."""
    return form_of(
        request, number, "coordinate", pgettext("act", "Ask for co-ordination"), _("Ask the office"), _ask_fields, _coordinate,
        _("The office decides who leads, until when, and who helps."), photos=True,
    )  # fmt: skip


def _ask_fields(desk: Desk, found: ItemPage, given: Given) -> list[Field]:
    return [
        reason_field(given, _("What stands in the way, and what you propose")),
        Field(PHOTOS, _("Photos"), "photos", given.photos, required=False),
    ]


def _coordinate(desk: Desk, found: ItemPage, version: int, given: Given) -> str:
    reason = text_of(given["reason"], "reason")
    actions.coordinate(found.pk, version=version, by=desk.post, reason=reason, photos=list(given.photos))
    return _("Sent to the office, which decides.")


@SHOW
@requires(HANDLERS)
def work_appeal(request: HttpRequest, number: str) -> HttpResponse:
    """Dispute what was found."""
    return form_of(
        request, number, "appeal", pgettext("act", "Dispute the finding"), _("Dispute it"), _appeal_fields, _appeal,
        _(
            "Once, with your reasons and photos. Until it is decided the finding counts as disputed and not as lost, and the clock stands. Someone decides who did not record it."
        ),
        photos=True,
    )  # fmt: skip


def _appeal_fields(desk: Desk, found: ItemPage, given: Given) -> list[Field]:
    return [
        reason_field(given, _("Why the finding is not right")),
        Field(PHOTOS, _("Photos that show it"), "photos", given.photos, required=False),
    ]


def _appeal(desk: Desk, found: ItemPage, version: int, given: Given) -> str:
    reason = text_of(given["reason"], "reason")
    actions.appeal(found.pk, version=version, by=desk.post, reason=reason, photos=list(given.photos))
    return _("The finding counts as disputed until it is decided.")


# --- the answers ---


@SHOW
@requires(HEADS)
def work_consent(request: HttpRequest, number: str) -> HttpResponse:
    """Consent to an extension, or not."""
    return form_of(
        request, number, "consent", pgettext("act", "Answer the extension"), _("Send the answer"), _consent_fields, _consent,
        _("You answer for your unit: what you consent to goes to the office, which decides."), asked=True,
    )  # fmt: skip


def _consent_fields(desk: Desk, found: ItemPage, given: Given) -> list[Field]:
    options = [(YES, _("I consent")), (NO, _("I do not consent: it is to be done in time"))]
    return [
        Field("agrees", _("Your answer"), "choices", given["agrees"], options=options),
        reason_field(given, required=False, hint=_("Needed if you do not consent.")),
    ]


def _yes(given: Given, field: str) -> bool:
    if given[field] not in {YES, NO}:
        raise Wrong(field, _("Choose one of the two."))
    return given[field] == YES


def _consent(desk: Desk, found: ItemPage, version: int, given: Given) -> str:
    agrees = _yes(given, "agrees")
    reason = text_of(given["reason"], "reason", required=not agrees)
    actions.consent(found.pk, version=version, by=desk.post, agrees=agrees, reason=reason)
    return _("The office has been told, and decides.") if agrees else _("Your liaison has been told.")


@SHOW
@requires(RECHECKERS)
def work_decide(request: HttpRequest, number: str) -> HttpResponse:
    """Decide what is asked of an item."""
    return form_of(
        request,
        number,
        "decide",
        pgettext("act", "Decide"),
        _("Send the decision"),
        _decide_fields,
        _decide,
        asked=True,
    )


def _choices(kind: str) -> list[tuple[str, str]]:
    match kind:
        case "return":
            return [(YES, _("Upheld: it goes to another unit")), (NO, _("Rejected: the unit goes on"))]
        case "extension":
            return [(YES, _("Granted")), (NO, _("Rejected: the deadline stays"))]
        case "coordination":
            return [(YES, _("Co-ordinated as below")), (NO, _("Rejected: the unit goes on"))]
        case _:
            return [(YES, _("Upheld: the finding is not right")), (NO, _("Rejected: it stands as found"))]


def _decide_fields(desk: Desk, found: ItemPage, given: Given) -> list[Field]:
    kind = found.row.request
    asked = next((each for each in found.requests if each.is_open), None)
    proposal = asked.proposal if asked is not None else {}
    fields = [Field("upheld", _("Decision"), "choices", given["upheld"], options=_choices(kind))]
    if kind in {"return", "coordination"}:
        unit = given["unit"] if given.at_hand else str(proposal.get("unit", ""))
        hint = _("Needed where a return is upheld.") if kind == "return" else _("Leave it empty if the lead stays.")
        options = unit_options(desk.county.pk)
        fields.append(Field("unit", _("New lead unit"), "select", unit, hint, required=False, options=options))
    if kind in {"extension", "coordination"}:
        value = given["deadline"]
        if not given.at_hand and proposal.get("deadline"):
            value = as_entered(datetime.fromisoformat(proposal["deadline"])).replace("T", " ")
        hint = _("The deadline is %(at)s now.") % {"at": minute(found.row.deadline)}
        fields.append(when_field(given.words, _("New deadline"), hint=hint, required=False, value=value))
    if kind == "coordination":
        chosen = given["supports"].split(",") if given.at_hand else [unit.code for unit in found.row.supports]
        options = unit_options(desk.county.pk)[1:]
        hint = _("All of them from now on; hold Ctrl to choose several.")
        fields.append(
            Field("supports", _("Supporting units"), "selects", chosen, hint, required=False, options=options)
        )
    if kind == "appeal" and len(found.questions) == 1:
        fields.append(_outcome(found, given))
    return [*fields, reason_field(given)]


def _outcome(found: ItemPage, given: Given) -> Field:
    """Ask what should have been recorded: empty takes the finding back, and nobody has looked."""
    question = found.questions[0]
    label = _("What should have been recorded")
    if question.kind == "pass_fail":
        options = [("pass", _("it complied")), ("", _("nothing: the finding is withdrawn"))]
        value = given["outcome"] if given.at_hand else "pass"
        return Field("outcome", label, "select", value, options=options, required=False)
    hint: Text | str = question.wanted
    return Field("outcome", label, "text", given["outcome"], hint, required=False)


def _decide(desk: Desk, found: ItemPage, version: int, given: Given) -> str:
    upheld = _yes(given, "upheld")
    reason = text_of(given["reason"], "reason")
    deadline = when_if(given.words, desk.county.pk, timezone.now()) if upheld else None
    if deadline is not None and found.row.request == "extension":
        # The field knows minutes only: what was asked for is granted to its last second.
        deadline = _asked_deadline(found, deadline)
    supports: Sequence[str] | None = None
    if found.row.request == "coordination":
        supports = [code for code in given["supports"].split(",") if code]
    actions.decide(
        found.pk, version=version, by=desk.post, upheld=upheld, reason=reason, unit=given["unit"] if upheld else "",
        deadline=deadline, supports=supports if upheld else None, outcome=given["outcome"] if upheld else "",
    )  # fmt: skip
    return _("Decided; the units have been told.")


def _asked_deadline(found: ItemPage, given: When) -> When:
    asked = next((each.proposal for each in found.requests if each.is_open), {})
    if not asked.get("deadline"):
        return given
    wanted = datetime.fromisoformat(asked["deadline"])
    if abs(wanted - given.deadline) >= timedelta(minutes=1):
        return given
    return When(wanted, given.text or asked.get("words", ""), given.cadence or asked.get("cadence", ""))


# --- deferring ---


@SHOW
@requires(DIRECTORS)
def work_defer(request: HttpRequest, number: str) -> HttpResponse:
    """Defer a hard problem."""
    return form_of(
        request, number, "defer", pgettext("act", "Defer"), _("Defer it"), _defer_fields, _defer,
        _("It leaves the late items and is listed apart; its clock stands. On the day of review it comes back by itself."),
    )  # fmt: skip


def _defer_fields(desk: Desk, found: ItemPage, given: Given) -> list[Field]:
    language = get_language() or "en"
    tomorrow = timezone.localdate() + timedelta(days=1)
    options = [("", _("choose a leader"))]
    options += [
        (str(post.pk), f"{post.person} · {post.title.into(language)}")
        for post in leaders(desk.county.pk, timezone.localdate())
    ]
    return [
        Field("leader", _("Leader who has approved"), "select", given["leader"], options=options),
        Field("until", _("Day of review"), "date", given["until"], least=f"{tomorrow:%Y-%m-%d}"),
        reason_field(given, _("Why it cannot be settled now, and what is done meanwhile")),
    ]


def _defer(desk: Desk, found: ItemPage, version: int, given: Given) -> str:
    try:
        until = date.fromisoformat(given["until"])
    except ValueError:
        raise Wrong("until", _("Enter a date, such as 2026-11-23.")) from None
    leader = int(given["leader"]) if given["leader"].isdecimal() else None
    reason = text_of(given["reason"], "reason")
    actions.defer(found.pk, version=version, by=desk.post, leader=leader, reason=reason, until=until)
    return _("Deferred; it comes back on %(date)s.") % {"date": f"{until:%Y-%m-%d}"}


@SHOW
@requires(DIRECTORS)
def work_resume(request: HttpRequest, number: str) -> HttpResponse:
    """Take a deferred item up again."""
    return form_of(
        request, number, "resume", pgettext("act", "Take up again"), _("Take it up again"),
        lambda _desk, _item, given: [reason_field(given)], _resume, _("Its clock goes on where it stood."),
    )  # fmt: skip


def _resume(desk: Desk, found: ItemPage, version: int, given: Given) -> str:
    actions.resume(found.pk, version=version, by=desk.post, reason=text_of(given["reason"], "reason"))
    return _("Taken up again; its unit has been told.")


# --- supporting units ---


@SHOW
@requires(SUPPORTERS)
def work_contribute(request: HttpRequest, number: str) -> HttpResponse:
    """Add a supporting unit's part."""
    return form_of(
        request, number, "contribute", pgettext("act", "Add your part"), _("Add it"), _part_fields, _contribute,
        _("The lead unit reports when all parts are in, or says why not."), photos=True,
    )  # fmt: skip


def _part_fields(desk: Desk, found: ItemPage, given: Given) -> list[Field]:
    return [
        Field("text", _("What your unit has done"), "textarea", given["text"], rows=4),
        Field(PHOTOS, _("Photos"), "photos", given.photos, required=False),
    ]


def _contribute(desk: Desk, found: ItemPage, version: int, given: Given) -> str:
    text = text_of(given["text"], "text")
    actions.contribute(found.pk, version=version, by=desk.post, text=text, photos=list(given.photos))
    return _("Added; the lead unit has been told.")
