"""Counties, the tree of their units, people, and the posts that people hold."""

from __future__ import annotations

from django.contrib.auth.models import AbstractUser
from django.db import models

from qipan.assessment.text import Text


class County(models.Model):
    """A county or city: the key of every row that belongs to a place. The example is a county of its own."""

    code = models.CharField(max_length=32, unique=True)
    name_zh = models.CharField(max_length=80)
    name_en = models.CharField(max_length=80, blank=True)
    is_example = models.BooleanField(default=False)
    practice_of = models.OneToOneField(
        "self", models.CASCADE, null=True, blank=True, related_name="practice", help_text="the county it practises for"
    )
    posts_approved = models.BooleanField(
        default=False, help_text="a new post waits until the security administrator approves it"
    )

    class Meta:
        ordering = ("code",)

    def __str__(self) -> str:
        return self.name_zh

    @property
    def name(self) -> Text:
        """The name in both languages."""
        return Text(self.name_zh, self.name_en)

    @property
    def is_practice(self) -> bool:
        """Whether nothing here counts: people learn here, on a county of its own that mixes with no other."""
        return self.practice_of_id is not None


class UnitType(models.Model):
    """A type of unit, as data: the office adds what its county has."""

    county = models.ForeignKey(County, models.CASCADE, related_name="unit_types")
    code = models.CharField(max_length=40)
    name_zh = models.CharField(max_length=40)
    name_en = models.CharField(max_length=60, blank=True)
    is_territorial = models.BooleanField(default=False, help_text="answers for an area: a township, a subdistrict")
    is_grassroots = models.BooleanField(
        default=False, help_text="a village, a community: has few powers and means of its own"
    )
    position = models.PositiveSmallIntegerField(default=0)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ("position", "code")
        constraints = (models.UniqueConstraint(fields=("county", "code"), name="unit_type_in_county"),)

    def __str__(self) -> str:
        return self.name_zh

    @property
    def name(self) -> Text:
        """The name in both languages."""
        return Text(self.name_zh, self.name_en)


class Unit(models.Model):
    """A unit of a county for a time: a department, a township, a community. Its type is the code of a `UnitType`.

    A unit that was merged keeps its past: `valid_to` ends it, `merged_into` says where its duties went.
    """

    county = models.ForeignKey(County, models.PROTECT, related_name="units")
    code = models.CharField(max_length=40)
    name_zh = models.CharField(max_length=80)
    name_en = models.CharField(max_length=80, blank=True)
    type = models.CharField(max_length=40, help_text="free word from the unit pack: department, town, community, …")
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    valid_from = models.DateField(null=True, blank=True)
    valid_to = models.DateField(null=True, blank=True)
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="merged")
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ("code",)
        constraints = (models.UniqueConstraint(fields=("county", "code"), name="unit_code_in_county"),)

    def __str__(self) -> str:
        return self.name_zh

    @property
    def name(self) -> Text:
        """The name in both languages."""
        return Text(self.name_zh, self.name_en)


class UnitGroup(models.Model):
    """What offices call several units together, as data: 各乡镇, 各有关部门. Which units are in it follows for each day.

    In it are the units of the types that carry one of the functions (where none is named, all of them), and the listed ones.
    """

    county = models.ForeignKey(County, models.CASCADE, related_name="unit_groups")
    code = models.CharField(max_length=40)
    name_zh = models.CharField(max_length=40)
    name_en = models.CharField(max_length=80, blank=True)
    aliases = models.JSONField(default=list, blank=True, help_text="other words for it")
    types = models.JSONField(default=list, blank=True, help_text="codes of types of units")
    functions = models.JSONField(default=list, blank=True, help_text="codes of functions; * stands for any")
    listed = models.JSONField(default=list, blank=True, help_text="codes of units")
    position = models.PositiveSmallIntegerField(default=0)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ("position", "code")
        constraints = (models.UniqueConstraint(fields=("county", "code"), name="unit_group_in_county"),)

    def __str__(self) -> str:
        return self.name_zh

    @property
    def name(self) -> Text:
        """The name in both languages."""
        return Text(self.name_zh, self.name_en)


