"""The honours that a campaign may be for, and the name that one proposes."""

from __future__ import annotations

from dataclasses import dataclass

from qipan.assessment.text import Text


@dataclass(frozen=True, slots=True)
class Honour:
    """A title that places campaign for, as one row of data: its code, its name, how many years its cycle usually has."""

    code: str
    name: Text
    years: int = 3


HONOURS = (
    Honour("national", Text("全国文明城市", "National Civilized City")),
    Honour("national_county", Text("全国县级文明城市", "National Civilized City (county level)")),
    Honour("provincial", Text("省级文明城市", "Provincial Civilized City")),
    Honour("provincial_county_town", Text("省级文明县城", "Provincial Civilized County Town")),
    Honour("municipal", Text("市级文明城市", "Municipal Civilized City")),
    Honour("municipal_county_town", Text("市级文明县城", "Municipal Civilized County Town")),
    Honour("hygiene_city", Text("国家卫生城市", "National Hygiene City")),
    Honour("hygiene_county", Text("国家卫生县", "National Hygiene County")),
)
BY_CODE = {honour.code: honour for honour in HONOURS}


def proposed_name(honour: str, first_year: int, last_year: int) -> Text:
    """Return the name that an honour and a cycle propose: 创建2026—2028年省级文明城市."""
    known = BY_CODE.get(honour)
    title = known.name if known else Text("文明创建活动", "Improvement campaign")
    zh_years = f"{first_year}年" if first_year == last_year else f"{first_year}—{last_year}年"
    en_years = f"{first_year}" if first_year == last_year else f"{first_year}–{last_year}"
    return Text(f"创建{zh_years}{title.zh}" if known else f"{zh_years}{title.zh}", f"{title.en} {en_years}")
