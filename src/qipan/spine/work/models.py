"""One kind of work item: order, task or pledge. One record, one life-cycle, a log of which nothing is taken away."""

from __future__ import annotations

from django.db import models

from qipan.assessment.text import Text
from qipan.ground.files.models import Photo
from qipan.ground.units.models import County, Person, Post, Unit
from qipan.spine.campaigns.models import TimeNode
from qipan.spine.work.basis.models import BasisDocument as BasisDocument
from qipan.spine.work.basis.models import Citation as Citation
from qipan.spine.work.hard.models import HardEntry as HardEntry
from qipan.spine.work.hard.models import HardProblem as HardProblem
from qipan.spine.work.hard.models import HardStep as HardStep
from qipan.spine.work.lightness.models import Demand as Demand
from qipan.spine.work.lightness.models import Override as Override
from qipan.spine.work.lightness.models import PhotoRule as PhotoRule
from qipan.spine.work.mechanisms.models import AgendaPoint as AgendaPoint
from qipan.spine.work.mechanisms.models import Mechanism as Mechanism
from qipan.spine.work.mechanisms.models import Run as Run
from qipan.spine.work.mechanisms.models import RunDecision as RunDecision
from qipan.spine.work.special.models import Attachment as Attachment


class LimitUnit(models.TextChoices):
    """The four units in which offices state a limit."""

    URGENT_HOUR = "urgent_hour"
    WORKING_HOUR = "working_hour"
    WORKING_DAY = "working_day"
    CALENDAR_DAY = "calendar_day"


class WorkSettings(models.Model):
    """How a county runs its work: when a light turns to "due", and which limit an unclassed finding has."""

    county = models.OneToOneField(County, models.CASCADE, primary_key=True, related_name="work_settings")
    due_share = models.PositiveSmallIntegerField(default=20, help_text="per cent of the time that are left")
    due_working_days = models.PositiveSmallIntegerField(default=3, help_text="or so many working days")
    return_days = models.PositiveSmallIntegerField(
        default=1, help_text="working days after issue in which it is returned"
    )
    requests_a_month = models.PositiveSmallIntegerField(
        default=30, help_text="requests to one unit in a month that need no reason; 0 is no limit"
    )
    bunching_share = models.PositiveSmallIntegerField(
        default=40, help_text="per cent of the deadlines before a node that may lie in its last days"
    )
    recheck_site_minutes = models.PositiveSmallIntegerField(
        default=45, help_text="of one re-check on site, with the way"
    )
    recheck_photo_minutes = models.PositiveSmallIntegerField(default=5, help_text="of one re-check by photo")
    recheck_hours = models.PositiveSmallIntegerField(default=40, help_text="hours a week that there are for re-checks")
    bunching_days = models.PositiveSmallIntegerField(default=10, help_text="the last days before a node")
    extension_days = models.PositiveSmallIntegerField(
        default=0, help_text="working days by which one extension may move a deadline; 0: any"
    )
    coordination_pauses = models.BooleanField(default=True, help_text="the clock stands while a co-ordination is open")
    at_once_days = models.PositiveSmallIntegerField(
        default=3, help_text="working days of what is to be done at once (立行立改)"
    )
    next_number = models.PositiveIntegerField(default=1)
    version = models.PositiveIntegerField(default=1)

    def __str__(self) -> str:
        return f"work of {self.county}"