class Person(AbstractUser):
    """Someone who signs in. Rights come from posts, not from the person."""

    full_name_zh = models.CharField(max_length=40, blank=True)
    full_name_en = models.CharField(max_length=80, blank=True)
    phone = models.CharField(max_length=30, blank=True)
    must_change_password = models.BooleanField(
        default=False, help_text="signed up with a slip, not yet with a password of their own"
    )
    welcomed_at = models.DateTimeField(null=True, blank=True, help_text="has seen the first page for newcomers")
    version = models.PositiveIntegerField(default=1, help_text="of the name and the phone")

    class Meta:
        ordering = ("username",)

    def __str__(self) -> str:
        return self.full_name_zh or self.username


class Role(models.TextChoices):
    """What a post may do; `permissions.py` holds the rules."""

    OFFICE = "office"
    LEADER = "leader"
    HEAD = "head"
    LIAISON = "liaison"
    INSPECTOR = "inspector"
    REVIEWER = "reviewer"
    SUPPORT = "support"
    SYSTEM = "system"
    SECURITY = "security"
    AUDIT = "audit"


class Post(models.Model):
    """A position in a unit, held by a person for a time."""

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="posts")
    person = models.ForeignKey(Person, models.PROTECT, related_name="posts")
    role = models.CharField(max_length=16, choices=Role)
    title_zh = models.CharField(max_length=80)
    title_en = models.CharField(max_length=80, blank=True)
    valid_from = models.DateField(null=True, blank=True)
    valid_to = models.DateField(null=True, blank=True)
    stands_for = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="deputies",
        help_text="the post of somebody absent, whose rights this one has for its dates",
    )  # fmt: skip
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ("id",)

    def __str__(self) -> str:
        return f"{self.unit} {self.title_zh}"

    @property
    def title(self) -> Text:
        """The title in both languages."""
        return Text(self.title_zh, self.title_en)


class PostRequest(models.Model):
    """A post, or a change of one, that waits for the security administrator: there is no such post before it is approved.

    A request of its own, not a mark on `Post`: whoever asks for posts cannot meet one that gives no rights yet.
    """

    person = models.ForeignKey(Person, models.CASCADE, related_name="post_requests")
    unit = models.ForeignKey(Unit, models.CASCADE, related_name="post_requests")
    role = models.CharField(max_length=16, choices=Role)
    title_zh = models.CharField(max_length=80)
    title_en = models.CharField(max_length=80, blank=True)
    valid_from = models.DateField(null=True, blank=True)
    valid_to = models.DateField(null=True, blank=True)
    post = models.ForeignKey(
        Post, models.CASCADE, null=True, blank=True, related_name="requests", help_text="the post to change; none where it is new"
    )  # fmt: skip
    post_version = models.PositiveIntegerField(default=0, help_text="the version of the post that was changed")
    asked_by = models.ForeignKey(Post, models.CASCADE, related_name="+")
    asked_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True, blank=True)
    approved = models.BooleanField(default=False)
    reason = models.CharField(max_length=200, blank=True, help_text="why it was refused")

    class Meta:
        ordering = ("id",)

    def __str__(self) -> str:
        return f"{self.unit} {self.title_zh}"

    @property
    def title(self) -> Text:
        """The title in both languages."""
        return Text(self.title_zh, self.title_en)


class Draft(models.Model):
    """What someone began to write on a form; one for each form, gone when the form is sent."""

    post = models.ForeignKey(Post, models.CASCADE, related_name="drafts")
    form = models.CharField(max_length=120, help_text="kind and thing: work.report:123, visit:S17")
    content = models.JSONField(default=dict)
    saved_at = models.DateTimeField()

    class Meta:
        ordering = ("-saved_at",)
        constraints = (models.UniqueConstraint(fields=("post", "form"), name="one_draft_a_form"),)

    def __str__(self) -> str:
        return self.form


class SentForm(models.Model):
    """A form that has acted, by the token that it carried; forgotten after a week."""

    token = models.CharField(max_length=64, primary_key=True)
    sent_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return self.token


class SignInFailures(models.Model):
    """Failed sign-ins in a row of one name from one address; the next try waits until `until`.

    `key` is a keyed digest: people type passwords into the wrong field, and addresses are personal.
    """

    key = models.CharField(max_length=64, primary_key=True)
    count = models.PositiveIntegerField(default=0)
    last_at = models.DateTimeField()
    until = models.DateTimeField()

    class Meta:
        indexes = (models.Index(fields=("last_at",), name="sign_in_failures_age"),)

    def __str__(self) -> str:
        return f"{self.count} failures, next try {self.until:%H:%M:%S}"
