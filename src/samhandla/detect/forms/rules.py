"""Limits of rules: one field per parameter, in the unit that people say aloud."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from samhandla.detect.queries.settings import LOOP_RANGES
from samhandla.detect.rules.catalogue import RULES
from samhandla.detect.rules.declare import Parameter, Rule
from samhandla.detect.rules.loop import LoopLimits
from samhandla.people.models import Organisation, SchoolForm

SHARE = "andel 0–1"
PER_CENT = 100
SWITCH = [("", _("som i dag")), ("yes", _("ja")), ("no", _("nej"))]
# Rules on the loop's own facts find nothing in attendance alone, so there is nothing to rehearse.
NOT_IN_ATTENDANCE = ("no_contact", "relapse", "class_relapse", "held", "recovered")
LOOP_WORDS = {
    "new_per_mentor_week": _("nya elever per mentor och vecka, högst"),
    "answer_days": _("skoldagar till ett ställningstagande"),
    "known_days": _("känt – hanteras: högst så många skoldagar"),
    "follow_days": _("följs till: högst så många skoldagar"),
    "error_days": _("fel i underlaget: skoldagar tills signalen kommer tillbaka"),
    "notice_days": _("anmälan om frånvaro: skoldagar till svar från mottagaren"),
}
LOOP_SOURCES = {
    "notice_days": _("Källa: skollagen 7 kap. 19 a och 22 §§ nämner inget antal dagar. Antalet är ert eget."),
}


def shown_value(parameter: Parameter, value: float) -> float:
    """Return a value as people read it: shares as per cent."""
    return round(value * PER_CENT, 4) if parameter.unit == SHARE else value


def stored_value(parameter: Parameter, value: float) -> float:
    """Return a value as rules take it: per cent as shares."""
    return round(value / PER_CENT, 6) if parameter.unit == SHARE else value


def unit_word(parameter: Parameter) -> str:
    """Return the unit that stands after a value."""
    return _now("procent") if parameter.unit == SHARE else _now(parameter.unit)


def range_text(parameter: Parameter) -> str:
    """Return the allowed range in words: "1–90 procent"."""
    low, high = shown_value(parameter, parameter.low), shown_value(parameter, parameter.high)
    return f"{low:g}–{high:g} {unit_word(parameter)}".replace(".", ",")


def parameter_field(parameter: Parameter, *, required: bool = True) -> forms.Field:
    """Return the field of one parameter, with its meaning, unit and range."""
    low, high = shown_value(parameter, parameter.low), shown_value(parameter, parameter.high)
    whole = parameter.unit != SHARE and all(
        float(v).is_integer() and isinstance(v, int)
        for v in (parameter.default, parameter.low, parameter.high)
    )
    kind: Any = forms.IntegerField if whole else forms.FloatField
    field: forms.Field = kind(
        label=capfirst(_now(parameter.meaning)),
        help_text=range_text(parameter),
        min_value=low,
        max_value=high,
        required=required,
        localize=True,
        widget=forms.TextInput(attrs={"inputmode": "numeric" if whole else "decimal", "size": 8}),
    )
    return field


def _school_years() -> list[tuple[str, str]]:
    return [("", _now("alla årskurser")), *((str(n), str(n)) for n in range(11))]


class RuleForm(forms.Form):
    """One rule's limits: for whom, whether it is used, its parameters, and why they are set."""

    def __init__(self, *args: Any, rule: Rule, units: list[Organisation], wide: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.rule = rule
        places = [(str(unit.pk), unit.name) for unit in units]
        if wide:
            places.insert(0, ("", _now("alla skolenheter")))
        self.fields["unit_id"] = forms.TypedChoiceField(
            label=_now("Gäller för"), choices=places, coerce=int, empty_value=None, required=not wide
        )
        if rule.level == "pupil":
            names = dict(SchoolForm.choices)
            codes = [(code, str(names[code])) for code in rule.forms if code in names]
            self.fields["form"] = forms.ChoiceField(
                label=_now("Skolform"), choices=[("", _now("alla skolformer")), *codes], required=False
            )
            self.fields["school_year"] = forms.TypedChoiceField(
                label=_now("Årskurs"), choices=_school_years(), coerce=int, empty_value=None, required=False
            )
        self.fields["active"] = forms.BooleanField(label=_now("Regeln används"), required=False)
        for parameter in rule.parameters:
            self.fields[parameter.name] = parameter_field(parameter)
        self.fields["reason"] = forms.CharField(
            label=_now("Skäl"), max_length=300, help_text=_now("Skälet står i historiken.")
        )

    def parameters(self) -> dict[str, float]:
        """Return the values as rules take them."""
        return {p.name: stored_value(p, self.cleaned_data[p.name]) for p in self.rule.parameters}


class LoopForm(forms.Form):
    """The limits of the loop, for the whole authority."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, (low, high) in LOOP_RANGES.items():
            self.fields[name] = forms.IntegerField(
                label=capfirst(str(LOOP_WORDS[name])),
                min_value=low,
                max_value=high,
                help_text=self._help(name, low, high),
            )
        self.fields["reason"] = forms.CharField(
            label=_now("Skäl"), max_length=300, help_text=_now("Skälet står i historiken.")
        )

    @staticmethod
    def _help(name: str, low: int, high: int) -> str:
        """Return the allowed range, what holds when nobody has set it, and where it comes from."""
        default = getattr(LoopLimits, name)
        words = _now("%(low)s–%(high)s. Om ingen ändrar: %(default)s.") % {
            "low": low,
            "high": high,
            "default": default,
        }
        return f"{words} {LOOP_SOURCES.get(name, '')}".strip()

    def parameters(self) -> dict[str, float]:
        return {name: self.cleaned_data[name] for name in LOOP_RANGES}


class RehearsalForm(forms.Form):
    """Proposed limits; an empty field means as today."""

    def __init__(
        self,
        *args: Any,
        years: list[tuple[str, str]],
        units: list[Organisation],
        wide: bool,
        present: Mapping[str, Mapping[str, float]],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["until"] = forms.ChoiceField(label=_now("Läsår"), choices=years)
        places = [(str(unit.pk), unit.name) for unit in units]
        if wide:
            places.insert(0, ("", _now("alla skolenheter")))
        self.fields["unit_id"] = forms.TypedChoiceField(
            label=_now("Skolenhet"), choices=places, coerce=int, empty_value=None, required=not wide
        )
        for rule in rehearsed_rules():
            self.fields[f"{rule.code}__on"] = forms.ChoiceField(
                label=_now("Regeln används"), choices=SWITCH, required=False
            )
            self.fields[f"{rule.code}__opens"] = forms.ChoiceField(
                label=_now("Regeln räcker ensam för en plats på listan"), choices=SWITCH, required=False
            )
            for parameter in rule.parameters:
                field = parameter_field(parameter, required=False)
                value = shown_value(parameter, present[rule.code][parameter.name])
                field.help_text = _now("I dag %(value)s. Tillåtet: %(range)s.") % {
                    "value": f"{value:g}".replace(".", ","),
                    "range": range_text(parameter),
                }
                self.fields[f"{rule.code}__{parameter.name}"] = field

    def groups(self) -> list[tuple[Rule, list[forms.BoundField], bool]]:
        """Return each rule with its fields, and whether any of them is filled in or wrong."""
        found = []
        for rule in rehearsed_rules():
            fields = [self[name] for name in self.fields if name.startswith(f"{rule.code}__")]
            found.append((rule, fields, any(f.errors or f.value() for f in fields)))
        return found

    def changes(self) -> list[dict[str, Any]]:
        """Return what differs from today, as entries that `parse_rules` takes."""
        entries = []
        for rule in rehearsed_rules():
            entry: dict[str, Any] = {}
            for parameter in rule.parameters:
                value = self.cleaned_data.get(f"{rule.code}__{parameter.name}")
                if value is not None:
                    entry[parameter.name] = stored_value(parameter, value)
            for switch in ("on", "opens"):
                chosen = self.cleaned_data.get(f"{rule.code}__{switch}")
                if chosen:
                    entry[switch] = chosen == "yes"
            if entry:
                entries.append({"rule": rule.code, **entry})
        return entries


def rehearsed_rules() -> list[Rule]:
    """Return the rules that attendance alone can answer, those that open a signal first."""
    rules = [rule for rule in RULES if rule.code not in NOT_IN_ATTENDANCE]
    return sorted(rules, key=lambda rule: (rule.level != "pupil", not rule.opens))
