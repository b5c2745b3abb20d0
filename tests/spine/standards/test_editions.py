"""Stored editions: immutable, named by their content, read once, few statements."""

from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

import qipan
from qipan.assessment.text import InputError, Text
from qipan.ground.audit.models import AuditEntry
from qipan.ground.units.models import Role
from qipan.spine.standards import actions, formats, queries
from qipan.spine.standards.models import Edition
from tests.world import make_world

pytestmark = pytest.mark.django_db
PACKS = Path(qipan.__file__).parent / "packs"


@pytest.fixture(autouse=True)
def nothing_remembered():
    queries.pack.cache_clear()
    queries.catalogue.cache_clear()


def test_the_same_content_is_the_same_edition(small: dict):
    first = actions.store(small)
    again = actions.store(small | {"total": 100, "title": {"en": "a generated standard", "zh": "生成的标准"}})
    assert again.hash == first.hash
    assert again.stored_at == first.stored_at
    assert Edition.objects.count() == 1


def test_another_content_is_another_edition_and_the_latest(small: dict):
    first, second = actions.store(small), actions.store(small | {"edition": "2027"})
    assert first.hash != second.hash
    assert queries.latest("made-up").hash == second.hash
    assert {row.hash for row in queries.editions("standard")} == {first.hash, second.hash}
    assert queries.standard(first.hash).edition == Text("", "2026")


def test_what_is_wrong_is_not_stored(small: dict):
    with pytest.raises(InputError):
        actions.store(small | {"shares": []})
    assert not Edition.objects.exists()


def test_every_kind_of_pack_is_stored_and_read(small: dict):
    names = ("cn-site-checklists", "cn-questionnaires", "functions", "cn-national-2015")
    packs = [formats.load(PACKS / f"{name}.yaml") for name in names]
    stored = actions.store_packs(packs)
    assert [edition.kind for edition in stored] == ["checklists", "questionnaires", "functions", "standard"]
    checklists, questionnaires, functions, standard = (edition.hash for edition in stored)
    assert queries.standard(standard) == packs[3].value
    assert queries.standard(standard).hash == standard
    assert "main_road" in queries.catalogue(checklists, questionnaires).types
    assert "civilization_office" in queries.functions(functions)
    with pytest.raises(TypeError):
        _ = queries.pack(functions).standard


def test_a_standard_is_read_once_in_a_process(small: dict):
    name = actions.store(small).hash
    first = queries.standard(name)
    with CaptureQueriesContext(
        connection,
    ) as caught:
        assert queries.standard(name) is first
    assert len(caught) == 0


def test_a_content_changed_by_hand_is_noticed(small: dict):
    edition = actions.store(small)
    Edition.objects.filter(hash=edition.hash).update(content=edition.content.replace("1.1.1", "1.1.9"))
    assert queries.changed_contents() == [edition.hash]
    with pytest.raises(queries.ChangedContent):
        queries.standard(edition.hash)


def test_an_edition_is_found_by_name_hash_or_the_beginning_of_it(small: dict):
    edition = actions.store(small)
    assert {queries.find(word).hash for word in ("made-up", edition.hash, edition.hash[:10])} == {edition.hash}
    for word in ("unknown", edition.hash[:4], "f" * 64, ""):
        with pytest.raises(queries.UnknownEdition):
            queries.find(word)
    with pytest.raises(queries.UnknownEdition):
        queries.latest("made-up", "functions")
    with pytest.raises(queries.UnknownEdition):
        queries.edition("x")


@pytest.mark.parametrize("suffix", [".yaml", ".xlsx"])
def test_a_standard_of_5880_nodes_is_imported_in_few_statements(large: dict, tmp_path: Path, suffix: str):
    path = tmp_path / f"large{suffix}"
    path.write_bytes(formats.dump(formats.accept(large), suffix))
    with CaptureQueriesContext(connection) as caught:
        pack = formats.load(path)
        edition = actions.store_packs([pack])[0]
    assert edition.nodes == 5_880
    # Five of them for the journal, which had no chain before.
    assert len(caught) <= 13


def test_storing_many_takes_no_more_statements_than_storing_one(small: dict):
    def statements(many: int) -> int:
        packs = [formats.accept(small | {"edition": f"{many}.{i}"}) for i in range(many)]
        with CaptureQueriesContext(connection) as caught:
            actions.store_packs(packs)
        return len(caught)

    statements(2)  # the journal's chain is begun once
    assert statements(1) == statements(10)


def test_the_journal_says_who_stored_what(small: dict):
    world = make_world(with_campaign=False)
    first = actions.store(small, by=world.posts[Role.OFFICE])
    actions.store(small, by=world.posts[Role.OFFICE])
    second = actions.store(small | {"edition": "2027"})
    found = AuditEntry.objects.order_by("pk").values_list("chain", "person", "verb", "thing_id")
    assert list(found) == [
        ("qinghe", "example-office", "standards.store", first.hash), ("", "", "standards.store", second.hash),
    ]  # fmt: skip
