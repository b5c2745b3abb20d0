"""The desk at which a person sits: the post they act from, and the campaign and year in front of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from qipan.ground.units.models import County, Post
from qipan.ground.units.queries import current_posts
from qipan.spine.campaigns.models import Campaign, CampaignYear
from qipan.spine.campaigns.queries import county_years, latest_campaign


@dataclass(frozen=True, slots=True)
class Desk:
    """What a request is answered from; `posts` and `years` are what the person may switch to."""

    post: Post
    posts: tuple[Post, ...]
    campaign: Campaign | None
    year: CampaignYear | None
    years: tuple[CampaignYear, ...]

    @property
    def county(self) -> County:
        """The county of the post."""
        return self.post.unit.county

    @property
    def is_example(self) -> bool:
        """Whether every person and figure in front of the person is made up."""
        return self.county.is_example

    @property
    def real_post(self) -> Post | None:
        """The post in the real county: the one in front, or the one that the practice post in front is a copy of."""
        if not self.county.is_practice:
            return self.post
        real = [post for post in self.posts if post.unit.county_id == self.county.practice_of_id]
        same = [post for post in real if (post.unit.code, post.role) == (self.post.unit.code, self.post.role)]
        return next(iter([*same, *real]), None)


def desk(person_id: int, on: date, *, post_id: int | None = None, year: int | None = None) -> Desk | None:
    """Return a person's desk; None for someone who holds no post.

    A wanted post or year that the person does not have (any more) is passed over: the first post, and the year that
    `on` lies in or comes nearest to, one that is open before one that is closed. The campaign is that of the year.
    """
    posts = current_posts(person_id, on)
    if not posts:
        return None
    post = next((post for post in posts if post.pk == post_id), posts[0])
    years = county_years(post.unit.county_id)
    chosen = next((each for each in years if each.year == year), None) or min(
        years, key=lambda each: (each.closed_at is not None, abs(each.year - on.year), each.year), default=None
    )
    campaign = chosen.campaign if chosen else latest_campaign(post.unit.county_id)
    return Desk(post=post, posts=tuple(posts), campaign=campaign, year=chosen, years=tuple(years))
