from pathlib import Path

import pytest
from babel.messages.catalog import Message

import messages

TEMPLATE = """{% load i18n %}
    <h1 title="{% translate 'Units' %}">it's 5% {{ name|default:_("nobody") }}</h1>
{% blocktranslate count n=n trimmed %}
   {{ n }} unit
{% plural %}{{ n }} units{% endblocktranslate %}
{% translate "May" context "month" %}
"""
PYTHON = """
from django.utils.translation import gettext_lazy as _, ngettext_lazy, pgettext
A = _("%(a)s of {b}"
      " is late")
B = ngettext_lazy("%d day", "%d days", 3)
C = pgettext("verb", "May")
"""


@pytest.fixture
def package(tmp_path):
    templates = tmp_path / "src/qipan/faces/templates"
    templates.mkdir(parents=True)
    (templates / "page.html").write_text(TEMPLATE)
    (tmp_path / "src/qipan/faces/views.py").write_text(PYTHON)
    return tmp_path / "src/qipan"


def catalogue(package: Path) -> Path:
    return package / "locale/zh_Hans/LC_MESSAGES/django.po"


def faults(package: Path) -> list[str]:
    return list(messages.faults(catalogue(package), messages.extract(package)))


def test_every_kind_of_call_is_found(package):
    found = {(message.id, message.context) for message in messages.extract(package) if message.id}
    assert found == {
        ("Units", None),
        ("nobody", None),
        (("%(n)s unit", "%(n)s units"), None),
        ("May", "month"),
        ("May", "verb"),
        ("%(a)s of {b} is late", None),
        (("%d day", "%d days"), None),
    }


def test_update_keeps_what_is_translated_and_drops_what_is_gone(package):
    messages.update(catalogue(package), messages.extract(package))
    assert len(faults(package)) == 7
    text = catalogue(package).read_text()
    catalogue(package).write_text(text.replace('msgid "Units"\nmsgstr ""', 'msgid "Units"\nmsgstr "单位"'))
    (package / "faces/views.py").unlink()
    messages.update(catalogue(package), messages.extract(package))
    text = catalogue(package).read_text()
    assert 'msgstr "单位"' in text
    assert "is late" not in text
    assert len(faults(package)) == 3
    messages.update(catalogue(package), messages.extract(package))
    assert catalogue(package).read_text() == text


@pytest.mark.parametrize(
    ("string", "fault"),
    [
        ("{b}中%(a)s已逾期", None),
        ("{b}中已逾期", "has other placeholders: {b}"),
        ("%(a)s、%(a)s、{b}", "has other placeholders: %(a)s, %(a)s, {b}"),
        ("", "is not translated"),
    ],
)
def test_a_translation_has_the_placeholders_of_its_source(string, fault):
    message = Message("%(a)s of {b} is late", string)
    assert list(messages.message_faults(message)) == ([fault] if fault else [])


def test_fuzzy_and_left_over_entries_are_refused(package):
    messages.update(catalogue(package), messages.extract(package))
    with open(catalogue(package), "a") as file:
        file.write('\n#, fuzzy\nmsgid "Gone"\nmsgstr "走了"\n\n#~ msgid "Old"\n#~ msgstr "旧"\n')
    found = faults(package)
    assert "1 obsolete entries" in found
    assert "'Gone' is fuzzy" in found
    assert "'Gone' is not in the sources any more" in found


def test_a_compiled_catalogue_is_read_by_gettext(package):
    import gettext

    messages.update(catalogue(package), messages.extract(package))
    text = catalogue(package).read_text()
    catalogue(package).write_text(text.replace('msgid "Units"\nmsgstr ""', 'msgid "Units"\nmsgstr "单位"'))
    messages.compile_catalogues(package / "locale")
    assert gettext.translation("django", package / "locale", ["zh_Hans"]).gettext("Units") == "单位"
