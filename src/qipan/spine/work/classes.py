"""The table of classes of a county: filled from the pack, edited by the office.

What the office has edited is never overwritten. A limit is copied into an order when it is issued, so that a changed
limit touches only orders that are issued later.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.db.models import F

from qipan.assessment.text import Text
from qipan.ground.audit.journal import Thing, act
from qipan.ground.units.acting import actor
from qipan.ground.units.models import County, Post
from qipan.ground.units.permissions import MANAGE_CLASSES
from qipan.ground.worktime.clock import LONGEST, UNITS, Limit
from qipan.spine.work.class_pack import PackClass, shipped_classes
from qipan.spine.work.models import ItemClass, WorkClass

GENERAL, DANGER, DOCUMENT = "GEN", "SAFE", "DOC"
LOCAL = "local"

_LENGTHS = {"code": 20, "group": 20, "name_zh": 80, "name_en": 120, "opens_zh": 300, "opens_en": 300,
            "closes_zh": 300, "closes_en": 300, "source": 300, "function": 40}  # fmt: skip
WORDS: dict[str, Text] = {
    "code": Text("小类代码", "code"),
    "group": Text("大类", "group"),
    "name_zh": Text("中文名称", "Chinese name"),
    "name_en": Text("英文名称", "English name"),
    "opens_zh": Text("立案条件", "when a case is opened"),
    "opens_en": Text("立案条件（英文）", "when a case is opened (English)"),
    "closes_zh": Text("结案条件", "when a case may be closed"),
    "closes_en": Text("结案条件（英文）", "when a case may be closed (English)"),
    "limit": Text("处置时限", "limit"),
    "limit_unit": Text("时限单位", "unit of the limit"),
    "source": Text("依据", "source"),
    "function": Text("责任职能", "function"),
    "is_active": Text("启用", "in use"),
    "work_class": Text("类别", "class"),
}


class ClassError(ValueError):
    """A class that cannot be kept as it was entered; nothing was changed. `field` names the entry of the form."""

    def __init__(self, words: Text, field: str = "") -> None:
        super().__init__(words.en)
        self.words = words
        self.field = field


class StaleClass(ClassError):
    """Someone else has changed the class since it was read; `now` is what it says now."""

    def __init__(self, now: WorkClass) -> None:
        super().__init__(
            Text(
                "其他人已修改这一类别，您的修改尚未保存", "someone else has changed this class; yours is not saved yet"
            )
        )
        self.now = now


@dataclass(frozen=True, slots=True)
class ClassEntry:
    """A class as it is entered."""

    name_zh: str
    limit: int
    limit_unit: str
    name_en: str = ""
    group: str = LOCAL
    opens_zh: str = ""
    opens_en: str = ""
    closes_zh: str = ""
    closes_en: str = ""
    source: str = ""
    function: str = ""
    is_active: bool = True

    def fields(self) -> dict[str, str | int | bool]:
        """Return the values as columns."""
        return {name: getattr(self, name) for name in self.__dataclass_fields__}

    def limit_value(self) -> Limit:
        """Return the limit with its unit."""
        return Limit(self.limit, self.limit_unit)


def entry_of(one: WorkClass) -> ClassEntry:
    """Return a class as it would be entered."""
    return ClassEntry(**{name: getattr(one, name) for name in ClassEntry.__dataclass_fields__})


def seed_classes(county: County, *, by: Post | None = None) -> int:
    """Fill a county's table from the pack; what is there already stays as it is.

    Args:
        county: whose table.
        by: who asks; None for the program itself.

    Returns:
        How many classes were added.
    """
    if by is not None and not MANAGE_CLASSES.allows(by, county):
        raise PermissionDenied
    pack = shipped_classes()
    with act(actor(by, county)) as going:
        known = set(WorkClass.objects.filter(county=county).values_list("code", flat=True))
        new = [_from_pack(county, one) for one in pack.classes.values() if one.code not in known]
        WorkClass.objects.bulk_create(new, batch_size=200)
        codes = dict(WorkClass.objects.filter(county=county).values_list("code", "pk"))
        mapped = set(ItemClass.objects.filter(county=county).values_list("item", flat=True))
        items = [
            ItemClass(county=county, item=item, work_class_id=codes[code])
            for item, code in pack.items.items()
            if item not in mapped
        ]
        ItemClass.objects.bulk_create(items, batch_size=200)
        if new or items:
            going.note("classes.seed", Thing("work_classes", county.code), {"classes": len(new), "items": len(items)})
    return len(new)


def _from_pack(county: County, one: PackClass) -> WorkClass:
    return WorkClass(
        county=county,
        code=one.code,
        group=one.group,
        name_zh=one.title.zh,
        name_en=one.title.en,
        opens_zh=one.opens.zh,
        opens_en=one.opens.en,
        closes_zh=one.closes.zh,
        closes_en=one.closes.en,
        limit=one.limit.amount,
        limit_unit=one.limit.unit,
        basis=WorkClass.Basis.SAMPLE,
        source=one.basis.words.zh if one.basis.kind == "source" else "",
        function=one.function,
    )


def edit_class(one: WorkClass, entry: ClassEntry, *, version: int, by: Post) -> WorkClass:
    """Change a class; its limit then counts as the office's own. Orders that are open keep the limit they have.

    Raises:
        PermissionDenied: the post may not.
        ClassError: what was entered cannot be.
        StaleClass: the class has another version by now.
    """
    if not MANAGE_CLASSES.allows(by, one.county):
        raise PermissionDenied
    entry = checked(entry, one.code)
    with act(actor(by)) as going:
        now = WorkClass.objects.select_for_update().get(pk=one.pk)
        was, wanted = entry_of(now).fields(), entry.fields()
        changes = {name: [_said(was[name]), _said(value)] for name, value in wanted.items() if was[name] != value}
        if now.version != version:
            raise StaleClass(now)
        if not changes:
            return now
        if {"limit", "limit_unit", "source"} & changes.keys():
            # Only who changes the limit answers for it: a corrected name leaves a sample a sample.
            wanted["basis"] = WorkClass.Basis.OFFICE
        changed = WorkClass.objects.filter(pk=one.pk, version=version)
        if not changed.update(**wanted, version=F("version") + 1):
            raise StaleClass(WorkClass.objects.get(pk=one.pk))
        going.note(
            "classes.edit",
            Thing("work_class", str(one.pk), f"{one.code} {entry.name_zh}"),
            {"version": version + 1, "changes": changes},
        )
    return WorkClass.objects.get(pk=one.pk)


def add_class(county: County, code: str, entry: ClassEntry, *, by: Post) -> WorkClass:
    """Add a class of the county's own.

    Raises:
        PermissionDenied: the post may not.
        ClassError: what was entered cannot be, or the code is taken.
    """
    if not MANAGE_CLASSES.allows(by, county):
        raise PermissionDenied
    code = code.strip()
    if not code or len(code) > _LENGTHS["code"] or any(character.isspace() or character in "/:" for character in code):
        raise ClassError(
            Text(
                "代码须为1—20个字符，不含空格、斜线和冒号",
                "a code has 1 to 20 characters, no spaces, slashes or colons",
            ),
            "code",
        )
    entry = checked(entry, code)
    with act(actor(by)) as going:
        if WorkClass.objects.filter(county=county, code=code).exists():
            raise ClassError(Text(f"代码“{code}”已有类别", f"there is a class {code!r} already"), "code")
        made = WorkClass.objects.create(county=county, code=code, basis=WorkClass.Basis.OFFICE, **entry.fields())
        going.note(
            "classes.add",
            Thing("work_class", str(made.pk), f"{code} {entry.name_zh}"),
            {"version": 1, "limit": entry.limit, "unit": entry.limit_unit},
        )
    return made


def set_item_class(county: County, item: str, code: str, *, by: Post) -> None:
    """Say to which class a checklist item belongs; an empty code takes the saying back.

    Raises:
        PermissionDenied: the post may not.
        ClassError: there is no such class.
    """
    if not MANAGE_CLASSES.allows(by, county):
        raise PermissionDenied
    item = item.strip()
    if not item or len(item) > 80:
        raise ClassError(Text("请填写检查项", "name the item of a checklist"), "item")
    with act(actor(by)) as going:
        standing = ItemClass.objects.filter(county=county, item=item).select_related("work_class").first()
        was = standing.work_class.code if standing else ""
        if was == code:
            return
        if code:
            found = WorkClass.objects.filter(county=county, code=code).first()
            if found is None:
                raise ClassError(Text(f"没有类别“{code}”", f"there is no class {code!r}"), "work_class")
            ItemClass.objects.update_or_create(county=county, item=item, defaults={"work_class": found})
        elif standing is not None:
            standing.delete()
        going.note("classes.item", Thing("item", item), {"changes": {"work_class": [was, code]}})


def class_for(county_id: int, item: str, *, safety: bool = False, document: bool = False) -> WorkClass | None:
    """Return the class of a failed item: its own, else danger, documents or general; None in a county without a table."""
    own = (
        ItemClass.objects.filter(county_id=county_id, item=item, work_class__is_active=True)
        .select_related("work_class")
        .first()
    )
    if own is not None:
        return own.work_class
    usual = DANGER if safety else DOCUMENT if document else GENERAL
    return WorkClass.objects.filter(county_id=county_id, code=usual, is_active=True).first()


def limit_of(work_class: WorkClass) -> Limit:
    """Return how long a class may take."""
    return Limit(work_class.limit, work_class.limit_unit)


def checked(entry: ClassEntry, code: str) -> ClassEntry:
    """Return an entry with its words trimmed.

    Raises:
        ClassError: it cannot be kept.
    """
    values = {
        name: " ".join(value.split()) if isinstance(value, str) else value for name, value in entry.fields().items()
    }
    for name, longest in _LENGTHS.items():
        value = values.get(name, "")
        if isinstance(value, str) and len(value) > longest:
            words = WORDS[name]
            raise ClassError(
                Text(
                    f"“{words.zh}”最多{longest}个字，现有{len(value)}个",
                    f"{words.en} has {len(value)} characters; the most is {longest}",
                ),
                name,
            )
    checked = ClassEntry(**values)  # type: ignore[arg-type]
    if not checked.name_zh:
        raise ClassError(Text("请填写中文名称", "the Chinese name is missing"), "name_zh")
    if not 1 <= checked.limit <= LONGEST:
        raise ClassError(Text(f"处置时限应在1至{LONGEST}之间", f"a limit lies between 1 and {LONGEST}"), "limit")
    if checked.limit_unit not in UNITS:
        raise ClassError(Text("请选择时限单位", "choose the unit of the limit"), "limit_unit")
    if code in (GENERAL, DANGER, DOCUMENT) and not checked.is_active:
        raise ClassError(
            Text("这一类别用于未归类的问题，不能停用", "what has no class of its own goes here; it stays in use"),
            "is_active",
        )
    return checked


def _said(value: object) -> str:
    return str(value)
