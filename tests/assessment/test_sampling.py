"""Draws by permanent random numbers: the published vector, another program, and what must hold of every draw."""

from __future__ import annotations

import hashlib
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qipan.assessment import draw, permanent_number
from qipan.assessment.sampling import WHOLE, in_order, shown

SEED, MARKETS = "2026-demo", [f"market-{n:03}" for n in range(25)]

words = st.text("abcdef-0123456789市场", min_size=1, max_size=8)
registers = st.lists(words, max_size=30, unique=True)


def test_the_published_vector() -> None:
    drawn = draw(SEED, "market", MARKETS, 5)
    assert drawn == ["market-014", "market-017", "market-013", "market-001", "market-002"]
    assert [shown(permanent_number(SEED, "market", unit)) for unit in drawn[:2]] == ["0.0831924312", "0.0934260151"]


def test_the_vector_by_hand() -> None:
    """`printf '2026-demo|market|market-014' | sha256sum` begins with these sixteen hexadecimal digits."""
    digits = hashlib.sha256(b"2026-demo|market|market-014").hexdigest()[:16]
    assert permanent_number(SEED, "market", "market-014") == int(digits, 16)
    assert shown(int(digits, 16)) == f"{int(digits, 16) / 2**64:.10f}"


def test_numbers_are_printed_half_up() -> None:
    assert shown(0) == "0.0000000000"
    assert shown(WHOLE // 2) == "0.5000000000"
    assert shown(WHOLE - 1, 3) == "1.000"
    assert shown(WHOLE // 8, 2) == "0.13"


def test_nobody_draws_less_than_nothing() -> None:
    with pytest.raises(ValueError, match="-1"):
        draw(SEED, "market", MARKETS, -1)
    assert draw(SEED, "market", [], 3) == draw(SEED, "market", MARKETS, 0) == []


@given(words, words, registers, st.integers(0, 40))
def test_another_program_draws_the_same(seed: str, stratum: str, register: list[str], n: int) -> None:
    left, taken = list(register), list[str]()
    while left and len(taken) < n:
        best = left[0]
        for unit in left:
            if _fraction(seed, stratum, unit) < _fraction(seed, stratum, best):
                best = unit
        taken.append(best)
        left.remove(best)
    assert draw(seed, stratum, register, n) == taken


def _fraction(seed: str, stratum: str, unit: str) -> Fraction:
    digest = hashlib.sha256(seed.encode() + b"|" + stratum.encode() + b"|" + unit.encode()).digest()
    return sum((Fraction(byte, 256 ** (place + 1)) for place, byte in enumerate(digest[:8])), Fraction(0))


@given(words, words, registers, st.integers(0, 30), st.integers(0, 10), st.randoms())
def test_a_draw_grows_and_does_not_ask_for_order(
    seed: str, stratum: str, register: list[str], n: int, more: int, chance: object
) -> None:
    mixed = register.copy()
    chance.shuffle(mixed)  # type: ignore[attr-defined]
    drawn = draw(seed, stratum, register, n)
    assert draw(seed, stratum, [*mixed, *mixed], n) == drawn
    assert draw(seed, stratum, register, n + more)[: len(drawn)] == drawn
    # A unit that leaves the register makes room for the next one and moves nobody else.
    if drawn:
        without = draw(seed, stratum, [unit for unit in register if unit != drawn[0]], n)
        assert without[: len(drawn) - 1] == drawn[1:]


@given(words, words, registers, st.integers(0, 30))
def test_draws_kept_apart_meet_only_where_they_must(seed: str, stratum: str, register: list[str], n: int) -> None:
    one, other = draw(seed, stratum, register, n), draw(seed, stratum, register, n, apart=True)
    assert len(set(one) & set(other)) == max(0, 2 * min(n, len(register)) - len(register))
    assert in_order(seed, stratum, register, apart=True) == in_order(seed, stratum, register)[::-1]


def test_numbers_are_spread_evenly() -> None:
    """2,000 numbers in ten parts: chi-squared with 9 degrees of freedom, below its 99.9 % point of 27.88."""
    parts = [0] * 10
    for n in range(2000):
        parts[permanent_number("spread", "s", str(n)) * 10 // WHOLE] += 1
    assert sum((part - 200) ** 2 / 200 for part in parts) < 27.88


def test_the_page_on_draws_tells_the_truth() -> None:
    page = (Path(__file__).parents[2] / "docs/rounds.md").read_text("utf-8")
    assert hashlib.sha256(b"2026-demo|market|market-014").hexdigest()[:16] in page
    assert str(draw(SEED, "market", MARKETS, 5)) in page
