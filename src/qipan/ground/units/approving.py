"""What the security administrator decides: whether posts are approved in the county, and each post that waits."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.utils import timezone

from qipan.assessment.text import Text
from qipan.ground.audit.journal import Thing, act
from qipan.ground.units.acting import actor
from qipan.ground.units.approvals import thing_of
from qipan.ground.units.errors import RegisterError
from qipan.ground.units.models import County, Post, PostRequest
from qipan.ground.units.people import PostEntry, keep_apart, put_post, write_post
from qipan.ground.units.permissions import APPROVE_POSTS
from qipan.ground.units.signals import post_decided


def have_posts_approved(*, on: bool, by: Post) -> None:
    """Turn the approval of posts on or off; what waits stays to be decided.

    Raises:
        PermissionDenied: the post may not.
    """
    county = by.unit.county
    if not APPROVE_POSTS.allows(by, county):
        raise PermissionDenied
    with act(actor(by)) as done:
        if County.objects.filter(pk=county.pk, posts_approved=not on).update(posts_approved=on):
            done.note(
                "people.approval_on" if on else "people.approval_off", Thing("county", county.code, county.name_zh)
            )


def approve(pk: int, *, by: Post) -> PostRequest:
    """Approve a post that waits: from now on it is held, or changed as asked.

    Raises:
        PermissionDenied: the post may not.
        RegisterError: it is the approver's own, was decided already, or cannot be any more.
    """
    with act(actor(by)) as done:
        request = _decide(pk, by, approved=True)
        entry = PostEntry(request.unit_id, request.role, request.title, request.valid_from, request.valid_to)
        county = by.unit.county
        if request.post is None:
            keep_apart(request.person, entry, by)
            write_post(request.person, entry, county, done)
        else:
            keep_apart(request.person, entry, by, kept=request.post)
            put_post(request.post, entry, county, request.post_version, done)
        done.note("people.approve_post", thing_of(request), _details(request))
        post_decided.send(PostRequest, request=request, by=by)
    return request


def refuse(pk: int, reason: str, *, by: Post) -> PostRequest:
    """Refuse a post that waits, and say why; what was stays as it was.

    Raises:
        PermissionDenied: the post may not.
        RegisterError: it is the approver's own, was decided already, or no reason is given.
    """
    _asked(pk, by)
    why = " ".join(reason.split())
    if not why or len(why) > 200:
        raise RegisterError(
            Text("请写明不批准的理由（200字以内）", "say in at most 200 characters why it is refused"), "reason"
        )
    with act(actor(by)) as done:
        request = _decide(pk, by, approved=False, reason=why)
        done.note("people.refuse_post", thing_of(request), {**_details(request), "reason": why})
        post_decided.send(PostRequest, request=request, by=by)
    return request


def _asked(pk: int, by: Post) -> PostRequest:
    county = by.unit.county
    if not APPROVE_POSTS.allows(by, county):
        raise PermissionDenied
    rows = PostRequest.objects.filter(pk=pk, unit__county=county)
    request = rows.select_related("person", "unit", "post__unit", "post__person", "asked_by").first()
    if request is None:
        raise PermissionDenied
    return request


def _decide(pk: int, by: Post, *, approved: bool, reason: str = "") -> PostRequest:
    request = _asked(pk, by)
    if by.person_id in (request.person_id, request.asked_by.person_id):
        raise RegisterError(
            Text("不能审批本人的岗位或本人提出的申请", "nobody decides on a post of their own, or one they asked for")
        )
    if not PostRequest.objects.filter(pk=pk, decided_at=None).update(
        decided_at=timezone.now(), approved=approved, reason=reason
    ):
        raise RegisterError(Text("这项申请已经审批过", "this was decided already"))
    request.refresh_from_db(fields=["decided_at", "approved", "reason"])
    return request


def _details(request: PostRequest) -> dict[str, str]:
    return {"post": f"{request.unit.name_zh} {request.title_zh}", "to": request.role}
