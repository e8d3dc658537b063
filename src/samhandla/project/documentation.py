"""`make docs`: the handbook's pictures from a demonstration, and the pages that follow from the code.

python -m samhandla.project.documentation [--pages] [--address URL --logins FIL]
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from samhandla.trust.classify import RETENTION, Classified, Sensitivity
from samhandla.trust.permissions import Permission
from samhandla.trust.roles import ROLES, Role

if TYPE_CHECKING:
    from django.db.models import Model
    from django.urls import URLResolver

ROOT = Path(__file__).resolve().parents[3]
GENERATED = ROOT / "docs/generated"
HANDBOOK = ROOT / "docs/handbook"
PICTURES = ROOT / "docs/handbook/pictures"
ONLY_IN_DEVELOPMENT = frozenset({"components"})
MADE = "<!-- Skrivs av `make docs`. Ändra i koden, inte här. -->"
# A role that opens only the start page has no pages of its own yet.
START_ONLY = frozenset({Permission.START})
REACHES = {
    "emi": "elever på enheten, bara EMI:s egna uppgifter",
    "group": "elever i egna grupper",
    "unit": "elever på skolenheten",
    "authority": "alla elever hos huvudmannen",
    "notice": "elever i anmälningar",
    "guardianship": "egna barn",
    "self": "sig själv",
    "none": "inga barn",
}
SENSITIVITY = {
    Sensitivity.OPEN: "öppen",
    Sensitivity.INTERNAL: "intern",
    Sensitivity.PERSONAL: "personuppgift",
    Sensitivity.SENSITIVE: "känslig",
    Sensitivity.PROTECTED: "skyddad",
}
LEVELS = {"pupil": "Elev", "class": "Klass", "slot": "Lektionspass", "unit": "Skolenhet"}


def _table(head: Iterable[str], rows: Iterable[Iterable[object]]) -> str:
    head = list(head)
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(
        "| " + " | ".join(str(cell).replace("|", "\\|") for cell in line) + " |" for line in lines
    )


def _page(title: str, *parts: str) -> str:
    return "\n\n".join([f"# {title}", MADE, *parts]) + "\n"


def _bundles() -> dict[frozenset[Permission], list[Role]]:
    """Roles by what they may do: roles that may the same stand together."""
    bundles: dict[frozenset[Permission], list[Role]] = {}
    for role in ROLES.values():
        bundles.setdefault(role.permissions, []).append(role)
    return bundles


def roles_page() -> str:
    """Every role with its reach, and a table of roles and permissions."""
    bundles = [(held, roles) for held, roles in _bundles().items() if held - START_ONLY]
    letters = [chr(ord("A") + place) for place in range(len(bundles))]
    legend = _table(
        ["Spalt", "Roller"],
        (
            [letter, ", ".join(role.name for role in roles)]
            for letter, (_, roles) in zip(letters, bundles, strict=True)
        ),
    )
    matrix = _table(
        ["Behörighet", *letters],
        (
            [f"`{p}`", *("ja" if p in held else "" for held, _ in bundles)]
            for p in Permission
            if p not in START_ONLY
        ),
    )
    every = _table(
        ["Roll", "Kod", "Når", "Beskrivning"],
        ([r.name, f"`{r.code}`", REACHES[r.reach], r.description] for r in ROLES.values()),
    )
    return _page(
        "Roller och behörigheter",
        "En roll säger vad någon alls får göra. Vilka elever det gäller följer av registret.",
        "## Vad rollerna får göra",
        legend,
        matrix,
        "Roller som inte står i någon spalt öppnar bara startsidan, eller ingen sida.",
        "## Alla roller",
        every,
    )


def permissions_page() -> str:
    """Every path with the permission it asks for, and who has it."""
    holders = {p: ", ".join(r.name for r in ROLES.values() if p in r.permissions) for p in Permission}
    rows = sorted(
        ("/" + route, "" if held is None else f"`{held}`", "alla" if held is None else holders[held])
        for route, held in _paths()
    )
    return _page(
        "Sidor och behörigheter",
        "Varje sida och vilken behörighet den kräver. Om elever visas bara det som uppdraget gäller.",
        _table(["Sökväg", "Behörighet", "Roller"], rows),
    )


def _paths(resolver: URLResolver | None = None, prefix: str = "") -> Iterator[tuple[str, Permission | None]]:
    from django.urls import URLResolver, get_resolver

    for item in (resolver or get_resolver()).url_patterns:
        route = prefix + str(item.pattern)
        if isinstance(item, URLResolver):
            yield from _paths(item, route)
        elif hasattr(item.callback, "permission") and item.name not in ONLY_IN_DEVELOPMENT:
            yield route, item.callback.permission


def rules_page() -> str:
    """Every rule with its sentence, and every limit with its range."""
    from samhandla.detect.rules.catalogue import RULES

    parts = []
    for rule in RULES:
        opens = "ger plats på listan" if rule.opens else "skäl som läggs till"
        parts.append(
            f"## {rule.title}\n\n`{rule.code}`, version {rule.version}. {LEVELS[rule.level]}; {opens}."
        )
        parts.append(f"> {rule.sentence}")
        if rule.parameters:
            limits = (
                [p.meaning, f"`{p.name}`", _number(p.default), f"{_number(p.low)}–{_number(p.high)}", p.unit]
                for p in rule.parameters
            )
            parts.append(_table(["Gränsvärde", "Namn", "Förinställt", "Tillåtet", "Enhet"], limits))
    return _page(
        "Reglerna",
        "Öppna regler ger skäl, aldrig poäng. Gränsvärdena är förinställda av människor och kan ändras på "
        "sidan Regler. Orden inom klammer byts mot elevens eller gruppens siffror.",
        *parts,
    )


def _number(value: float) -> str:
    return f"{value:g}".replace(".", ",")


def fields_page() -> str:
    """Every field of every model: its class, and how long its rows are kept."""
    kept = _table(
        ["Slag", "Bevaras", "Grund", "Beslutat av nämnden"],
        ([r.code, r.rule, r.source, "ja" if r.decided else "nej"] for r in RETENTION.values()),
    )
    parts = []
    for model, fields in _classified_models():
        rows = ((f"`{f.name}`", SENSITIVITY[_class_of(fields, f.name)]) for f in model._meta.concrete_fields)
        heading = f"## {model._meta.db_table}\n\nBevaras: {RETENTION[fields.retention].rule}."
        parts += [heading, _table(["Fält", "Klass"], rows)]
    return _page(
        "Uppgifter som lagras",
        "Varje fält i databasen, hur känsligt det är och hur länge raden bevaras. Inget tas bort innan "
        "nämnden har beslutat om gallring.",
        kept,
        *parts,
    )


def _classified_models() -> Iterator[tuple[type[Model], type[Classified]]]:
    from django.apps import apps

    for model in sorted(apps.get_models(), key=lambda m: m._meta.db_table):
        fields = getattr(model, "Fields", None)
        if fields is not None:
            yield model, fields


def _class_of(fields: type[Classified], name: str) -> Sensitivity:
    found = fields.of(name)
    if found is None:
        raise LookupError(f"{fields.__qualname__}: {name} saknar klass")
    return found


PAGES: dict[str, Callable[[], str]] = {
    "roles": roles_page,
    "rules": rules_page,
    "fields": fields_page,
    "permissions": permissions_page,
}


def templates_page() -> str:
    """Every shipped column template: its columns, and a file of three lines."""
    from samhandla.integrations.files.templates import handbook_parts

    return _page(
        "Kolumnmallarna",
        "Vilka kolumner varje mall läser, och hur en fil ser ut. Utan en kolumn som måste finnas tas filen "
        "inte emot.\nOrdningen mellan kolumnerna är fri, och andra kolumner läses inte. Tomma filer med "
        "rubriker går att hämta på\nsidan **Ladda upp en fil**, se [Import](import.md).",
        *handbook_parts(),
    )


HANDBOOK_PAGES: dict[str, Callable[[], str]] = {"kolumnmallar": templates_page}


def write_pages(folder: Path = GENERATED, handbook: Path = HANDBOOK) -> list[Path]:
    """Write every generated page, and return their paths."""
    places = [(folder, PAGES), (handbook, HANDBOOK_PAGES)]
    paths = []
    for home, pages in places:
        home.mkdir(parents=True, exist_ok=True)
        for name, page in pages.items():
            path = home / f"{name}.md"
            path.write_text(page(), encoding="utf-8")
            paths.append(path)
    return paths


def main(words: list[str] | None = None) -> int:
    """Write the pages, then take the pictures from a given demonstration or from one of its own."""
    parser = argparse.ArgumentParser(
        prog="documentation", description="Handbokens bilder och genererade sidor."
    )
    parser.add_argument("--pages", action="store_true", help="bara de genererade sidorna")
    parser.add_argument("--address", help="en demo som redan är igång, till exempel http://localhost:8000")
    parser.add_argument("--logins", type=Path, help="dess logins.json")
    parser.add_argument("--only", nargs="*", default=[], metavar="BILD", help="bara bilder med de här namnen")
    args = parser.parse_args(words)
    environment = dict(os.environ)
    _without_database()
    for path in write_pages():
        sys.stdout.write(f"{path.relative_to(ROOT)}\n")
    if args.pages:
        return 0
    from samhandla.project import documentation_pictures as pictures

    if args.address:
        folder = args.logins or ROOT / "var/demo/logins.json"
        pictures.take(args.address, folder, PICTURES, only=args.only)
    else:
        with pictures.own_demo(environment) as (address, logins):
            pictures.take(address, logins, PICTURES, only=args.only)
    return 0


def _without_database() -> None:
    """Start Django for its declarations alone: no database is started, no secret is written."""
    os.environ["DATABASE_URL"] = "postgresql://documentation@localhost/documentation"
    os.environ.setdefault("SAMHANDLA_SECRET", "documentation")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "samhandla.project.settings")
    import django

    django.setup()


if __name__ == "__main__":
    sys.exit(main())
