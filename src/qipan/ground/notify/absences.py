"""Who is absent and who stands in are told, with the act that says so."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.dispatch import receiver

from qipan.assessment.text import Text
from qipan.ground.notify.actions import send
from qipan.ground.units.models import Post
from qipan.ground.units.signals import absence_changed

#: Where a person sees their posts, and who stands in for them.
LINK = "/accounts/"


@receiver(absence_changed)
def tell(
    sender: type[Post], *, stand_in: Post, absent: Post, deputy: Post | None, ended: date | None, by: Post, **_: Any
) -> None:
    """Tell both what begins, or that it has ended; nobody is told what they did themselves."""
    name, post, first, last = str(stand_in.person), absent.title_zh, stand_in.valid_from, stand_in.valid_to
    name_en, post_en = stand_in.person.full_name_en or name, absent.title_en or post
    if ended is not None:
        words = Text(
            f"{name}代“{post}”已于{ended}提前结束。", f"{name_en} no longer stands in as {post_en}; ended on {ended}."
        )
    else:
        words = Text(
            f"{first}至{last}由{name}代“{post}”，权限同该岗位；代岗人在页面上方切换岗位，到期自动结束。",
            f"From {first} to {last} {name_en} stands in as {post_en} with the rights of that post: choose it at the top "
            "of the page. It ends by itself.",
        )
    told = [each for each in (absent, deputy) if each is not None and each.person_id != by.person_id]
    send(told, "units.absence", words, link=LINK, thing=("post", str(absent.pk)))
