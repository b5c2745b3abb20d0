"""Types of units are data: what a county starts with, and what its office adds."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.db.models import Max

from qipan.assessment.text import Text
from qipan.ground.audit.journal import Thing, act
from qipan.ground.units.acting import actor
from qipan.ground.units.changes import differences, stale
from qipan.ground.units.errors import RegisterError
from qipan.ground.units.models import County, Post, Unit, UnitType
from qipan.ground.units.permissions import MANAGE_UNITS

#: What counties usually have: code, Chinese, English, whether it answers for an area. Packs and examples use these.
USUAL: tuple[tuple[str, str, str, bool], ...] = (
    ("headquarters", "指挥部", "Headquarters", False),
    ("department", "部门", "Department", False),
    ("party_department", "党委部门", "Party department", False),
    ("government_department", "政府部门", "Government department", False),
    ("vertical_agency", "垂直管理单位", "Vertically managed agency", False),
    ("judicial_body", "司法机关", "Judicial body", False),
    ("mass_organization", "群团组织", "Mass organization", False),
    ("organization", "社会组织", "Organization", False),
    ("public_institution", "事业单位", "Public institution", False),
    ("institution", "其他机构", "Institution", False),
    ("enterprise", "企业", "Enterprise", False),
    ("county", "县", "County", True),
    ("town", "镇", "Town", True),
    ("township", "乡", "Township", True),
    ("subdistrict", "街道", "Subdistrict", True),
    ("statistical_unit", "统计单位", "Statistical unit", True),
    ("community", "社区", "Community", True),
    ("neighbourhood_committee", "居民委员会", "Neighbourhood committee", True),
    ("village", "行政村", "Village", True),
    ("village_committee", "村民委员会", "Village committee", True),
)
GRASSROOTS = frozenset({"community", "neighbourhood_committee", "village", "village_committee"})
"""The usual types that have few powers and means of their own."""
WORDS: Mapping[str, tuple[str, ...]] = {
    "town": ("建制镇",), "township": ("民族乡",), "subdistrict": ("街道办", "街道办事处"), "village": ("村",),
    "neighbourhood_committee": ("居委会", "居民委员会（社区）"), "village_committee": ("村委会",),
    "department": ("县直部门", "县直单位", "局"), "government_department": ("政府组成部门", "政府工作部门"),
    "party_department": ("党委工作部门", "党群部门"), "public_institution": ("事业", "直属事业单位"),
    "mass_organization": ("群团", "人民团体"), "enterprise": ("国企", "公司", "国有企业"),
    "vertical_agency": ("驻县单位", "垂管单位", "省市驻县单位"),
}  # fmt: skip
"""Other words that lists use for a type."""


@dataclass(frozen=True, slots=True)
class TypeRow:
    """A type with how many units are of it; `pk` is 0 and `version` 0 for one that is not kept in the county yet."""

    pk: int
    code: str
    name: Text
    is_territorial: bool
    position: int
    version: int
    units: int = 0
    is_grassroots: bool = False


def seed_unit_types(county: County) -> int:
    """Give a county the usual types, and those that its units have already; what is there stays. Return how many."""
    known = set(UnitType.objects.filter(county=county).values_list("code", flat=True))
    if known:
        return 0
    used = set(Unit.objects.filter(county=county).values_list("type", flat=True))
    usual = {code for code, *_ in USUAL}
    rows = [
        UnitType(
            county=county,
            code=code,
            name_zh=zh,
            name_en=en,
            is_territorial=territorial,
            position=place * 10,
            is_grassroots=code in GRASSROOTS,
        )
        for place, (code, zh, en, territorial) in enumerate(USUAL, 1)
    ]
    rows += [
        UnitType(county=county, code=code, name_zh=code[:40], name_en=_title(code)[:60], position=(len(USUAL) + n) * 10)
        for n, code in enumerate(sorted(used - usual), 1)
    ]
    UnitType.objects.bulk_create(rows)
    return len(rows)


def begin_unit_types(*, by: Post) -> int:
    """Keep the usual types in the county of a post, so that each can be renamed and ordered.

    Raises:
        PermissionDenied: the post may not.
    """
    county = by.unit.county
    _may(by, county)
    with act(actor(by)) as done:
        count = seed_unit_types(county)
        if count:
            done.note("units.begin_types", Thing("county", str(county.pk), county.name_zh), {"types": count})
    return count


def _title(code: str) -> str:
    return code.replace("_", " ").capitalize()


def unit_types(county_id: int) -> list[TypeRow]:
    """Return the types of a county in its order, with those that a unit has though nobody entered them.

    Before anything is kept, the usual ones are returned (two statements).
    """
    counts: dict[str, int] = {}
    for code in Unit.objects.filter(county_id=county_id).values_list("type", flat=True):
        counts[code] = counts.get(code, 0) + 1
    rows = [
        TypeRow(
            row.pk,
            row.code,
            row.name,
            row.is_territorial,
            row.position,
            row.version,
            counts.get(row.code, 0),
            row.is_grassroots,
        )
        for row in UnitType.objects.filter(county_id=county_id)
    ]
    if not rows:
        rows = [
            TypeRow(0, code, Text(zh, en), territorial, place * 10, 0, counts.get(code, 0), code in GRASSROOTS)
            for place, (code, zh, en, territorial) in enumerate(USUAL, 1)
        ]
    known = {row.code for row in rows}
    last = max((row.position for row in rows), default=0)
    for code in sorted(set(counts) - known):
        rows.append(TypeRow(0, code, Text(code, _title(code)), False, last + 10, 0, counts[code]))
    return rows


def grassroots_types(county_id: int) -> frozenset[str]:
    """Return the types of a county's villages and communities (one statement)."""
    rows = list(UnitType.objects.filter(county_id=county_id).values_list("code", "is_grassroots"))
    return frozenset(code for code, lowest in rows if lowest) if rows else GRASSROOTS


