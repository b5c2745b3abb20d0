"""What can happen to people and posts: someone joins, takes a post, changes it, leaves it, gets or loses access."""

from __future__ import annotations

import re
import secrets
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import F, Q
from django.utils import timezone

from qipan.assessment.text import Text
from qipan.ground.audit.journal import Act, Thing, act
from qipan.ground.units.acting import actor
from qipan.ground.units.approvals import ask, waits
from qipan.ground.units.changes import differences, stale
from qipan.ground.units.errors import RegisterError
from qipan.ground.units.models import County, Person, Post, PostRequest, Role, Unit
from qipan.ground.units.permissions import ADMINISTRATORS, MANAGE_PEOPLE
from qipan.ground.units.queries import held
from qipan.ground.units.registry import check_days
from qipan.ground.units.standing_in import end_stand_ins

GUARDED = ADMINISTRATORS | {Role.OFFICE}
"""Roles that are kept apart, and that only the security administrator gives once there is one."""
_NAME = re.compile(r"[\w.@+\-]+")
_PHONE = re.compile(r"\+?[0-9][0-9\-\s]{4,24}[0-9]")
#: Signs of a one-time password that nobody mistakes for another.
_SIGNS = "abcdefghjkmnpqrstuvwxyz23456789"


@dataclass(frozen=True, slots=True)
class PersonEntry:
    """A person as entered; an empty user name asks for a proposal."""

    name: Text
    phone: str = ""
    username: str = ""


@dataclass(frozen=True, slots=True)
class PostEntry:
    """A post as entered."""

    unit: int
    role: str
    title: Text
    valid_from: date | None = None
    valid_to: date | None = None


@dataclass(frozen=True, slots=True)
class Slip:
    """What a person is handed once: a user name and a password for the first sign-in. It is kept nowhere."""

    person: int
    name: Text
    username: str
    password: str
    posts: tuple[tuple[Text, Text], ...]
    """Unit and title of each post."""


def add_person(person: PersonEntry, post: PostEntry, *, by: Post) -> Person:
    """Add a person with a first post. Nobody can sign in as them before a slip is made.

    Raises:
        PermissionDenied: the post may not.
        RegisterError: what is entered cannot be.
    """
    county = by.unit.county
    _may(by, county)
    with act(actor(by)) as done:
        keep_apart(None, post, by)
        made = write_person(person, post, county, done)
        give_post(made, post, county, done, by=by)
    return made


def write_person(entry: PersonEntry, post: PostEntry, county: County, done: Act) -> Person:
    """Write a person and note it; personal fields enter the journal as digests."""
    name, phone = check_person(entry)
    unit = _unit(county, post.unit)
    username = entry.username.strip() or propose_username(unit.code, post.role)
    _free_username(username)
    made = Person(username=username, full_name_zh=name.zh, full_name_en=name.en, phone=phone, must_change_password=True)
    made.set_unusable_password()
    made.save()
    done.note(
        "people.add", Thing("person", str(made.pk), username), {"version": 1},
        personal={"full_name_zh": name.zh, "full_name_en": name.en, "phone": phone},
    )  # fmt: skip
    return made


def change_person(pk: int, entry: PersonEntry, *, version: int | None = None, by: Post) -> Person:
    """Change a person's name or phone; the user name stays.

    Args:
        pk: whom.
        entry: name and phone.
        version: what the form was made of; None takes what is there (a list that names every change beforehand).
        by: who acts.

    Raises:
        PermissionDenied: the post may not, or the person is not of its county.
        RegisterError: what is entered cannot be; `Stale` where somebody was faster.
    """
    person = _person(pk, by)
    name, phone = check_person(entry)
    with act(actor(by)) as done:
        fields = {"full_name_zh": name.zh, "full_name_en": name.en, "phone": phone}
        was = {key: getattr(person, key) for key in fields}
        changed = {key: value for key, value in fields.items() if was[key] != value}
        shown = person.version if version is None else version
        if shown != person.version:
            raise stale(by.unit.county.code, "person", pk, shown, person.version)
        if changed:
            if not Person.objects.filter(pk=pk, version=shown).update(**changed, version=shown + 1):
                raise stale(by.unit.county.code, "person", pk, shown, shown + 1)
            details = {"version": shown + 1, "fields": sorted(changed), "changes": differences(was, changed)}
            done.note("people.change", Thing("person", str(pk), person.username), details, personal=changed)
        person.refresh_from_db()
    return person


