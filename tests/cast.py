"""Named people of the tests: two schools of one board, an independent school, and who works there."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from samhandla.people import actions
from samhandla.people.models import Child, Group, Organisation, Staff
from samhandla.people.queries import service_viewer, today, viewer_of_actor
from samhandla.trust.models import Actor, Authority
from samhandla.trust.viewer import Viewer, acting_as

LONG_AGO = date(2020, 8, 1)
BRANCHES = ("school", "preschool", "after_school", "pupil_health", "emi")


def _unit_key(name: str) -> str:
    """Return Bergaskolan as berga, and Fria skolan as fria."""
    return name.lower().replace(" ", "").removesuffix("skolan")


@dataclass
class Cast:
    """Everybody by name. `viewer["mentor_7b"]` is a viewer; `child["alma"]` a child."""

    authority: dict[str, Authority] = field(default_factory=dict)
    unit: dict[str, Organisation] = field(default_factory=dict)
    group: dict[str, Group] = field(default_factory=dict)
    staff: dict[str, Staff] = field(default_factory=dict)
    child: dict[str, Child] = field(default_factory=dict)

    @classmethod
    def build(cls) -> Cast:
        cast = cls()
        cast._municipal_board()
        cast._independent_principal()
        return cast

    @classmethod
    def load(cls) -> Cast:
        """Return the cast that `build` has registered earlier, in a few queries."""
        cast = cls()
        cast.authority = {a.kind: a for a in Authority.objects.all()}
        for by in map(cast.service, cast.authority):
            with acting_as(by):
                mine = {"authority_id": by.authority_id}
                units = Organisation.objects.filter(**mine).select_related("authority")
                cast.unit |= {_unit_key(u.name): u for u in units}
                groups = Group.objects.filter(unit__authority_id=by.authority_id).select_related("unit")
                cast.group |= {g.name: g for g in groups}
                staff = Staff.objects.filter(**mine).select_related("actor", "authority")
                cast.staff |= {s.given_name.lower().replace(" ", "_"): s for s in staff}
                children = Child.objects.filter(**mine).select_related("unit")
                cast.child |= {c.given_name.lower(): c for c in children}
        return cast

    def service(self, authority: str = "board") -> Viewer:
        return service_viewer(self.authority[authority].pk)

    def viewer(self, name: str) -> Viewer:
        """Return somebody as viewer with today's duties."""
        return viewer_of_actor(self.staff[name].actor)

    def _municipal_board(self) -> None:
        self._authority("board", "Barn- och skolnämnden", "board")
        for key, name in (("berga", "Bergaskolan"), ("lunda", "Lundaskolan")):
            self._unit("board", key, name)
        self._group("berga", "7A", "7B")
        self._group("lunda", "8C")
        self._children("board", "berga", "7B", "alma", "omar", "tove")
        self._children("board", "berga", "7A", "hugo")
        self._children("board", "lunda", "8C", "nora")
        self._mentor("board", "mentor_7b", "7B")
        self._mentor("board", "mentor_7a", "7A")
        self._mentor("board", "mentor_8c", "8C")
        for name, role, unit in (
            ("principal", "principal", "berga"),
            ("principal_lunda", "principal", "lunda"),
            ("counsellor", "counsellor", "berga"),
            ("nurse", "school_nurse", "berga"),
            ("officer", "attendance_officer", "berga"),
            ("administrator", "school_administrator", "berga"),
            ("data_administrator", "data_administrator", "berga"),
            ("process_leader", "process_leader", "berga"),
            ("controller", "controller", "berga"),
        ):
            self._duty("board", name, role, unit)

    def _independent_principal(self) -> None:
        self._authority("independent", "Fria Skolan AB", "independent")
        self._unit("independent", "fria", "Fria skolan")
        self._group("fria", "7F")
        self._children("independent", "fria", "7F", "elin")
        self._mentor("independent", "mentor_7f", "7F")
        self._duty("independent", "principal_fria", "principal", "fria")

    def _authority(self, key: str, name: str, kind: str) -> None:
        self.authority[key] = actions.found_authority(by=None, name=name, kind=kind, branches=BRANCHES)

    def _unit(self, authority: str, key: str, name: str) -> None:
        by = self.service(authority)
        self.unit[key] = actions.save_organisation(by=by, name=name, kind="school_unit", school_forms=["GR"])
        actions.set_term(
            by=by,
            organisation=self.unit[key],
            name="HT",
            first=today() - timedelta(days=200),
            last=today() + timedelta(days=120),
        )
        actions.number_school_days(by=by, unit=self.unit[key])

    def _group(self, unit: str, *names: str) -> None:
        for name in names:
            self.group[name] = actions.save_group(
                by=self._service_of(unit),
                unit=self.unit[unit],
                kind="class",
                name=name,
                school_year=int(name[0]),
                valid_from=LONG_AGO,
            )

    def _children(self, authority: str, unit: str, group: str, *names: str) -> None:
        by = self.service(authority)
        for name in names:
            with acting_as(by):
                child = actions.register_child(
                    by=by,
                    unit=self.unit[unit],
                    given_name=name.capitalize(),
                    family_name="Prov",
                    birth_date=date(today().year - 13, 5, 2),
                    sex="K",
                    protection="none",
                )
                actions.enrol_child(
                    by=by, child=child, unit=self.unit[unit], form="GR", school_year=7, valid_from=LONG_AGO
                )
                actions.place_in_group(by=by, child=child, group=self.group[group], valid_from=LONG_AGO)
            self.child[name] = child

    def _mentor(self, authority: str, name: str, group: str) -> None:
        by = self.service(authority)
        self.staff[name] = self._employ(by, name)
        actions.assign_group(
            by=by, staff=self.staff[name], group=self.group[group], role="mentor", valid_from=LONG_AGO
        )

    def _duty(self, authority: str, name: str, role: str, unit: str) -> None:
        by = self.service(authority)
        self.staff[name] = self._employ(by, name)
        actions.give_duty(by=by, staff=self.staff[name], unit=self.unit[unit], role=role, valid_from=LONG_AGO)

    def _employ(self, by: Viewer, name: str) -> Staff:
        return actions.register_staff(by=by, given_name=name.replace("_", " ").title(), family_name="Prov")

    def _service_of(self, unit: str) -> Viewer:
        return service_viewer(self.unit[unit].authority_id)

    def login(self, client: Any, name: str) -> Any:
        """Log a test client in as somebody."""
        actor = Actor.objects.select_related("account").get(pk=self.staff[name].actor_id)
        account = actor.account or actions.open_account(by=None, actors=[actor], username=name, password=None)
        client.force_login(account)
        return client
