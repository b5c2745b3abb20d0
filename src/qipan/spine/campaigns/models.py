"""A campaign, its years, and who answers for what."""

from __future__ import annotations

from datetime import date

from django.db import models
from django.utils.functional import cached_property

from qipan.assessment.text import Text
from qipan.ground.sites.models import Site
from qipan.ground.units.models import County, Post, Unit
from qipan.spine.standards.models import Edition


class Campaign(models.Model):
    """A county's campaign for a title over a cycle of years."""

    county = models.ForeignKey(County, models.PROTECT, related_name="campaigns")
    name_zh = models.CharField(max_length=120)
    name_en = models.CharField(max_length=120, blank=True)
    honour = models.CharField(max_length=40, blank=True)
    first_year = models.PositiveSmallIntegerField()
    last_year = models.PositiveSmallIntegerField()
    office = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="+")
    upkeep_since = models.DateField(null=True, blank=True, help_text="after the title: the first day of upkeep")
    upkeep_reason = models.CharField(max_length=300, blank=True)
    upkeep_share = models.PositiveSmallIntegerField(
        default=50, help_text="per cent of the usual sample that a round proposes in upkeep"
    )
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ("-first_year", "id")

    def __str__(self) -> str:
        return self.name_zh

    @property
    def name(self) -> Text:
        """The name in both languages."""
        return Text(self.name_zh, self.name_en)

    def in_upkeep(self, on: date) -> bool:
        """Whether it is in upkeep on a day."""
        return self.upkeep_since is not None and self.upkeep_since <= on


class CampaignYear(models.Model):
    """One year of a campaign: the editions that it is judged by, pinned by their hashes.

    `absent_types` lists the site types that the county does not have, so that a type without sites is told from a
    type that nobody has registered. A cut set here is the campaign's own assumption and is shown as one.
    """

    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="years")
    year = models.PositiveSmallIntegerField()
    standard = models.ForeignKey(Edition, models.PROTECT, related_name="+")
    companions = models.ManyToManyField(
        Edition, related_name="+", help_text="sub-standards, checklists, questionnaires and functions"
    )
    absent_types = models.JSONField(default=list, blank=True)
    assumed_cut = models.DecimalField(max_digits=6, decimal_places=2, null=True, blank=True)
    local_limits = models.JSONField(
        default=dict, blank=True, help_text="item: the county's own limit, stricter than the standard's; see local.py"
    )
    duties_version = models.PositiveIntegerField(default=0, help_text="rises when a responsibility changes")
    closed_at = models.DateTimeField(null=True, blank=True, help_text="since when it is closed: nothing changes in it")

    class Meta:
        ordering = ("year",)
        constraints = (models.UniqueConstraint(fields=("campaign", "year"), name="campaign_year_once"),)

    def __str__(self) -> str:
        return f"{self.campaign} {self.year}"

    @cached_property
    def pins(self) -> tuple[tuple[str, str], ...]:
        """The (hash, kind) of each companion, asked for once for as long as this object lives: a request."""
        return tuple(self.companions.order_by("hash").values_list("hash", "kind"))


class FunctionDuty(models.Model):
    """The unit that carries a function of the standard, for a time; several units may carry one."""

    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="function_duties")
    function = models.CharField(max_length=40)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="function_duties")
    valid_from = models.DateField(null=True, blank=True)
    valid_to = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ("function", "id")
        indexes = (models.Index(fields=("campaign", "function"), name="function_duty"),)

    def __str__(self) -> str:
        return f"{self.function} → {self.unit}"


class AnsweringLead(models.Model):
    """The one unit that the campaign chose to answer for a check whose standard names several leads (or none)."""

    campaign_year = models.ForeignKey(CampaignYear, models.CASCADE, related_name="answering_leads")
    check_key = models.CharField(max_length=120)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    chosen_at = models.DateTimeField(auto_now=True)
    chosen_by = models.CharField(max_length=160, help_text="person, post and unit, as values")

    class Meta:
        ordering = ("check_key",)
        constraints = (models.UniqueConstraint(fields=("campaign_year", "check_key"), name="one_answering_lead"),)

    def __str__(self) -> str:
        return f"{self.check_key} → {self.unit}"


class OwnTarget(models.Model):
    """A rate that a unit has set itself at a check that it answers for, above what the standard asks. It moves no score."""

    campaign_year = models.ForeignKey(CampaignYear, models.CASCADE, related_name="own_targets")
    check_key = models.CharField(max_length=120)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="own_targets")
    per_cent = models.DecimalField(max_digits=5, decimal_places=2)
    set_at = models.DateTimeField(auto_now=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ("check_key", "id")
        constraints = (models.UniqueConstraint(fields=("campaign_year", "check_key", "unit"), name="own_target_once"),)

    def __str__(self) -> str:
        return f"{self.unit} {self.check_key} ≥ {self.per_cent}%"


class Phase(models.Model):
    """A phase of the plan: a stretch of days, both ends counted. Nodes may belong to it."""

    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="phases")
    name_zh = models.CharField(max_length=120)
    name_en = models.CharField(max_length=120, blank=True)
    aim_zh = models.CharField(max_length=300, blank=True, help_text="what the phase is for")
    aim_en = models.CharField(max_length=300, blank=True)
    first = models.DateField()
    last = models.DateField()
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ("first", "last", "id")

    def __str__(self) -> str:
        return f"{self.name_zh} {self.first}–{self.last}"

    @property
    def name(self) -> Text:
        """The name in both languages."""
        return Text(self.name_zh, self.name_en)