def add_post(person: int, entry: PostEntry, *, by: Post) -> Post | None:
    """Give a person one more post; None where it waits for approval.

    Raises:
        PermissionDenied: the post may not, or the person is not of its county.
        RegisterError: what is entered cannot be, or the person holds this post already.
    """
    found = _person(person, by)
    with act(actor(by)) as done:
        keep_apart(found, entry, by)
        return give_post(found, entry, by.unit.county, done, by=by)


def give_post(person: Person, entry: PostEntry, county: County, done: Act, *, by: Post) -> Post | None:
    """Write a post; where the county has posts approved and another gives it, ask for it instead and return None."""
    if not waits(by, timezone.localdate()):
        return write_post(person, entry, county, done)
    unit, title = _post_fields(entry, county)
    _not_held(person, unit, title, entry)
    ask(person, county, unit, _wanted(entry, title), done, by=by)
    return None


def _wanted(entry: PostEntry, title: Text) -> dict[str, Any]:
    return {
        "role": entry.role, "title_zh": title.zh, "title_en": title.en, "valid_from": entry.valid_from,
        "valid_to": entry.valid_to,
    }  # fmt: skip


def keep_apart(person: Person | None, entry: PostEntry, by: Post | None, *, kept: Post | None = None) -> None:
    """Keep the three administrators apart: no person is two of them, or one of them and of the office.

    Once a county has a security administrator, only that post gives a post of the office or of an administrator,
    and nobody gives one to themselves.

    Raises:
        RegisterError: it would not be so.
    """
    role = Role(entry.role) if entry.role in Role.values else None
    touched = {role, Role(kept.role) if kept is not None else None} & GUARDED
    if not touched:
        return
    if person is not None:
        others = Post.objects.filter(
            Q(valid_to=None) | Q(valid_to__gte=entry.valid_from or date.min), person=person, role__in=GUARDED - {role}
        )
        others = others.filter(Q(valid_from=None) | Q(valid_from__lte=entry.valid_to or date.max))
        if role in GUARDED and others.exclude(pk=kept.pk if kept is not None else 0).exists():
            raise RegisterError(
                Text("系统、安全、审计三员须由三人分任，也不得兼任创城办岗位",
                     "the system, security and audit administrators are three persons, and none of them is of the office"),
                "role",
            )  # fmt: skip
    if by is None:
        return
    today = timezone.localdate()
    secured = Post.objects.filter(
        held(today), unit__county_id=by.unit.county_id, role=Role.SECURITY, person__is_active=True
    ).exists()
    if secured and by.role != Role.SECURITY:
        raise RegisterError(
            Text("本县已设安全管理员；创城办和三员岗位由安全管理员设置",
                 "the county has a security administrator, who gives the posts of the office and of the administrators"),
            "role",
        )  # fmt: skip
    if person is not None and person.pk == by.person_id:
        raise RegisterError(Text("不能给自己设置这类岗位", "nobody gives such a post to themselves"), "role")


def write_post(person: Person, entry: PostEntry, county: County, done: Act) -> Post:
    """Write a post and note it."""
    unit, title = _post_fields(entry, county)
    _not_held(person, unit, title, entry)
    made = Post.objects.create(
        person=person, unit=unit, role=entry.role, title_zh=title.zh, title_en=title.en, valid_from=entry.valid_from,
        valid_to=entry.valid_to,
    )  # fmt: skip
    details = {"version": 1, "person": person.username, "changes": differences({}, _post_values(made))}
    done.note("people.add_post", Thing("post", str(made.pk), _post_label(made)), details)
    return made


def _not_held(person: Person, unit: Unit, title: Text, entry: PostEntry) -> None:
    same = Post.objects.filter(
        Q(valid_to=None) | Q(valid_to__gte=entry.valid_from or date.min), person=person, unit=unit, role=entry.role
    )
    if same.filter(title_zh=title.zh).exists():
        raise RegisterError(Text("此人已有这个岗位", "the person holds this post already"), "role")