class WorkClass(models.Model):
    """A class of findings with its three criteria: when it is opened, how long it may take, when it may be closed.

    `basis` says where the limit comes from ("sample" until the office has put in its own).
    """

    class Basis(models.TextChoices):
        """Where a limit comes from."""

        SAMPLE = "sample"
        SOURCE = "source"
        OFFICE = "office"

    county = models.ForeignKey(County, models.CASCADE, related_name="work_classes")
    code = models.CharField(max_length=20)
    group = models.CharField(max_length=20, blank=True, help_text="code of the major class")
    name_zh = models.CharField(max_length=80)
    name_en = models.CharField(max_length=120, blank=True)
    opens_zh = models.CharField(max_length=300, blank=True, help_text="when a case is opened")
    opens_en = models.CharField(max_length=300, blank=True)
    closes_zh = models.CharField(max_length=300, blank=True, help_text="when a case may be closed")
    closes_en = models.CharField(max_length=300, blank=True)
    limit = models.PositiveSmallIntegerField()
    limit_unit = models.CharField(max_length=16, choices=LimitUnit)
    basis = models.CharField(max_length=8, choices=Basis, default=Basis.SAMPLE)
    source = models.CharField(max_length=300, blank=True)
    function = models.CharField(max_length=40, blank=True, help_text="the function that usually answers")
    is_active = models.BooleanField(default=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ("code",)
        constraints = (models.UniqueConstraint(fields=("county", "code"), name="work_class_in_county"),)

    def __str__(self) -> str:
        return f"{self.code} {self.name_zh}"

    @property
    def name(self) -> Text:
        """The name in both languages."""
        return Text(self.name_zh, self.name_en)


class ItemClass(models.Model):
    """The class that a failed checklist item belongs to; from the class pack, changed by the office."""

    county = models.ForeignKey(County, models.CASCADE, related_name="+")
    item = models.CharField(max_length=80)
    work_class = models.ForeignKey(WorkClass, models.CASCADE, related_name="items")

    class Meta:
        ordering = ("item",)
        constraints = (models.UniqueConstraint(fields=("county", "item"), name="item_class_once"),)

    def __str__(self) -> str:
        return f"{self.item} → {self.work_class}"


class Kind(models.TextChoices):
    """Where work comes from: a finding, a criterion, a meeting."""

    ORDER = "order"
    TASK = "task"
    PLEDGE = "pledge"


class State(models.TextChoices):
    """What an item waits for. The steps that lead through them are in `Step`; `lifecycle.py` holds the table."""

    ISSUED = "issued"
    ACCEPTED = "accepted"
    REPORTED = "reported"
    SUSPENDED = "suspended"
    CLOSED = "closed"
    CANCELLED = "cancelled"
    MERGED = "merged"


OPEN = (State.ISSUED, State.ACCEPTED, State.REPORTED, State.SUSPENDED)
VOID = (State.CANCELLED, State.MERGED)
"""What counts nowhere: a mistake, or what goes on as another item."""


class WorkItem(models.Model):
    """An order, a task or a pledge.

    `open_key` is county, site and item while an order is open: a second finding there joins it. Points are
    micro-points of the campaign's total at `points_at`. `version` rises with every act.
    """

    county = models.ForeignKey(County, models.PROTECT, related_name="work_items")
    year = models.PositiveSmallIntegerField(help_text="the year in whose lists it is, and whose points hang on it")
    from_year = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="the year it was issued for, where it was carried over since"
    )
    number = models.CharField(max_length=24, help_text="2026-00042, in the order of issue")
    kind = models.CharField(max_length=8, choices=Kind)
    origin_kind = models.CharField(max_length=24, help_text="visit, review, check, leader, …")
    origin_id = models.CharField(max_length=80, blank=True)
    origin_label = models.CharField(max_length=200, blank=True)
    title_zh = models.CharField(max_length=200)
    title_en = models.CharField(max_length=200, blank=True)
    text = models.TextField(blank=True, help_text="what was found or is wanted, as written")
    deliverable = models.CharField(max_length=300, blank=True)
    check_key = models.CharField(max_length=120, blank=True)
    node = models.CharField(max_length=60, blank=True)
    milestone = models.ForeignKey(
        TimeNode,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="items",
        help_text="the node of the plan it is due by",
    )
    item = models.CharField(max_length=80, blank=True)
    stratum = models.CharField(max_length=40, blank=True)
    cluster = models.CharField(max_length=40, blank=True, help_text="code of the site")
    round = models.CharField(max_length=40, blank=True, help_text="code of the round that found it")
    safety = models.BooleanField(default=False)
    side = models.CharField(max_length=8, blank=True, help_text="hardware or software")
    work_class = models.ForeignKey(WorkClass, models.PROTECT, null=True, blank=True, related_name="+")
    limit = models.PositiveSmallIntegerField(null=True, blank=True)
    limit_unit = models.CharField(max_length=16, choices=LimitUnit, blank=True)
    lead = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="led_items")
    territory = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="territory_items")
    person = models.ForeignKey(Person, models.SET_NULL, null=True, blank=True, related_name="+")
    supports = models.ManyToManyField(Unit, blank=True, related_name="supported_items")
    state = models.CharField(max_length=10, choices=State, default=State.ISSUED)
    handling_round = models.PositiveSmallIntegerField(
        default=1, help_text="rises when a re-check fails or it is reopened"
    )
    issued_at = models.DateTimeField()
    due_from = models.DateTimeField(help_text="the light turns to due")
    deadline = models.DateTimeField()
    deadline_text = models.CharField(max_length=80, blank=True, help_text="as it was written: 11月底前")
    cadence = models.CharField(
        max_length=10, blank=True, help_text="weekly, monthly, quarterly, yearly, or standing (长期坚持)"
    )
    own_deadline = models.DateTimeField(
        null=True, blank=True, help_text="an earlier date that the unit set itself; it changes no light"
    )
    parent = models.ForeignKey(
        "self", models.SET_NULL, null=True, blank=True, related_name="subtasks", help_text="the task it is a part of"
    )
    follows = models.OneToOneField(
        "self", models.SET_NULL, null=True, blank=True, related_name="followed_by",
        help_text="the one before it, of what comes again",
    )  # fmt: skip
    calendar_gap = models.BooleanField(default=False, help_text="counted through a year without a calendar")
    accepted_at = models.DateTimeField(null=True, blank=True)
    reported_at = models.DateTimeField(null=True, blank=True, help_text="empty again when the re-check fails")
    closed_at = models.DateTimeField(null=True, blank=True)
    photo_recheck = models.BooleanField(
        default=False, help_text="its report may be re-checked by photo: not drawn for a look on site"
    )
    instructed_at = models.DateTimeField(null=True, blank=True, help_text="the last instruction of a leader")
    points_at_stake = models.BigIntegerField(default=0)
    gain_alone = models.BigIntegerField(default=0)
    points_at = models.DateTimeField(null=True, blank=True)
    moved = models.JSONField(
        null=True, blank=True, help_text="what closing moved: reading, check and total, before and after"
    )
    open_key = models.CharField(max_length=160, null=True, blank=True, unique=True)
    request = models.CharField(max_length=12, blank=True, help_text="kind of the request that waits for an answer")
    held_since = models.DateTimeField(null=True, blank=True, help_text="since when its clock stands")
    deferred_until = models.DateField(null=True, blank=True, help_text="the day on which a deferred item is reviewed")
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="absorbed")
    came_by = models.CharField(max_length=8, blank=True, help_text="how its unit's last word came: link, behalf")
    version = models.PositiveIntegerField(default=1)
    queue = models.GeneratedField(
        expression=models.Case(
            models.When(state__in=("issued", "accepted", "reported"), held_since=None, then=models.Value(0)),
            models.When(state__in=("closed", "cancelled", "merged"), then=models.Value(2)),
            default=models.Value(1),
        ),
        output_field=models.PositiveSmallIntegerField(), db_persist=True,
        help_text="0 open, 1 stands still, 2 has ended: what a list shows first; kept by the database",
    )  # fmt: skip

    class Meta:
        ordering = ("-id",)
        constraints = (models.UniqueConstraint(fields=("county", "number"), name="work_number_in_county"),)
        indexes = (
            models.Index(fields=("county", "year", "queue", "deadline", "id"), name="work_by_lateness"),
            models.Index(
                fields=("county", "year", "state", "request", "deferred_until", "points_at_stake"), name="work_counts"
            ),
            models.Index(fields=("county", "year", "points_at_stake", "id"), name="work_by_points"),
            models.Index(fields=("county", "year", "gain_alone", "id"), name="work_by_gain"),
            models.Index(fields=("county", "year", "state", "deadline"), name="work_list"),
            models.Index(fields=("lead", "state", "deadline"), name="work_of_lead"),
            models.Index(fields=("territory", "state", "deadline"), name="work_of_territory"),
            models.Index(fields=("county", "cluster", "item"), name="work_at_site"),
            models.Index(fields=("county", "year", "check_key"), name="work_of_check"),
        )

    def __str__(self) -> str:
        return f"{self.number} {self.title_zh}"

    @property
    def title(self) -> Text:
        """The title in both languages."""
        return Text(self.title_zh, self.title_en)


