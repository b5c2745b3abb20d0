"""The addresses of these pages. Each must be named in the rights matrix (tests/faces/office/matrix/work.py)."""

from __future__ import annotations

from django.urls import URLPattern, path, register_converter

from qipan.faces.office.setup.versions import work_versions
from qipan.faces.office.work import (
    acts,
    asks,
    basis,
    classes,
    decompose,
    drafts,
    handing,
    item,
    ladder,
    listing,
    office_files,
    office_lists,
    own,
    paste,
    rates,
    requests,
    rules,
    share,
    task_form,
    turns,
    whens,
)


class WorkNumber:
    """The number of a work item, 2026-00042, so that no other address of these pages is taken for one."""

    regex = r"\d{4}-\d{5,9}"

    def to_python(self, value: str) -> str:
        """Return the number as it stands."""
        return value

    def to_url(self, value: str) -> str:
        """Return the number as it stands."""
        return value


register_converter(WorkNumber, "work_number")

urlpatterns: list[URLPattern] = [
    path("", listing.work_list, name="work_list"),
    path("share/", share.work_list_share, name="work_list_share"),
    path("drafts/", drafts.draft_keep, name="draft_keep"),
    path("rates/", rates.work_rates, name="rates"),
    path("ladder/", ladder.work_ladder, name="ladder"),
    path("ladder/decide/", ladder.work_ladder_decide, name="ladder_decide"),
    path("ladder/days/", ladder.work_ladder_days, name="ladder_days"),
    path("ladder/slips/<int:pk>/", ladder.work_slip, name="slip"),
    path("tasks/new/", task_form.task_new, name="task_new"),
    path("paste/", paste.work_paste, name="work_paste"),
    path("own/new/", own.own_new, name="own_new"),
    path("<work_number:number>/own-date/", own.work_own_date, name="work_own_date"),
    path("basis/", basis.basis, name="basis"),
    path("basis/<int:pk>/", basis.basis_document, name="basis_document"),
    path("<work_number:number>/cite/", basis.work_cite, name="work_cite"),
    path("settings/", rules.work_settings, name="work_settings"),
    path("when/", whens.when_preview, name="when"),
    path("when/words/", whens.when_words, name="when_words"),
    path("decompose/", decompose.work_decompose, name="work_decompose"),
    path("classes/", classes.work_classes, name="work_classes"),
    path("classes/seed/", classes.work_classes_seed, name="work_classes_seed"),
    path("classes/table/", classes.work_classes_table, name="work_classes_table"),
    path("classes/import/", classes.work_classes_import, name="work_classes_import"),
    path("classes/new/", classes.work_class_new, name="work_class_new"),
    path("classes/<str:code>/", classes.work_class, name="work_class"),
    path("classes/<str:code>/item/", classes.work_class_item, name="work_class_item"),
    path("units/<str:code>/", office_lists.work_unit_sheet, name="work_unit_sheet"),
    path("files/", office_files.work_files, name="work_files"),
    path("files/new/", office_files.work_file_new, name="work_file_new"),
    path("files/<int:pk>/", office_files.work_file, name="work_file"),
    path("files/<int:pk>/progress/", office_files.work_file_progress, name="work_file_progress"),
    path("files/<int:pk>/settle/", office_files.work_file_settle, name="work_file_settle"),
    path("files/<int:pk>/confirm/", office_files.work_file_confirm, name="work_file_confirm"),
    path("files/<int:pk>/discard/", office_files.work_file_discard, name="work_file_discard"),
    path("files/<int:pk>/undo/", office_files.work_file_undo, name="work_file_undo"),
    path("files/<int:pk>/rows/", office_files.work_file_rows, name="work_file_rows"),
    path("files/<int:pk>/file/", office_files.work_file_original, name="work_file_original"),
    path("requests/", requests.work_requests, name="work_requests"),
    path("<work_number:number>/", item.work_item, name="work_item"),
    path("<work_number:number>/versions/", work_versions, name="work_versions"),
    path("<work_number:number>/accept/", acts.work_accept, name="work_accept"),
    path("<work_number:number>/report/", acts.work_report, name="work_report"),
    path("<work_number:number>/recheck/", acts.work_recheck, name="work_recheck"),
    path("<work_number:number>/reassign/", acts.work_reassign, name="work_reassign"),
    path("<work_number:number>/deadline/", acts.work_deadline, name="work_deadline"),
    path("<work_number:number>/cancel/", acts.work_cancel, name="work_cancel"),
    path("<work_number:number>/reopen/", acts.work_reopen, name="work_reopen"),
    path("<work_number:number>/instruct/", acts.work_instruct, name="work_instruct"),
    path("<work_number:number>/note/", acts.work_note, name="work_note"),
    path("<work_number:number>/share/", share.work_share, name="work_share"),
    path("<work_number:number>/link/", handing.work_link, name="work_link"),
    path("<work_number:number>/link/withdraw/", handing.work_link_withdraw, name="work_link_withdraw"),
    path("<work_number:number>/behalf/", handing.work_behalf, name="work_behalf"),
    path("<work_number:number>/return/", asks.work_return, name="work_return"),
    path("<work_number:number>/extend/", asks.work_extend, name="work_extend"),
    path("<work_number:number>/coordinate/", asks.work_coordinate, name="work_coordinate"),
    path("<work_number:number>/appeal/", asks.work_appeal, name="work_appeal"),
    path("<work_number:number>/consent/", asks.work_consent, name="work_consent"),
    path("<work_number:number>/decide/", asks.work_decide, name="work_decide"),
    path("<work_number:number>/defer/", asks.work_defer, name="work_defer"),
    path("<work_number:number>/resume/", asks.work_resume, name="work_resume"),
    path("<work_number:number>/withdraw/", turns.work_withdraw, name="work_withdraw"),
    path("<work_number:number>/suspend/", turns.work_suspend, name="work_suspend"),
    path("<work_number:number>/merge/", turns.work_merge, name="work_merge"),
    path("<work_number:number>/unmerge/", turns.work_unmerge, name="work_unmerge"),
    path("<work_number:number>/contribute/", asks.work_contribute, name="work_contribute"),
]
