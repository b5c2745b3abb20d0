"""The words of a campaign year for types of sites and for functions, as lists and forms use them."""

from __future__ import annotations

from collections.abc import Mapping

from qipan.assessment.text import Text
from qipan.ground.sites.site_list import Words
from qipan.ground.units.types import folded
from qipan.spine.campaigns.books import functions, rulebook
from qipan.spine.campaigns.models import CampaignYear

#: What lists call a type of sites beside its title; used where the year's checklists know the code.
MORE: Mapping[str, tuple[str, ...]] = {
    "main_road": ("主次干道", "主干道", "主干路"), "secondary_road": ("次干道",), "back_street": ("背街小巷", "小街小巷"),
    "market": ("农贸市场", "集贸市场", "集贸"), "residential": ("小区", "居民小区"), "community": ("社区",),
    "hospital": ("医院",), "school": ("学校", "中小学"), "bank": ("银行",), "hotel": ("宾馆", "酒店"),
    "park": ("公园", "公园广场"), "square": ("广场",), "village": ("行政村", "村庄"),
}  # fmt: skip


def site_words(year: CampaignYear | None) -> Words:
    """Return the words of a year: types of its checklists and of its standard, and the functions of its packs."""
    if year is None:
        return Words({}, {}, {}, {})
    book = rulebook(year)
    types: dict[str, Text] = {}
    words: dict[str, str] = {}
    for code, kind in book.catalogue.types.items():
        types[code] = kind.title
    for standard in (book.standard, *(sub for _, sub in book.subs.values())):
        for code, named in standard.strata.items():
            kind_code = book.catalogue.canonical(code, standard.aliases)
            if kind_code not in types and named.title:
                types[kind_code] = named.title
            for word in (named.title.zh, named.title.en, code):
                if word:
                    words.setdefault(folded(word), kind_code)
    for alias, code in book.catalogue.aliases.items():
        words.setdefault(folded(alias), code)
    for code, title in types.items():
        for word in (code, title.zh, title.en, *MORE.get(code, ())):
            if word:
                words[folded(word)] = code
    known = functions(year)
    named_functions = {
        folded(word): function.code
        for function in known.values()
        for word in (*function.aliases, function.title.en, function.title.zh, function.code)
        if word
    }
    return Words(
        types=dict(sorted(types.items(), key=lambda pair: pair[1].zh)),
        type_words={word: code for word, code in words.items() if code in types},
        functions={code: function.title for code, function in known.items() if not function.group},
        function_words=named_functions,
    )