class TypeTitles(dict[str, Text]):
    """Titles of types by code; a word that nobody entered is its own title."""

    def __missing__(self, code: str) -> Text:
        return Text(code, _title(code))


def type_titles(county_id: int) -> TypeTitles:
    """Return the titles of a county's types in its order (one statement)."""
    rows = UnitType.objects.filter(county_id=county_id)
    kept = TypeTitles((code, Text(zh, en)) for code, zh, en in rows.values_list("code", "name_zh", "name_en"))
    return kept or TypeTitles((code, Text(zh, en)) for code, zh, en, _territorial in USUAL)


def add_unit_type(
    county: County, name: Text, *, is_territorial: bool, by: Post, code: str = "", is_grassroots: bool = False
) -> UnitType:  # fmt: skip
    """Add a type of units: units of it can then be made, given tasks and scored.

    Raises:
        PermissionDenied: the post may not.
        RegisterError: there is no Chinese name, or a type of this name or code is there.
    """
    _may(by, county)
    name = _named(name)
    with act(actor(by)) as done:
        seed_unit_types(county)
        _free(county, name, code)
        last = UnitType.objects.filter(county=county).aggregate(last=Max("position"))["last"] or 0
        made = UnitType.objects.create(
            county=county, code=code or _code(county, name), name_zh=name.zh, name_en=name.en,
            is_territorial=is_territorial, is_grassroots=is_grassroots, position=last + 10,
        )  # fmt: skip
        details = {"code": made.code, "version": 1, "changes": differences({}, _values(made))}
        done.note("units.add_type", Thing("unit_type", str(made.pk), name.zh), details)
    return made


def rename_unit_type(
    pk: int, name: Text, *, is_territorial: bool, version: int, by: Post, is_grassroots: bool | None = None
) -> UnitType:  # fmt: skip
    """Give a type another name; its code, and with it its units, stay.

    Raises:
        PermissionDenied: the post may not.
        RegisterError: the name is missing or taken; `Stale` where somebody was faster.
    """
    county = by.unit.county
    _may(by, county)
    name = _named(name)
    with act(actor(by)) as done:
        kept = UnitType.objects.filter(county=county, pk=pk).first()
        if kept is None:
            raise RegisterError(Text("没有这个类型", "there is no such type"))
        was = _values(kept)
        _free(county, name, "", besides=pk)
        lowest = kept.is_grassroots if is_grassroots is None else is_grassroots
        now = {"name_zh": name.zh, "name_en": name.en, "is_territorial": is_territorial, "is_grassroots": lowest}
        changed = differences(was, now)
        if not UnitType.objects.filter(pk=pk, version=version).update(**now, version=version + 1):
            raise stale(county.code, "unit_type", pk, version, kept.version)
        done.note(
            "units.rename_type", Thing("unit_type", str(pk), name.zh), {"version": version + 1, "changes": changed}
        )
        kept.refresh_from_db()
    return kept