def change_post(pk: int, entry: PostEntry, *, version: int, by: Post) -> Post | None:
    """Change a post's unit, role, title or dates; None where another role or unit waits for approval.

    Raises:
        PermissionDenied: the post may not.
        RegisterError: what is entered cannot be; `Stale` where somebody was faster.
    """
    kept = _post(pk, by)
    county = by.unit.county
    with act(actor(by)) as done:
        unit, title = _post_fields(entry, county)
        if kept.pk == by.pk and (entry.role != kept.role or entry.valid_to is not None):
            raise RegisterError(
                Text("不能取消自己正在使用的岗位；请由另一位创城办人员办理", "nobody gives up the post they act from; let another officer do it"),
                "role",
            )  # fmt: skip
        keep_apart(kept.person, entry, by, kept=kept)
        if (unit.pk, entry.role) != (kept.unit_id, kept.role) and waits(by, timezone.localdate()):
            if version != kept.version:
                raise stale(county.code, "post", pk, version, kept.version)
            ask(kept.person, county, unit, _wanted(entry, title), done, by=by, post=kept)
            return None
        return put_post(kept, entry, county, version, done)


def put_post(kept: Post, entry: PostEntry, county: County, version: int, done: Act) -> Post:
    """Write what is changed of a post and note it.

    Raises:
        RegisterError: what is entered cannot be; `Stale` where somebody was faster.
    """
    unit, title = _post_fields(entry, county)
    pk, was = kept.pk, _post_values(kept)
    changed = Post.objects.filter(pk=pk, version=version).update(
        unit_id=unit.pk, **_wanted(entry, title), version=version + 1
    )
    if not changed:
        raise stale(county.code, "post", pk, version, kept.version)
    now = Post.objects.select_related("unit", "person").get(pk=pk)
    end_stand_ins(now, done, moved=was["unit"] != now.unit.code or was["role"] != now.role)
    details = {"version": version + 1, "changes": differences(was, _post_values(now))}
    done.note("people.change_post", Thing("post", str(pk), _post_label(now)), details)
    return now


def end_post(pk: int, on: date, *, version: int, by: Post) -> Post:
    """End a post on a day; what was done from it stays in its name.

    Raises:
        PermissionDenied: the post may not.
        RegisterError: it is the post acted from; `Stale` where somebody was faster.
    """
    return _set_end(pk, on, version, by, "people.end_post")


def reopen_post(pk: int, *, version: int, by: Post) -> Post:
    """Take the end of a post back.

    Raises:
        PermissionDenied: the post may not.
        RegisterError: `Stale` where somebody was faster.
    """
    return _set_end(pk, None, version, by, "people.reopen_post")


def _set_end(pk: int, on: date | None, version: int, by: Post, verb: str) -> Post:
    kept = _post(pk, by)
    if kept.pk == by.pk:
        raise RegisterError(
            Text("不能停用自己正在使用的岗位；请由另一位创城办人员办理", "nobody ends the post they act from; let another officer do it")
        )  # fmt: skip
    if on is not None:
        check_days(kept.valid_from, on)
    with act(actor(by)) as done:
        keep_apart(kept.person, PostEntry(kept.unit_id, kept.role, kept.title, kept.valid_from, on), by, kept=kept)
        was = kept.valid_to
        if not Post.objects.filter(pk=pk, version=version).update(valid_to=on, version=version + 1):
            raise stale(by.unit.county.code, "post", pk, version, kept.version)
        kept.refresh_from_db()
        end_stand_ins(kept, done)
        details = {"version": version + 1, "changes": differences({"valid_to": was}, {"valid_to": on})}
        done.note(verb, Thing("post", str(pk), _post_label(kept)), details)
    return kept


def end_handed_over(post: Post, last: date, done: Act) -> None:
    """End a post whose holder has handed it over, after a last day, inside the act; an earlier end stays."""
    if post.valid_to is not None and post.valid_to <= last:
        return
    was = post.valid_to
    Post.objects.filter(pk=post.pk).update(valid_to=last, version=F("version") + 1)
    post.refresh_from_db()
    end_stand_ins(post, done)
    details = {"version": post.version, "changes": differences({"valid_to": was}, {"valid_to": last})}
    done.note("people.end_post", Thing("post", str(post.pk), _post_label(post)), details)


def _guard_account(person: Person, by: Post) -> None:
    """Keep the account of an administrator, once it was used, out of all hands but the security administrator's.

    Raises:
        RegisterError: it is one, and someone else acts.
    """
    if by.role == Role.SECURITY or person.last_login is None:
        return
    if Post.objects.filter(held(timezone.localdate()), person=person, role__in=ADMINISTRATORS).exists():
        raise RegisterError(
            Text("三员账号由安全管理员办理", "the security administrator looks after the accounts of administrators")
        )


