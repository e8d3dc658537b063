"""The tool that gathers and checks translations."""

from __future__ import annotations

import gettext as python_gettext

import pytest
from babel.messages.pofile import read_po, write_po

from samhandla.project import translations


@pytest.fixture
def package(tmp_path):
    """A small package with one sentence in code, one in a template and one with a plural."""
    room = tmp_path / "room"
    (room / "templates").mkdir(parents=True)
    (room / "code.py").write_text('_("Spara nu")\nngettext("%(n)s dag", "%(n)s dagar", n)\nN_("Röd")\n')
    (room / "templates/page.html").write_text("{% load i18n %}<p>{% translate 'Hej där' %}</p>")
    return tmp_path


def locale(package):
    return package / "locale"


def fill(package, **strings):
    translations.update(package, locale(package))
    path = translations.catalogue_path("en", locale(package))
    with path.open("rb") as file:
        catalog = read_po(file, locale="en")
    for message in catalog:
        if message.id:
            key = message.id if isinstance(message.id, str) else message.id[0]
            message.string = strings.get(key, message.string)
    with path.open("wb") as file:
        write_po(file, catalog)
    return path


COMPLETE = {
    "Spara nu": "Save now",
    "Hej där": "Hello there",
    "Röd": "Red",
    "%(n)s dag": ("%(n)s day", "%(n)s days"),
}


def test_sentences_are_found_in_code_and_templates(package):
    found = {m.id if isinstance(m.id, str) else m.id[0] for m in translations.gather(package) if m.id}
    assert found == set(COMPLETE)


def test_complete_catalogue_has_no_problem_and_compiles(package):
    path = fill(package, **COMPLETE)
    assert list(translations.problems(package, locale(package))) == []
    assert translations.compile_all(locale(package)) == [path.with_suffix(".mo")]
    assert translations.compile_all(locale(package)) == []
    with path.with_suffix(".mo").open("rb") as file:
        assert python_gettext.GNUTranslations(file).gettext("Hej där") == "Hello there"


def test_missing_and_empty_are_named_with_their_file(package):
    fill(package, **{**COMPLETE, "Hej där": ""})
    (package / "room/more.py").write_text('_("Nytt")\n')
    found = list(translations.problems(package, locale(package)))
    assert len(found) == 2
    assert any("'Hej där'" in line and "page.html" in line for line in found)
    assert any("'Nytt'" in line and "more.py" in line for line in found)


def test_half_a_plural_and_wrong_placeholder_are_refused(package):
    fill(package, **{**COMPLETE, "%(n)s dag": ("%(n)s day", "")})
    assert len(list(translations.problems(package, locale(package)))) == 1
    fill(package, **{**COMPLETE, "%(n)s dag": ("%(m)s day", "%(m)s days")})
    assert len(list(translations.problems(package, locale(package)))) >= 1


def test_fuzzy_is_refused(package):
    path = fill(package, **COMPLETE)
    text = path.read_text().replace('msgid "Spara nu"', '#, fuzzy\nmsgid "Spara nu"')
    path.write_text(text)
    assert [line for line in translations.problems(package, locale(package)) if "fuzzy" in line]


def test_update_keeps_what_is_translated_and_drops_what_is_gone(package):
    path = fill(package, **COMPLETE)
    (package / "room/code.py").write_text('_("Spara nu")\n')
    translations.update(package, locale(package))
    text = path.read_text()
    assert "Save now" in text
    assert "Röd" not in text


def test_wrong_arguments_are_explained(capsys):
    assert translations.main(["nonsens"]) == 2
    assert "update|check|compile" in capsys.readouterr().err