class Sighting(models.Model):
    """A finding that an order rests on; the first one opened it, later ones at the same site and item joined it."""

    work_item = models.ForeignKey(WorkItem, models.CASCADE, related_name="sightings")
    observation = models.UUIDField(null=True, blank=True)
    outcome = models.CharField(max_length=60, blank=True)
    text = models.TextField(blank=True)
    seen_at = models.DateTimeField()
    by_person = models.CharField(max_length=80, blank=True)
    by_post = models.CharField(max_length=120, blank=True)
    by_unit = models.CharField(max_length=80, blank=True)
    photos = models.ManyToManyField(Photo, blank=True, related_name="+")

    class Meta:
        ordering = ("id",)

    def __str__(self) -> str:
        return f"{self.work_item_id}: {self.seen_at}"


class Step(models.TextChoices):
    """What can be written into an item's log: the chain first, then what happens beside it."""

    ISSUED = "issued"
    ACCEPTED = "accepted"
    FIXED = "fixed"
    REPORTED = "reported"
    RECHECKED = "rechecked"
    CLOSED = "closed"
    FAILED = "failed"
    JOINED = "joined"
    REASSIGNED = "reassigned"
    DEADLINE = "deadline"
    INSTRUCTED = "instructed"
    TAKEN_BACK = "taken_back"
    NOTED = "noted"
    CANCELLED = "cancelled"
    REOPENED = "reopened"
    ESCALATED = "escalated"

    RETURNED = "returned"
    EXTENSION = "extension"
    COORDINATION = "coordination"
    APPEALED = "appealed"
    CONSENTED = "consented"
    REFUSED = "refused"
    DECIDED = "decided"
    LAPSED = "lapsed"
    DEFERRED = "deferred"
    RESUMED = "resumed"
    CONTRIBUTED = "contributed"
    OWN_DATE = "own_date"
    WITHDRAWN = "withdrawn"
    SUSPENDED = "suspended"
    MERGED = "merged"
    ABSORBED = "absorbed"
    UNMERGED = "unmerged"
    CARRIED = "carried"


