"""The first day of an installation: a county, its campaign office, and the person who begins."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.dispatch import Signal

from qipan.assessment.text import Text
from qipan.ground.audit.journal import Thing, act
from qipan.ground.audit.models import AuditHead
from qipan.ground.units.acting import actor
from qipan.ground.units.errors import RegisterError
from qipan.ground.units.models import County, Person, Post, Role, Unit
from qipan.ground.units.types import seed_unit_types
from qipan.ground.worktime.actions import seed as seed_calendar

OFFICE_CODE, OFFICE_TYPE = "civilization-office", "department"
NAMELESS = "county"
"""The code of a county whose division code was not given."""

county_made = Signal()
"""Sent in the transaction in which a county is made, so that rooms above give it what it begins with.

Arguments: county, and copy_of for a practice county (the real one).
"""


@dataclass(frozen=True, slots=True)
class First:
    """What the first page asks for. English names and the division code may stay empty."""

    county_zh: str
    office_zh: str
    title_zh: str
    username: str
    full_name_zh: str
    password: str
    county_en: str = ""
    county_code: str = ""
    office_en: str = ""
    title_en: str = ""
    full_name_en: str = ""


def nothing_yet() -> bool:
    """Whether no county exists, so that the installation waits to be set up (one statement)."""
    return not County.objects.exists()


def open_installation(first: First, *, at: datetime | None = None) -> Post:
    """Make the county, its campaign office and the first account, all or nothing; the post of the person who begins.

    Raises:
        RegisterError: a county exists already, or a field does not do.
    """
    _look_at(first)
    person = Person(
        username=first.username, full_name_zh=first.full_name_zh, full_name_en=first.full_name_en, welcomed_at=None
    )
    try:
        validate_password(first.password, person)
    except ValidationError as error:
        raise RegisterError(Text("；".join(error.messages), "; ".join(error.messages)), "password") from None
    person.set_password(first.password)
    with transaction.atomic():
        # Two who begin at once wait here for each other; the second then finds a county.
        AuditHead.objects.get_or_create(chain="")
        AuditHead.objects.select_for_update().get(chain="")
        if not nothing_yet():
            raise RegisterError(Text("本系统已经建立", "this installation is set up already"))
        county = County.objects.create(
            code=first.county_code or NAMELESS, name_zh=first.county_zh, name_en=first.county_en
        )
        seed_unit_types(county)
        office = Unit.objects.create(
            county=county, code=OFFICE_CODE, name_zh=first.office_zh, name_en=first.office_en, type=OFFICE_TYPE
        )
        person.save()
        post = Post.objects.create(
            unit=office, person=person, role=Role.OFFICE, title_zh=first.title_zh, title_en=first.title_en
        )
        with act(actor(post), at) as done:
            done.note("setup.open", Thing("county", county.code, county.name_zh), {"office": office.code})
            seed_calendar(county)
            county_made.send(County, county=county)
    return post


def _look_at(first: First) -> None:
    """Say which field does not do, the first one only: the page itself marks the fields that must be filled."""
    if first.county_code and not (len(first.county_code) == 6 and first.county_code.isdecimal()):
        raise RegisterError(
            Text(
                "行政区划代码为6位数字（GB/T 2260），不清楚可留空",
                "a division code has six digits (GB/T 2260); leave it empty if you do not know it",
            ),
            "county_code",
        )
    for field in ("county_zh", "office_zh", "title_zh", "username", "full_name_zh"):
        if not getattr(first, field).strip():
            raise RegisterError(Text("此项必填", "this is needed"), field)
    if Person.objects.filter(username=first.username).exists():
        raise RegisterError(Text("该用户名已有人使用", "this user name is taken"), "username")