def deactivate(pk: int, *, by: Post) -> None:
    """Close a person's account: every session ends at once, and the password is gone.

    Raises:
        PermissionDenied: the post may not, or the person is not of its county.
        RegisterError: it is the person who acts.
    """
    person = _person(pk, by)
    _only_here(person, by)
    _guard_account(person, by)
    if person.pk == by.person_id:
        raise RegisterError(Text("不能停用自己的账号", "nobody closes their own account"))
    with act(actor(by)) as done:
        # The hash of a session covers the password: a new one ends sessions, also after the account is opened again.
        person.set_unusable_password()
        person.is_active = False
        person.must_change_password = True
        person.save(update_fields=["password", "is_active", "must_change_password"])
        done.note("people.deactivate", Thing("person", str(pk), person.username))


def reactivate(pk: int, *, by: Post) -> None:
    """Open a person's account again; a new slip is needed to sign in.

    Raises:
        PermissionDenied: the post may not, or the person is not of its county.
    """
    person = _person(pk, by)
    with act(actor(by)) as done:
        Person.objects.filter(pk=pk).update(is_active=True)
        done.note("people.reactivate", Thing("person", str(pk), person.username))


def make_slips(people: Collection[int], *, by: Post) -> list[Slip]:
    """Give people new one-time passwords and return the slips, which are shown once and kept nowhere.

    Sessions end with the old passwords; at the first sign-in each has to choose a password of their own.

    Raises:
        PermissionDenied: the post may not, or someone is not of its county.
        RegisterError: someone is an account of the example, which is entered without a password, or is closed.
    """
    county = by.unit.county
    _may(by, county)
    slips = []
    with act(actor(by)) as done:
        for person in Person.objects.filter(pk__in=list(people)).order_by("username"):
            person = _person(person.pk, by)
            _only_here(person, by)
            _guard_account(person, by)
            if county.is_example and person.username.startswith("example-"):
                raise RegisterError(
                    Text("示例人员不设密码，直接从登录页进入", "people of the example have no password; the sign-in page lets you in as them")
                )  # fmt: skip
            if not person.is_active:
                raise RegisterError(Text(f"账号 {person.username} 已停用", f"the account {person.username} is closed"))
            password = one_time_password()
            person.set_password(password)
            person.must_change_password = True
            person.save(update_fields=["password", "must_change_password"])
            posts = Post.objects.filter(person=person, unit__county=county, valid_to=None).select_related("unit")
            slips.append(
                Slip(
                    person.pk, Text(person.full_name_zh, person.full_name_en), person.username, password,
                    tuple((post.unit.name, post.title) for post in posts.order_by("id")),
                )
            )  # fmt: skip
            done.note("people.slip", Thing("person", str(person.pk), person.username))
    return slips


def one_time_password() -> str:
    """Return a password that can be read from paper: three groups of four."""
    return "-".join("".join(secrets.choice(_SIGNS) for _ in range(4)) for _ in range(3))


def password_chosen(person: int) -> None:
    """Keep that a person now has a password of their own."""
    found = Person.objects.filter(pk=person, must_change_password=True).first()
    if found is None:
        return
    post = Post.objects.filter(person=found).select_related("unit__county", "person").order_by("id").last()
    with act(actor(post)) as done:
        Person.objects.filter(pk=person).update(must_change_password=False)
        done.note("people.choose_password", Thing("person", str(person), found.username))


def propose_username(unit_code: str, role: str, taken: Collection[str] | None = ()) -> str:
    """Return a free user name made of a unit's code and a role: u012-liaison, u012-liaison-2.

    Args:
        unit_code: of the unit.
        role: of the post.
        taken: names that are given away already, beside those in use; None asks for the name without a number.
    """
    plain = unicodedata.normalize("NFKD", unit_code).encode("ascii", "ignore").decode().casefold()
    base = "-".join(part for part in (re.sub(r"[^a-z0-9.]+", "-", plain).strip("-"), role) if part)[:140]
    if taken is None:
        return base
    used = set(taken) | set(Person.objects.filter(username__startswith=base).values_list("username", flat=True))
    number, name = 1, base
    while name in used:
        number += 1
        name = f"{base}-{number}"
    return name


def of_county(county_id: int) -> Q:
    """Return the condition of people who hold or held a post in a county, or for whom one was asked."""
    asked = PostRequest.objects.filter(unit__county_id=county_id).values("person_id")
    return Q(pk__in=Post.objects.filter(unit__county_id=county_id).values("person_id")) | Q(pk__in=asked)


