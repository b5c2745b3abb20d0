"""Rows of the pages in `qipan.faces.public`: what is reached by a secret address. These addresses name no link."""

from uuid import UUID

from tests.faces.office.matrix.row import BY_LINK, Row

NOBODYS = "A" * 27

MATRIX: dict[str, Row] = {
    "link": Row(BY_LINK, args=(NOBODYS,), answers=404),
    "feed": Row(BY_LINK, args=(NOBODYS,), answers=404),
    "link_accept": Row(BY_LINK, "post", args=(NOBODYS,), answers=404),
    "link_report": Row(BY_LINK, "post", args=(NOBODYS,), answers=404),
    "link_photo": Row(BY_LINK, args=(NOBODYS, UUID(int=1), "shown"), answers=404),
}