class TimeNode(models.Model):
    """A fixed point of the plan. `on` is the planned day; `met_on` the day on which it was reached, once it was."""

    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="nodes")
    phase = models.ForeignKey(Phase, models.SET_NULL, null=True, blank=True, related_name="nodes")
    name_zh = models.CharField(max_length=120)
    name_en = models.CharField(max_length=120, blank=True)
    on = models.DateField()
    met_on = models.DateField(null=True, blank=True)
    decides = models.BooleanField(default=False, help_text="an official assessment")
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ("on", "id")

    def __str__(self) -> str:
        return f"{self.on} {self.name_zh}"

    @property
    def name(self) -> Text:
        """The name in both languages."""
        return Text(self.name_zh, self.name_en)


class SpecialAction(models.Model):
    """A special action (专项行动) of any name: a stretch of days, and a scope by which orders are counted as its own.

    `site_types` and `areas` say where, `items` (of checklists, or keys of checks) and `classes` what; what is empty
    does not narrow. With nothing chosen at all it counts only what was attached by hand.
    """

    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="special_actions")
    name_zh = models.CharField(max_length=120)
    name_en = models.CharField(max_length=160, blank=True)
    basis = models.CharField(max_length=300, blank=True, help_text="the document that it rests on")
    aim_zh = models.CharField(max_length=500, blank=True)
    aim_en = models.CharField(max_length=500, blank=True)
    first = models.DateField()
    last = models.DateField()
    site_types = models.JSONField(default=list, blank=True)
    areas = models.ManyToManyField(Unit, blank=True, related_name="+")
    items = models.JSONField(default=list, blank=True)
    classes = models.JSONField(default=list, blank=True, help_text="codes of classes of findings")
    owner = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="special_actions")
    leader = models.ForeignKey(Post, models.SET_NULL, null=True, blank=True, related_name="+")
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ("-first", "-id")

    def __str__(self) -> str:
        return self.name_zh

    @property
    def name(self) -> Text:
        """The name in both languages."""
        return Text(self.name_zh, self.name_en)


class Programme(models.Model):
    """A programme that shares places with the campaign (文明村镇, 文明校园, 美丽乡村): a list of sites and of units.

    It records nothing of its own: what is seen, fixed and photographed at a site counts for every programme it is in.
    """

    county = models.ForeignKey(County, models.CASCADE, related_name="programmes")
    name_zh = models.CharField(max_length=120)
    name_en = models.CharField(max_length=160, blank=True)
    basis = models.CharField(max_length=300, blank=True, help_text="the document that it rests on")
    owner = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="programmes")
    sites = models.ManyToManyField(Site, blank=True, related_name="programmes")
    units = models.ManyToManyField(Unit, blank=True, related_name="+", help_text="with all sites of their territory")
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ("id",)

    def __str__(self) -> str:
        return self.name_zh

    @property
    def name(self) -> Text:
        """The name in both languages."""
        return Text(self.name_zh, self.name_en)


class SpecialGroup(models.Model):
    """A special group of the headquarters (专项组, 专班), of any name, for a time."""

    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="groups")
    name_zh = models.CharField(max_length=80)
    name_en = models.CharField(max_length=120, blank=True)
    duties_zh = models.CharField(max_length=500, blank=True, help_text="what the group has to do")
    duties_en = models.CharField(max_length=500, blank=True)
    place = models.PositiveSmallIntegerField(default=0, help_text="its place among the groups")
    valid_from = models.DateField(null=True, blank=True)
    valid_to = models.DateField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ("place", "id")

    def __str__(self) -> str:
        return self.name_zh

    @property
    def name(self) -> Text:
        """The name in both languages."""
        return Text(self.name_zh, self.name_en)


class Seat(models.TextChoices):
    """Where in the headquarters somebody sits."""

    COMMANDER = "commander"
    DEPUTY = "deputy"
    OFFICE = "office"
    GROUP = "group"


class Membership(models.Model):
    """Somebody's seat in the headquarters, for a time.

    Name and title are values: a list of a past day names who sat there, under the title of that day, whatever became
    of the post. `post` ties the seat to an account where there is one.
    """

    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="memberships")
    seat = models.CharField(max_length=12, choices=Seat)
    group = models.ForeignKey(SpecialGroup, models.CASCADE, null=True, blank=True, related_name="memberships")
    leads = models.BooleanField(default=False, help_text="heads the group or the office")
    post = models.ForeignKey(Post, models.SET_NULL, null=True, blank=True, related_name="+")
    person_zh = models.CharField(max_length=40, blank=True)
    person_en = models.CharField(max_length=80, blank=True)
    title_zh = models.CharField(max_length=120, help_text="unit and title, as the list prints it")
    title_en = models.CharField(max_length=160, blank=True)
    duty_zh = models.CharField(max_length=300, blank=True)
    duty_en = models.CharField(max_length=300, blank=True)
    place = models.PositiveSmallIntegerField(default=0, help_text="the place in the list")
    valid_from = models.DateField(null=True, blank=True)
    valid_to = models.DateField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ("place", "id")
        indexes = (models.Index(fields=("campaign", "seat"), name="membership_seat"),)

    def __str__(self) -> str:
        return f"{self.title_zh} {self.person_zh}"

    @property
    def person(self) -> Text:
        """The name in both languages; empty where only the title is entered."""
        return Text(self.person_zh, self.person_en)

    @property
    def title(self) -> Text:
        """Unit and title in both languages."""
        return Text(self.title_zh, self.title_en)


# A theme of its own, in its own package; Django finds the tables of a room through this module.
from qipan.spine.campaigns.years.models import YearRecord as YearRecord  # noqa: E402
