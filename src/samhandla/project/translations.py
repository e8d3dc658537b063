"""The English catalogue: gather Swedish sentences, check that each is translated, compile.

`python -m samhandla.project.translations update|check|compile`. Compiling needs Babel only, so that
the wheel can be built without Django.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

PACKAGE = Path(__file__).resolve().parents[1]
LOCALE = PACKAGE / "locale"
LANGUAGES = ("en",)
HEADER = "# Swedish is the source; this is the English that readers choose in the page header."
METHODS = [("**/templates/**.html", "django"), ("**/templates/**.txt", "django"), ("**.py", "python")]
KEYWORDS = {
    **DEFAULT_KEYWORDS,
    "N_": None,
    "_now": None,
    "gettext_lazy": None,
    "ngettext_lazy": (1, 2),
    "pgettext_lazy": ((1, "c"), 2),
}


def catalogue_path(language: str, locale: Path = LOCALE) -> Path:
    return locale / language / "LC_MESSAGES/django.po"


def gather(package: Path = PACKAGE) -> Catalog:
    """Return every sentence that stands in code or templates, in the order of files."""
    catalog = Catalog(domain="django", charset="utf-8")
    found = extract_from_dir(
        package, method_map=METHODS, options_map={}, keywords=KEYWORDS, comment_tags=("Translators:",)
    )
    for filename, _line, text, comments, context in found:
        catalog.add(text, locations=[(filename, 0)], auto_comments=comments, context=context)
    return catalog


def read(path: Path, language: str) -> Catalog:
    """Read a catalogue; an empty one when there is no file."""
    if not path.is_file():
        return Catalog(locale=language, domain="django", charset="utf-8", fuzzy=False, header_comment=HEADER)
    with path.open("rb") as file:
        return read_po(file, locale=language, domain="django", abort_invalid=True)


def update(package: Path = PACKAGE, locale: Path = LOCALE) -> None:
    """Add new sentences and drop those that no longer exist. Nothing is guessed: no fuzzy matches."""
    gathered = gather(package)
    for language in LANGUAGES:
        path = catalogue_path(language, locale)
        catalog = read(path, language)
        catalog.update(gathered, no_fuzzy_matching=True, update_creation_date=False)
        catalog.obsolete.clear()
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as file:
            write_po(file, catalog, width=110, sort_output=True, include_lineno=False)


def problems(package: Path = PACKAGE, locale: Path = LOCALE) -> Iterator[str]:
    """Return one line for each sentence that is missing, untranslated, fuzzy or wrong in its placeholders."""
    gathered = gather(package)
    for language in LANGUAGES:
        catalog = read(catalogue_path(language, locale), language)
        for message in gathered:
            if message.id:
                known = catalog.get(message.id, message.context)
                yield from (f"{language}: {fault}" for fault in _faults(message, known))


def _faults(source: Message, known: Message | None) -> Iterator[str]:
    sentence = source.id if isinstance(source.id, str) else source.id[0]
    where = ", ".join(sorted({filename for filename, _ in source.locations}))
    string = known.string if known else None
    strings = [string] if isinstance(string, str) else list(string or ())
    if known is None or not strings or not all(strings):
        yield f"saknar översättning: {sentence!r} ({where})"
    elif known.fuzzy:
        yield f"osäker översättning (fuzzy): {sentence!r} ({where})"
    else:
        yield from (f"{error}: {sentence!r} ({where})" for error in known.check())


def compile_all(locale: Path = LOCALE) -> list[Path]:
    """Write the compiled file beside each catalogue that is newer than it; return what was written."""
    written = []
    for language in LANGUAGES:
        source = catalogue_path(language, locale)
        target = source.with_suffix(".mo")
        if target.is_file() and target.stat().st_mtime >= source.stat().st_mtime:
            continue
        with target.open("wb") as file:
            write_mo(file, read(source, language))
        written.append(target)
    return written


def _update() -> int:
    update()
    return 0


def _check() -> int:
    found = list(problems())
    sys.stdout.writelines(f"{line}\n" for line in found)
    if found:
        sys.stdout.write(
            f"{len(found)} texter saknar god översättning."
            " Kör `python -m samhandla.project.translations update`"
            f" och fyll i {catalogue_path('en').relative_to(PACKAGE.parents[1])}.\n"
        )
    return 1 if found else 0


def _compile() -> int:
    compile_all()
    return 0


COMMANDS: dict[str, Callable[[], int]] = {"update": _update, "check": _check, "compile": _compile}


def main(arguments: list[str]) -> int:
    if len(arguments) != 1 or arguments[0] not in COMMANDS:
        sys.stderr.write("Användning: python -m samhandla.project.translations update|check|compile\n")
        return 2
    return COMMANDS[arguments[0]]()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
