"""What the writers of the proofs do through the pages: visits with faults and notes on items, and what they were told."""

from __future__ import annotations

import random
import re
import time
import uuid
from dataclasses import dataclass, field
from http.client import HTTPException

from bench.browsing import Answer, Client, Form

OPEN_WORDS = ("pass", "fail")


@dataclass(slots=True)
class Acknowledged:
    """What the product has said is done: visits with the number of items they hold, notes by their words."""

    visits: dict[str, int] = field(default_factory=dict)
    notes: dict[str, str] = field(default_factory=dict)
    seconds: list[float] = field(default_factory=list)
    unsure: set[str] = field(default_factory=set)
    """Sent, and no answer came: may be there or not, but whole and once."""
    refused: list[str] = field(default_factory=list)


def fill(form: Form, chance: random.Random, faults: float) -> tuple[Form, int]:
    """Answer every item of a visit's form; return it with the number of items answered."""
    fields, answered = dict(form.fields), 0
    for name, values in form.choices.items():
        if not name.startswith("o-") or "pass" not in values:
            continue
        fault = chance.random() < faults
        fields[name] = "fail" if fault else "pass"
        if fault:
            fields[f"t-{name[2:]}"] = "现场不符合要求"
        answered += 1
    fields["uid"] = str(uuid.UUID(int=chance.getrandbits(128), version=4))
    fields.pop("visited_at", None)
    fields["visited_at"] = time.strftime("%Y-%m-%dT%H:%M", time.gmtime(time.time() + 8 * 3600 - 60))
    return Form(form.action, fields, form.choices), answered


def visit(client: Client, page: Answer, chance: random.Random, told: Acknowledged, *, twice: float = 0.1) -> None:
    """Send a visit from its page, now and then twice, and keep what came back."""
    form = next((each for each in page.forms() if any(name.startswith("o-") for name in each.choices)), None)
    if form is None:
        raise RuntimeError(f"no form for a visit at {page.address}")
    filled, answered = fill(form, chance, 0.08)
    uid = filled.fields["uid"]
    for _ in range(2 if chance.random() < twice else 1):
        told.unsure.add(uid)
        try:
            answer = client.post(filled)
        except (OSError, HTTPException):
            return
        if answer.status == 302 and uid in answer.address:
            told.visits[uid] = answered
            told.seconds.append(answer.seconds)
            told.unsure.discard(uid)
        elif answer.status == 409:
            # Another look at the same site came first, and the form says so: the person reads it and sends again.
            told.unsure.discard(uid)
            again = next(each for each in answer.forms() if any(name.startswith("o-") for name in each.choices))
            filled = Form(again.action, {**filled.fields, **{k: v for k, v in again.fields.items() if k[:2] == "r-"}})
        else:
            told.unsure.discard(uid)
            told.refused.append(f"{answer.status} {answer.address} {_said(answer.text)}")
            return


def note(client: Client, page: Answer, chance: random.Random, told: Acknowledged) -> None:
    """Write a note on an item."""
    form = page.form("/note/")
    words = f"记录 {chance.getrandbits(64):016x}"
    number = re.search(r"/work/([0-9-]+)/", form.action)
    told.unsure.add(words)
    try:
        answer = client.post(form, text=words)
    except (OSError, HTTPException):
        return
    told.unsure.discard(words)
    if answer.status == 302:
        told.notes[words] = number[1] if number else ""
        told.seconds.append(answer.seconds)
    else:
        told.refused.append(f"{answer.status} {answer.address} {_said(answer.text)}")


def _said(page: str) -> str:
    words = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.partition("<main")[2] or page))
    return words[:300]


COUNT = """
from collections import Counter
from qipan.sources.fieldwork.models import Visit
from qipan.spine.ledger.models import Observation
from qipan.spine.work.models import LogEntry, WorkItem
import json
seen = Counter(source.removeprefix('visit/') for source in Observation.objects.filter(source__startswith='visit/').values_list('source', flat=True))
numbers = list(WorkItem.objects.values_list('county_id', 'number'))
faults = Observation.objects.filter(source__startswith='visit/', outcome='fail').count()
from qipan.spine.work.models import Sighting
uids = set(Observation.objects.filter(source__startswith='visit/', outcome='fail').values_list('uid', flat=True))
sighted = Counter(Sighting.objects.filter(observation__in=uids).values_list('observation', flat=True)) if len(uids) < 900 else Counter(
    uid for uid in Sighting.objects.values_list('observation', flat=True) if uid in uids)
print(json.dumps({
    'visits': {str(uid): items for uid, items in Visit.objects.values_list('uid', 'items')},
    'observations': seen,
    'notes': Counter(LogEntry.objects.filter(step='noted', text__startswith='记录 ').values_list('text', flat=True)),
    'numbers_twice': len(numbers) - len(set(numbers)),
    'open_twice': sum(1 for n in Counter(WorkItem.objects.filter(state__in=['issued', 'accepted', 'reported']).exclude(item='').exclude(cluster='').exclude(kind='task').values_list('county_id', 'cluster', 'item')).values() if n > 1),
    'faults': faults, 'sighted': len(sighted), 'sighted_twice': sum(1 for n in sighted.values() if n > 1),
}))
"""


def compare(told: Acknowledged, kept: dict[str, object]) -> list[str]:
    """Return what does not agree between what was acknowledged and what the database holds; nothing is right."""
    visits, observations = dict(kept["visits"]), dict(kept["observations"])  # type: ignore[call-overload]
    notes = dict(kept["notes"])  # type: ignore[call-overload]
    faults: list[str] = []
    for uid, items in told.visits.items():
        if visits.get(uid) != items or observations.get(uid) != items:
            faults.append(
                f"visit {uid}: {items} acknowledged, {visits.get(uid)} kept, {observations.get(uid)} observations"
            )
    for uid, items in visits.items():
        if observations.get(uid, 0) != items:
            faults.append(f"visit {uid} is not whole: {items} items, {observations.get(uid, 0)} observations")
        if uid not in told.visits and uid not in told.unsure:
            faults.append(f"visit {uid} was never sent")
    faults += [f"observations of {uid} without its visit" for uid in observations if uid not in visits]
    for words in told.notes:
        if notes.get(words) != 1:
            faults.append(f"note {words}: kept {notes.get(words, 0)} times")
    faults += [f"note {words} twice" for words, count in notes.items() if count > 1]
    for name in ("numbers_twice", "open_twice", "sighted_twice"):
        if kept[name]:
            faults.append(f"{name}: {kept[name]}")
    if kept["faults"] != kept["sighted"]:
        faults.append(f"{kept['faults']} faults were seen and {kept['sighted']} of them are on an order")
    return faults
