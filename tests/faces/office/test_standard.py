"""The standard as a tree with scores."""

from __future__ import annotations

from decimal import Decimal

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from qipan.overview.board import board
from qipan.spine.scorecards.queries import forget, standing
from tests.faces.office import county, generated
from tests.faces.office.pages import figures, number, rows, text


def tree_rows(page: str) -> dict[str, tuple[int, list[str]]]:
    """Return the rows of the tree: key -> (depth, cells)."""
    found = [(attributes, cells) for attributes, cells in rows(page) if attributes.get("id", "").startswith("node-")]
    return {attributes["id"][5:]: (int(attributes["data-depth"]), cells) for attributes, cells in found}


def test_every_node_of_the_book_stands_in_the_tree(made: county.Made, office: Client) -> None:
    page = text(office.get("/standard/"))
    assert set(tree_rows(page)) == set(standing(made.year).book.nodes)


def test_rows_add_up_to_the_total_and_to_the_board(made: county.Made, office: Client) -> None:
    page = text(office.get("/standard/"))
    top = [figures(cells) for depth, cells in tree_rows(page).values() if depth == 0]
    [whole] = [figures(cells) for attributes, cells in rows(page) if attributes.get("class") == "row-sum"]
    total = standing(made.year).card.total
    assert tuple(sum(row[n] for row in top) for n in range(4)) == whole
    assert whole == tuple(
        Decimal(value) / 1_000_000 for value in (total.earned, total.lost, total.unassessed, total.possible)
    )
    for earned, lost, unassessed, possible in top:
        assert earned + lost + unassessed == possible


def test_a_node_is_the_sum_of_what_is_below_it_and_of_its_checks(made: county.Made, office: Client) -> None:
    now = standing(made.year)
    shown = tree_rows(text(office.get("/standard/")))
    for key, node in now.book.nodes.items():
        below = [figures(shown[child][1]) if len(shown[child][1]) > 5 else (Decimal(0),) * 4 for child in node.children]
        own = [now.card.checks[line] for line in node.lines]
        if not shown[key][1][-1]:
            continue
        possible = sum((row[3] for row in below), Decimal(0)) + Decimal(sum(c.possible for c in own)) / 1_000_000
        assert figures(shown[key][1])[3] == possible, key


def test_missing_codes_are_named_as_missing(office: Client) -> None:
    page = text(office.get("/standard/"))
    assert "Ⅰ-8, Ⅱ-34, Ⅱ-38, Ⅲ-58, Ⅲ-72, Ⅲ-76, Ⅲ-78, Ⅲ-86, Ⅲ-87, Ⅲ-88 are not on file." in page


def test_a_node_is_found_by_code_and_title_in_both_languages(office: Client) -> None:
    for words in ("Ⅲ-9", "III-9", "iii-9 ", "融入日常生活", "values in DAILY life"):
        shown = tree_rows(text(office.get("/standard/", {"q": words})))
        assert {"Ⅰ-2", "Ⅱ-5", "Ⅲ-9"} <= set(shown), words
        assert "Ⅲ-1" not in shown


def test_only_losses(made: county.Made, office: Client) -> None:
    now = standing(made.year)
    shown = tree_rows(text(office.get("/standard/", {"show": "losses"})))
    assert shown
    assert all(now.card.nodes[key].lost > 0 for key in shown)


def test_a_side_counts_its_checks_alone_and_agrees_with_the_board(made: county.Made, office: Client) -> None:
    sides = board(made.year, standing(made.year).on).sides
    for side in ("hardware", "software"):
        page = text(office.get("/standard/", {"side": side}))
        [whole] = [figures(cells) for attributes, cells in rows(page) if attributes.get("class") == "row-sum"]
        assert whole[3] == Decimal(sides[side].possible) / 1_000_000
        assert whole[1] == Decimal(sides[side].lost) / 1_000_000


def test_a_status_can_be_chosen_and_nothing_found_says_what_to_do(office: Client) -> None:
    for state in ("assessed", "partly", "not_assessed", "item"):
        assert tree_rows(text(office.get("/standard/", {"state": state})))
    page = text(office.get("/standard/", {"q": "nothing of the kind"}))
    assert "No node fits" in page


def test_the_export_is_what_is_on_the_screen(office: Client) -> None:
    response = office.get("/standard/", {"q": "III-9", "export": "csv"})
    lines = response.content.decode("utf-8-sig").splitlines()
    assert lines[0].startswith("Key,Code,Level")
    shown = tree_rows(text(office.get("/standard/", {"q": "III-9"})))
    assert [line.partition(",")[0] for line in lines[1:]] == list(shown)
    assert office.get("/standard/", {"export": "xlsx"}).content[:2] == b"PK"


def test_words_of_a_standard_are_text_and_never_markup(db: None, client: Client) -> None:
    _year, person = generated.make(320)
    client.force_login(person)
    page = text(client.get("/standard/", headers={"accept-language": "en"}))
    assert "Content 1.1.1 &lt;b&gt;" in page
    assert "<b>" not in page.split('<table class="tree', 1)[1].split("</table>", 1)[0]


def test_the_number_of_statements_does_not_grow_with_the_standard(db: None, client: Client) -> None:
    counts = {}
    for nodes in (1_200, 5_900):
        forget()
        year, person = generated.make(nodes)
        client.force_login(person)
        assert len(standing(year).book.nodes) >= nodes
        client.get("/standard/")
        with CaptureQueriesContext(connection) as found:
            page = text(client.get("/standard/"))
        counts[nodes] = len(found)
        assert page.count('<tr id="node-') == len(standing(year).book.nodes)
        top = [figures(cells) for depth, cells in tree_rows(page).values() if depth == 0]
        assert sum(row[3] for row in top) == number("100")
    assert counts[1_200] == counts[5_900] <= 12