CHAIN = (Step.ISSUED, Step.ACCEPTED, Step.FIXED, Step.REPORTED, Step.RECHECKED, Step.CLOSED)


class LogEntry(models.Model):
    """A step of an item: who did it and when. `person` is the number of the person as a value: it outlives the account.
    Of a unit's word that came by a link or was entered on its behalf it is who issued the link, or entered it.

    `at` is when it happened, `recorded_at` when it was written down; they differ for a fix that is reported later.
    """

    work_item = models.ForeignKey(WorkItem, models.CASCADE, related_name="log")
    step = models.CharField(max_length=12, choices=Step)
    handling_round = models.PositiveSmallIntegerField(default=1)
    at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    person = models.PositiveBigIntegerField(null=True, blank=True)
    by_person = models.CharField(max_length=80, blank=True)
    by_post = models.CharField(max_length=120, blank=True)
    by_unit = models.CharField(max_length=80, blank=True)
    text = models.TextField(blank=True)
    data = models.JSONField(default=dict, blank=True)
    observation = models.UUIDField(null=True, blank=True)
    photos = models.ManyToManyField(Photo, blank=True, related_name="+")

    class Meta:
        ordering = ("id",)

    def __str__(self) -> str:
        return f"{self.work_item_id} {self.step}"


class Rung(models.TextChoices):
    """The rungs of the ladder of urging, from the lowest."""

    REMIND = "remind"
    URGE = "urge"
    SUPERVISE = "supervise"
    BULLETIN = "bulletin"
    INTERVIEW = "interview"
    HANDOVER = "handover"


class Ladder(models.Model):
    """After how many days over the deadline a county proposes each rung; `basis` is "sample" until the office set it."""

    county = models.OneToOneField(County, models.CASCADE, primary_key=True, related_name="ladder")
    remind = models.PositiveSmallIntegerField(default=1)
    urge = models.PositiveSmallIntegerField(default=3)
    supervise = models.PositiveSmallIntegerField(default=7)
    bulletin = models.PositiveSmallIntegerField(default=15)
    interview = models.PositiveSmallIntegerField(default=22)
    handover = models.PositiveSmallIntegerField(default=30)
    basis = models.CharField(max_length=8, choices=WorkClass.Basis, default=WorkClass.Basis.SAMPLE)
    version = models.PositiveIntegerField(default=1)

    def __str__(self) -> str:
        return f"ladder of {self.county}"


class Slip(models.Model):
    """A supervision slip or a hand-over letter: one unit, some of its items. It names no person of the unit."""

    county = models.ForeignKey(County, models.PROTECT, related_name="slips")
    rung = models.CharField(max_length=10, choices=Rung)
    year = models.PositiveSmallIntegerField()
    serial = models.PositiveIntegerField(help_text="runs on within the kind and the year")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="slips")
    issued_at = models.DateTimeField()
    until = models.DateField(null=True, blank=True, help_text="by when the unit has to report")
    text = models.TextField(blank=True)
    by_post = models.CharField(max_length=120, blank=True)

    class Meta:
        ordering = ("-id",)
        constraints = (models.UniqueConstraint(fields=("county", "rung", "year", "serial"), name="slip_number_once"),)

    def __str__(self) -> str:
        return f"{self.rung} {self.year}/{self.serial}"


