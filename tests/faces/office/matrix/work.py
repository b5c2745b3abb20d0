"""Rows of the pages in `qipan.faces.office.work`."""

from qipan.ground.units.models import Role
from tests.faces.office.matrix.row import OFFICE, SIGNED_IN, Row

HANDLERS = frozenset({Role.HEAD, Role.LIAISON})
EYES = frozenset({Role.OFFICE, Role.INSPECTOR, Role.LEADER})
HEADS = frozenset({Role.HEAD})
LEADER = frozenset({Role.LEADER})
ITEM = ("2026-00001",)

MATRIX: dict[str, Row] = {
    "work_list": Row(SIGNED_IN),
    "draft_keep": Row(SIGNED_IN, "post", data={"draft": "work.report:1", "text": "words"}, answers=302),
    "rates": Row(SIGNED_IN),
    "ladder": Row(EYES),
    "ladder_decide": Row(OFFICE, "post", answers=422),
    "ladder_days": Row(OFFICE),
    "slip": Row(SIGNED_IN, args=(1,), answers=404, bound=True),
    "task_new": Row(OFFICE | LEADER),
    "work_paste": Row(OFFICE),
    "own_new": Row(HANDLERS),
    "work_own_date": Row(HANDLERS, args=ITEM, answers=404, bound=True),
    "basis": Row(SIGNED_IN),
    "basis_document": Row(SIGNED_IN, args=(1,), answers=404),
    "work_cite": Row(OFFICE, "post", args=ITEM, answers=404),
    "work_settings": Row(OFFICE),
    "when": Row(SIGNED_IN),
    "when_words": Row(SIGNED_IN),
    "work_decompose": Row(OFFICE),
    "work_classes": Row(SIGNED_IN),
    "work_classes_seed": Row(OFFICE, "post", answers=302),
    "work_classes_table": Row(SIGNED_IN),
    "work_classes_import": Row(OFFICE),
    "work_class_new": Row(OFFICE),
    "work_class": Row(SIGNED_IN, args=("06010",), answers=404),
    "work_class_item": Row(OFFICE, "post", args=("06010",), answers=404),
    "work_unit_sheet": Row(SIGNED_IN, args=("office",)),
    "work_item": Row(SIGNED_IN, args=ITEM, answers=404, bound=True),
    "work_accept": Row(HANDLERS, "post", args=ITEM, answers=404, bound=True),
    "work_report": Row(HANDLERS, args=ITEM, answers=404, bound=True),
    "work_recheck": Row(EYES, args=ITEM, answers=404),
    "work_reassign": Row(OFFICE, args=ITEM, answers=404),
    "work_deadline": Row(OFFICE, args=ITEM, answers=404),
    "work_cancel": Row(OFFICE, args=ITEM, answers=404),
    "work_reopen": Row(OFFICE, args=ITEM, answers=404),
    "work_instruct": Row(LEADER, args=ITEM, answers=404),
    "work_note": Row(SIGNED_IN, args=ITEM, answers=404, bound=True),
    "work_list_share": Row(SIGNED_IN),
    "work_share": Row(SIGNED_IN, args=ITEM, answers=404, bound=True),
    "work_link": Row(frozenset({Role.OFFICE, Role.INSPECTOR}), args=ITEM, answers=404, finder=True),
    "work_link_withdraw": Row(frozenset({Role.OFFICE, Role.INSPECTOR}), "post", args=ITEM, answers=404, finder=True),
    "work_behalf": Row(OFFICE, args=ITEM, answers=404),
    "work_requests": Row(SIGNED_IN),
    "work_return": Row(HANDLERS, args=ITEM, answers=404, bound=True),
    "work_extend": Row(HANDLERS, args=ITEM, answers=404, bound=True),
    "work_coordinate": Row(HANDLERS, args=ITEM, answers=404, bound=True),
    "work_appeal": Row(HANDLERS, args=ITEM, answers=404, bound=True),
    "work_contribute": Row(HANDLERS, args=ITEM, answers=404, bound=True),
    "work_consent": Row(HEADS, args=ITEM, answers=404, bound=True),
    "work_decide": Row(EYES, args=ITEM, answers=404),
    "work_defer": Row(OFFICE, args=ITEM, answers=404),
    "work_resume": Row(OFFICE, args=ITEM, answers=404),
    "work_suspend": Row(OFFICE, args=ITEM, answers=404),
    "work_merge": Row(OFFICE, args=ITEM, answers=404),
    "work_unmerge": Row(OFFICE, args=ITEM, answers=404),
    "work_withdraw": Row(HANDLERS, args=ITEM, answers=404, bound=True),
}
