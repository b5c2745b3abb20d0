"""Posts that wait for approval are told to who approves, and the answer to who asked and to whom it is given."""

from __future__ import annotations

from typing import Any

from django.dispatch import receiver
from django.utils import timezone

from qipan.assessment.text import Text
from qipan.ground.notify.actions import send
from qipan.ground.units.models import Post, PostRequest
from qipan.ground.units.queries import held
from qipan.ground.units.signals import post_asked, post_decided


@receiver(post_asked)
def tell_who_approves(sender: type[PostRequest], *, request: PostRequest, told: list[Post], **_: Any) -> None:
    """Tell the security administrators what waits."""
    words = Text(
        f"岗位待审批：{request.person}，{request.unit.name_zh}“{request.title_zh}”。",
        f"A post waits for approval: {request.person.full_name_en or request.person}, {request.title_en or request.title_zh}.",
    )
    send(told, "units.post_asked", words, link="/setup/people/", thing=_thing(request))


@receiver(post_decided)
def tell_who_asked(sender: type[PostRequest], *, request: PostRequest, by: Post, **_: Any) -> None:
    """Tell who asked what was decided, and with a refusal why."""
    name, post = str(request.person), f"{request.unit.name_zh}“{request.title_zh}”"
    name_en, post_en = request.person.full_name_en or name, request.title_en or request.title_zh
    if request.approved:
        words = Text(f"岗位已批准：{name}，{post}。", f"Approved: {name_en}, {post_en}.")
    else:
        words = Text(
            f"岗位未批准：{name}，{post}。理由：{request.reason}",
            f"Refused: {name_en}, {post_en}. Reason: {request.reason}",
        )
    told = Post.objects.filter(held(timezone.localdate()), pk=request.asked_by_id, person__is_active=True)
    send(told, "units.post_decided", words, link=f"/setup/people/{request.person_id}/", thing=_thing(request))


def _thing(request: PostRequest) -> tuple[str, str]:
    return "person", str(request.person_id)
