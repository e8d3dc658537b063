"""The register of processings (article 30) and the basis of an impact assessment (article 35)."""

from __future__ import annotations

import tomllib
from collections import Counter
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from django.apps import apps
from django.utils.translation import gettext

from samhandla.detect.rules.catalogue import RULES
from samhandla.people.models import Organisation
from samhandla.rights.models import DataContact
from samhandla.rights.queries.information import contact_of
from samhandla.rights.sources import names_a_child
from samhandla.secrecy.models import Processing
from samhandla.secrecy.queries.processings import list_processings_for
from samhandla.trust.classify import RETENTION, Sensitivity
from samhandla.trust.models import Authority
from samhandla.trust.roles import ROLES
from samhandla.trust.viewer import Viewer


@dataclass(frozen=True)
class TableLine:
    """One table with its count of fields in each class, and how long its rows are kept."""

    table: str
    about_child: bool
    counts: dict[str, int]
    kept: str
    decided: bool


@dataclass(frozen=True)
class RoleLine:
    """A role, what it is for, and how far it reaches."""

    name: str
    description: str
    reach: str


@dataclass(frozen=True)
class Threat:
    """One asset of the threat model in short."""

    name: str
    threats: str
    measures: str
    left: str


@dataclass(frozen=True)
class DataRegister:
    """All that both documents are made of."""

    authority: Authority
    contact: DataContact | None
    units: int
    processings: list[Processing]
    tables: list[TableLine]
    roles: list[RoleLine]
    rules: list[str]
    threats: list[Threat]

    @property
    def unapproved(self) -> int:
        return sum(1 for row in self.processings if row.approved_on is None)


@cache
def threats() -> tuple[Threat, ...]:
    """Return the threat model in short, as it is delivered."""
    told = tomllib.loads((files("samhandla.rights") / "threats.toml").read_text("utf-8"))
    return tuple(Threat(**asset) for asset in told["asset"])


def data_register_for(viewer: Viewer) -> DataRegister:
    """Return the register of the viewer's authority and what the program says of itself. Queries: four."""
    return DataRegister(
        authority=Authority.objects.get(pk=viewer.authority_id),
        contact=contact_of(viewer.authority_id),
        units=Organisation.objects.filter(
            authority_id=viewer.authority_id, kind=Organisation.Kind.SCHOOL_UNIT
        ).count(),
        processings=list_processings_for(viewer),
        tables=list_tables(),
        roles=list_roles(),
        rules=[gettext(rule.title) for rule in RULES],
        threats=list(threats()),
    )


def list_tables() -> list[TableLine]:
    """Return every table of the house, those about children first, counted from the fields' own classes."""
    lines = []
    for model in apps.get_models():
        fields = getattr(model, "Fields", None)
        if fields is None:
            continue
        counts = Counter(str(fields.of(f.name)) for f in model._meta.concrete_fields)
        kept = RETENTION[fields.retention]
        lines.append(
            TableLine(
                model._meta.label_lower,
                names_a_child(model),
                {str(level): counts[str(level)] for level in Sensitivity},
                kept.rule,
                kept.decided,
            )
        )
    return sorted(lines, key=lambda line: (not line.about_child, line.table))


def list_roles() -> list[RoleLine]:
    """Return the roles that open any page, and how far each reaches, in words."""
    reach = {
        "group": gettext("eleverna i den egna gruppen"),
        "unit": gettext("eleverna på den egna skolenheten"),
        "emi": gettext("eleverna på den egna skolenheten, bara det som EMI själv har skrivit"),
        "guardianship": gettext("det egna barnet"),
        "self": gettext("sig själv"),
        "notice": gettext("mottagna anmälningar"),
        "authority": gettext("systemets egna jobb"),
        "none": gettext("inga elever"),
    }
    return [
        RoleLine(gettext(role.name), gettext(role.description), reach[role.reach])
        for role in ROLES.values()
        if role.permissions
    ]
