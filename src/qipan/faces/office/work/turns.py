"""The forms by which an item turns aside: suspended, merged into another and taken out again, a request withdrawn."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from qipan.faces.office.access import requires
from qipan.faces.office.work.acts import DIRECTORS, HANDLERS, SHOW
from qipan.faces.office.work.asks import form_of, reason_field
from qipan.faces.office.work.fields import Field, text_of
from qipan.faces.office.work.sending import Given
from qipan.overview.desk import Desk
from qipan.spine.work import actions
from qipan.spine.work.item_page import ItemPage
from qipan.spine.work.merging import proposed


@SHOW
@requires(DIRECTORS)
def work_suspend(request: HttpRequest, number: str) -> HttpResponse:
    """Suspend an item."""
    return form_of(
        request, number, "suspend", pgettext("act", "Suspend"), _("Suspend it"), _why, _suspend,
        _("Its clock stands and it is not late until the office takes it up again; its unit is told."),
    )  # fmt: skip


def _why(_desk: Desk, _found: ItemPage, given: Given) -> list[Field]:
    return [reason_field(given)]


def _suspend(desk: Desk, found: ItemPage, version: int, given: Given) -> str:
    actions.suspend(found.pk, version=version, by=desk.post, reason=text_of(given["reason"], "reason"))
    return _("Suspended; its unit has been told.")


@SHOW
@requires(DIRECTORS)
def work_merge(request: HttpRequest, number: str) -> HttpResponse:
    """Let an item go on as another one."""
    return form_of(
        request, number, "merge", pgettext("act", "Merge into another item"), _("Merge it"), _merge_fields, _merge,
        _(
            "This item ends and goes on as the other; its units help there. What was seen and done here stays readable. The merger can be undone while nothing has happened to either."
        ),
    )  # fmt: skip


def _merge_fields(desk: Desk, found: ItemPage, given: Given) -> list[Field]:
    language = get_language() or "en"
    near = _("; ").join(f"{number} {title.into(language)}" for number, title in proposed(found.pk))
    hint = (
        _("Open nearby: %(items)s") % {"items": near} if near else _("The number of an open item, such as 2026-00042.")
    )
    return [
        Field("into", _("Item that goes on"), "text", given["into"], hint),
        reason_field(given, _("Why they are the same")),
    ]


def _merge(desk: Desk, found: ItemPage, version: int, given: Given) -> str:
    into, reason = given["into"].strip(), text_of(given["reason"], "reason")
    actions.merge(found.pk, version=version, by=desk.post, into=into, reason=reason)
    return _("Merged into %(number)s; the units of both have been told.") % {"number": into}


@SHOW
@requires(DIRECTORS)
def work_unmerge(request: HttpRequest, number: str) -> HttpResponse:
    """Take a merged item out again."""
    return form_of(
        request, number, "unmerge", pgettext("act", "Undo the merger"), _("Undo it"), lambda *_all: [], _unmerge,
        _("It is open again as it was. Its units no longer help with the other item because of it."),
    )  # fmt: skip


def _unmerge(desk: Desk, found: ItemPage, version: int, given: Given) -> str:
    actions.part(found.pk, version=version, by=desk.post)
    return _("The merger is undone; the units of both have been told.")


@SHOW
@requires(HANDLERS)
def work_withdraw(request: HttpRequest, number: str) -> HttpResponse:
    """Take back what the unit asked for."""
    return form_of(
        request, number, "withdraw", pgettext("act", "Withdraw the request"), _("Withdraw it"), _withdraw_fields, _withdraw,
        _(
            "While it is not decided your unit may take back what it asked for. The item goes on as it was; what can be asked only once has been asked."
        ),
        asked=True,
    )  # fmt: skip


def _withdraw_fields(_desk: Desk, _found: ItemPage, given: Given) -> list[Field]:
    return [reason_field(given, required=False)]


def _withdraw(desk: Desk, found: ItemPage, version: int, given: Given) -> str:
    reason = text_of(given["reason"], "reason", required=False)
    actions.withdraw(found.pk, version=version, by=desk.post, reason=reason)
    return _("Withdrawn; whoever had to answer has been told.")