class Escalation(models.Model):
    """What the office decided on a proposed rung: confirmed, or held back with a reason. Nothing is taken away.

    `deadline` is the item's at that moment: another deadline begins the ladder anew. `due` is the rung that the days
    alone would have given; a rung that was held back is proposed again when they give a higher one.
    """

    work_item = models.ForeignKey(WorkItem, models.CASCADE, related_name="escalations")
    rung = models.CharField(max_length=10, choices=Rung)
    due = models.CharField(max_length=10, choices=Rung)
    confirmed = models.BooleanField()
    deadline = models.DateTimeField()
    days = models.PositiveIntegerField(help_text="days over the deadline")
    text = models.TextField(blank=True)
    slip = models.ForeignKey(Slip, models.PROTECT, null=True, blank=True, related_name="escalations")
    at = models.DateTimeField()
    by_person = models.CharField(max_length=80, blank=True)
    by_post = models.CharField(max_length=120, blank=True)

    class Meta:
        ordering = ("-id",)
        indexes = (models.Index(fields=("work_item", "deadline"), name="escalation_of_item"),)

    def __str__(self) -> str:
        return f"{self.work_item_id} {self.rung}"


class Handover(models.Model):
    """A post that goes from its holder to a successor's post of the same unit and role (交接), from a day on.

    `contents` is the list as it stood when the holder signed it; names are values, they outlive the accounts.
    """

    county = models.ForeignKey(County, models.CASCADE, related_name="handovers")
    old = models.ForeignKey(Post, models.PROTECT, related_name="handed_over")
    new = models.ForeignKey(Post, models.PROTECT, related_name="taken_over")
    on = models.DateField(help_text="the successor's first day")
    notes = models.TextField(blank=True)
    contents = models.JSONField(default=dict, blank=True)
    begun_at = models.DateTimeField()
    begun_by = models.CharField(max_length=160)
    given_at = models.DateTimeField(null=True, blank=True)
    given_by = models.CharField(max_length=160, blank=True)
    taken_at = models.DateTimeField(null=True, blank=True)
    taken_by = models.CharField(max_length=160, blank=True)
    cancelled_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ("-id",)

    def __str__(self) -> str:
        return f"{self.old} → {self.new}"


class Request(models.Model):
    """What a unit asks of an item that it leads, and what became of it. An item has at most one that is open.

    `proposal` is what it asks for (JSON: deadline, unit); `decision` what was decided (deadline, unit, supports, outcome,
    the records of the ledger). Who asked, consented and decided are kept as values, like a step of the log.
    """

    class Kind(models.TextChoices):
        """What can be asked."""

        RETURN = "return"
        EXTENSION = "extension"
        COORDINATION = "coordination"
        APPEAL = "appeal"

    class State(models.TextChoices):
        """What a request waits for, or how it ended; lapsed is what the item outran."""

        CONSENT = "consent"
        OPEN = "open"
        UPHELD = "upheld"
        REJECTED = "rejected"
        REFUSED = "refused"
        LAPSED = "lapsed"
        WITHDRAWN = "withdrawn"

    work_item = models.ForeignKey(WorkItem, models.CASCADE, related_name="requests")
    kind = models.CharField(max_length=12, choices=Kind)
    state = models.CharField(max_length=10, choices=State)
    text = models.TextField()
    proposal = models.JSONField(default=dict, blank=True)
    photos = models.ManyToManyField(Photo, blank=True, related_name="+")
    asked_at = models.DateTimeField()
    person = models.PositiveBigIntegerField(null=True, blank=True)
    by_person = models.CharField(max_length=80, blank=True)
    by_post = models.CharField(max_length=120, blank=True)
    by_unit = models.CharField(max_length=80, blank=True)
    consented_at = models.DateTimeField(null=True, blank=True)
    consented_by = models.CharField(max_length=80, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.CharField(max_length=80, blank=True)
    reason = models.TextField(blank=True, help_text="why it was decided so")
    decision = models.JSONField(default=dict, blank=True)

    class Meta:
        ordering = ("id",)
        indexes = (
            models.Index(fields=("work_item", "kind"), name="work_request_of_item"),
            models.Index(fields=("kind", "by_unit"), name="work_request_of_unit"),
        )

    def __str__(self) -> str:
        return f"{self.work_item_id} {self.kind} {self.state}"

    @property
    def is_open(self) -> bool:
        """Whether someone still has to answer."""
        return self.state in {Request.State.CONSENT, Request.State.OPEN}


# Themes of their own, in their own packages; Django finds the tables of a room through this module.
from qipan.spine.work.links.models import HandlingLink  # noqa: E402
from qipan.spine.work.office_files.models import ImportedRow, OfficeFile, OfficeWord  # noqa: E402

__all__ = [
    "CHAIN", "OPEN", "Escalation", "HandlingLink", "Handover", "ImportedRow", "ItemClass", "Kind", "Ladder", "LimitUnit", "LogEntry",
    "OfficeFile", "OfficeWord", "Request", "Rung", "Sighting", "Slip", "State", "Step", "WorkClass", "WorkItem", "WorkSettings",
]  # fmt: skip