def order_unit_types(order: Sequence[int], *, by: Post) -> None:
    """Put the types of the post's county into an order; those not named follow as they were.

    Raises:
        PermissionDenied: the post may not.
    """
    county = by.unit.county
    _may(by, county)
    with act(actor(by)) as done:
        rows = {row.pk: row for row in UnitType.objects.filter(county=county)}
        wanted = [pk for pk in dict.fromkeys(order) if pk in rows]
        for place, pk in enumerate([*wanted, *(pk for pk in rows if pk not in set(wanted))], 1):
            rows[pk].position = place * 10
        UnitType.objects.bulk_update(rows.values(), ["position"])
        done.note("units.order_types", Thing("county", str(county.pk), county.name_zh))


def drop_unit_type(pk: int, *, by: Post) -> None:
    """Remove a type that no unit has.

    Raises:
        PermissionDenied: the post may not.
        RegisterError: units have it, or had it.
    """
    county = by.unit.county
    _may(by, county)
    with act(actor(by)) as done:
        kept = UnitType.objects.filter(county=county, pk=pk).first()
        if kept is None:
            return
        count = Unit.objects.filter(county=county, type=kept.code).count()
        if count:
            raise RegisterError(
                Text(f"还有 {count} 个单位属于“{kept.name_zh}”，不能删除；可以改名", f"{count} units are of this type, so it stays; it can be renamed")
            )  # fmt: skip
        done.note("units.drop_type", Thing("unit_type", str(pk), kept.name_zh), {"code": kept.code})
        kept.delete()


def type_by_word(rows: Sequence[TypeRow]) -> dict[str, str]:
    """Return every word that names a type -> its code: code, both names, and what lists usually say."""
    found: dict[str, str] = {}
    for row in rows:
        for word in (row.code, row.name.zh, row.name.en, *WORDS.get(row.code, ())):
            if word:
                found.setdefault(folded(word), row.code)
    return found


def folded(word: str) -> str:
    """Return a word as it is compared: width, case and spaces do not count, nor what stands in brackets' shape."""
    text = unicodedata.normalize("NFKC", word).casefold()
    return re.sub(r"[\s·•\-_]+", "", text)


def _values(row: UnitType) -> dict[str, object]:
    return {
        "name_zh": row.name_zh,
        "name_en": row.name_en,
        "is_territorial": row.is_territorial,
        "is_grassroots": row.is_grassroots,
    }


def _named(name: Text) -> Text:
    zh, en = name.zh.strip(), name.en.strip()
    if not zh:
        raise RegisterError(
            Text("请填写中文名称，例如“党群服务中心”", "give the Chinese name, such as 党群服务中心"), "name_zh"
        )
    if len(zh) > 40 or len(en) > 60:
        raise RegisterError(
            Text("名称过长：中文最多 40 字，英文最多 60 个字符", "too long: 40 characters in Chinese, 60 in English"),
            "name_zh",
        )
    return Text(zh, en)


def _free(county: County, name: Text, code: str, besides: int = 0) -> None:
    others = UnitType.objects.filter(county=county).exclude(pk=besides)
    if others.filter(name_zh=name.zh).exists():
        raise RegisterError(Text(f"已有类型“{name.zh}”", f"there is a type {name.zh} already"), "name_zh")
    if code and others.filter(code=code).exists():
        raise RegisterError(Text(f"代码“{code}”已使用", f"the code {code} is in use"), "code")


def _code(county: County, name: Text) -> str:
    """Return a free code: from the English name, else numbered."""
    base = re.sub(r"[^a-z0-9]+", "_", unicodedata.normalize("NFKD", name.en).casefold()).strip("_")[:32] or "type"
    taken = set(UnitType.objects.filter(county=county).values_list("code", flat=True))
    taken |= set(Unit.objects.filter(county=county).values_list("type", flat=True))
    number = 1
    code = base if base != "type" else "type_1"
    while code in taken:
        number += 1
        code = f"{base}_{number}"
    return code


def _may(by: Post, county: County) -> None:
    if not MANAGE_UNITS.allows(by, county):
        raise PermissionDenied