def check_person(entry: PersonEntry) -> tuple[Text, str]:
    """Return a person's name and phone as they are kept.

    Raises:
        RegisterError: they cannot be.
    """
    zh, en = " ".join(entry.name.zh.split()), " ".join(entry.name.en.split())
    phone = unicodedata.normalize("NFKC", entry.phone).strip()
    if not zh:
        raise RegisterError(Text("请填写姓名", "give the name"), "name_zh")
    if len(zh) > 40 or len(en) > 80:
        raise RegisterError(
            Text("姓名过长：中文最多 40 字，英文最多 80 个字符", "too long: 40 characters in Chinese, 80 in English"),
            "name_zh",
        )
    if phone and not _PHONE.fullmatch(phone):
        raise RegisterError(
            Text(
                "电话只写数字，如 13812345678；没有可留空",
                "a phone number is digits, such as 13812345678; it may be left out",
            ),
            "phone",
        )
    return Text(zh, en), phone


def _post_fields(entry: PostEntry, county: County) -> tuple[Unit, Text]:
    unit = _unit(county, entry.unit)
    if entry.role not in set(Role):
        raise RegisterError(Text("请选择角色", "choose a role"), "role")
    title = Text(" ".join(entry.title.zh.split()), " ".join(entry.title.en.split()))
    if not title.zh:
        raise RegisterError(
            Text("请填写职务，例如“局长”“联络员”", "give the title, such as 局长 or 联络员"), "title_zh"
        )
    if len(title.zh) > 80 or len(title.en) > 80:
        raise RegisterError(Text("职务最多 80 字", "a title has at most 80 characters"), "title_zh")
    check_days(entry.valid_from, entry.valid_to)
    return unit, title


def _free_username(username: str) -> None:
    if len(username) > 150 or not _NAME.fullmatch(username):
        raise RegisterError(
            Text("用户名只用字母、数字和 . - _ @ +", "a user name is made of letters, digits and . - _ @ +"), "username"
        )
    if Person.objects.filter(username__iexact=username).exists():
        raise RegisterError(
            Text(f"用户名“{username}”已被使用；每人一个账号，不能共用", f"the user name {username} is taken; everyone has an account of their own"),
            "username",
        )  # fmt: skip


def _unit(county: County, pk: int) -> Unit:
    unit = Unit.objects.filter(county=county, pk=pk).first()
    if unit is None:
        raise RegisterError(Text("请选择本县的单位", "choose a unit of the county"), "unit")
    return unit


def _person(pk: int, by: Post) -> Person:
    """Return a person of the county of a post that may manage its people."""
    county = by.unit.county
    _may(by, county)
    person = Person.objects.filter(of_county(county.pk), pk=pk).first()
    if person is None:
        raise PermissionDenied
    return person


def _only_here(person: Person, by: Post) -> None:
    """Refuse to touch the access of somebody who also works for another county: it would reach into that one."""
    county = by.unit.county
    here = Q(unit__county=county) | Q(unit__county__practice_of=county) | Q(unit__county__practice=county)
    if Post.objects.filter(person=person).exclude(here).exists():
        raise RegisterError(
            Text(f"{person.username} 在其他县也有岗位，账号由双方管理员商定", f"{person.username} also works for another county; access is not changed from here")
        )  # fmt: skip


def _post(pk: int, by: Post) -> Post:
    _may(by, by.unit.county)
    post = Post.objects.filter(pk=pk, unit__county=by.unit.county).select_related("unit", "person").first()
    if post is None:
        raise PermissionDenied
    if post.stands_for_id is not None:
        raise RegisterError(
            Text("这是代岗，请在“离岗与代岗”中办理", "this post stands in for somebody absent; see “Absences and deputies”")
        )  # fmt: skip
    return post


def _post_values(post: Post) -> dict[str, Any]:
    return {
        "unit": post.unit.code, "role": post.role, "title_zh": post.title_zh, "title_en": post.title_en,
        "valid_from": post.valid_from, "valid_to": post.valid_to,
    }  # fmt: skip


def _post_label(post: Post) -> str:
    return f"{post.unit.name_zh} {post.title_zh}"


def _may(by: Post, county: County) -> None:
    if not MANAGE_PEOPLE.allows(by, county):
        raise PermissionDenied


def masked(phone: str) -> str:
    """Return a phone number of which the middle is not shown: 138****1234."""
    digits = re.sub(r"[^0-9+]", "", phone)
    return f"{digits[:3]}****{digits[-4:]}" if len(digits) >= 9 else "****" if digits else ""
