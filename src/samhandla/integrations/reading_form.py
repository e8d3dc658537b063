"""How a source is read and when: the form, and what it writes in the source's settings."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from samhandla.integrations.forms import preset_choices
from samhandla.integrations.models import Schedule, Source, SourceKind

ASK = ("", _("välj vid varje uppladdning"))
PAIR = "="
AREA_LENGTH = 100


def pairs_of(text: str) -> dict[str, str]:
    """Read lines of `word = meaning`.

    Raises:
        ValidationError: a line has no equals sign or nothing on one side of it; names the line.
    """
    found = {}
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        word, sign, meaning = (part.strip() for part in line.partition(PAIR))
        if not (word and sign and meaning):
            raise forms.ValidationError(
                _("Rad %(row)s: skriv källans ord, ett likhetstecken och vad det betyder."),
                params={"row": number},
            )
        found[word] = meaning
    return found


def text_of(pairs: dict[str, str]) -> str:
    return "\n".join(f"{word} {PAIR} {meaning}" for word, meaning in pairs.items())


class ReadingForm(forms.Form):
    """What is asked depends on the kind: a fetched source has days and changes, a file a watched folder."""

    schedule = forms.ChoiceField(label=_("Hämtas"), choices=Schedule.choices)
    first_day = forms.DateField(
        label=_("Hämta ingen närvaro före"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("Lämna tomt för att börja med läsårets första dag."),
    )
    window_days = forms.IntegerField(
        label=_("Så många dagar tillbaka hämtas närvaron om"),
        min_value=1,
        max_value=400,
        help_text=_("Lärare rättar i efterhand. Fler dagar tar längre tid."),
    )
    only_changes = forms.BooleanField(
        label=_("Hämta bara personer och grupper som har ändrats"),
        required=False,
        help_text=_("En gång i veckan hämtas ändå allt, eftersom ändringar kan ha missats."),
    )
    inbox = forms.BooleanField(
        label=_("Ta in filer som läggs i källans mapp på servern"),
        required=False,
        help_text=_("Mappens namn står på källans sida när det är sparat."),
    )
    preset_name = forms.ChoiceField(label=_("Kolumnmall"), required=False)
    units = forms.CharField(
        label=_("Källans ord för skolenheter"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("En per rad: källans ord = skolenhetskod eller enhetens namn. Bara för ord som avviker."),
    )
    areas = forms.CharField(
        label=_("Områden"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_(
            "En per rad: postnummer = område. Området läggs upp om det inte finns. Postnumret sparas inte."
        ),
    )
    FETCHED = ("first_day", "window_days", "only_changes")
    FILES = ("inbox", "preset_name")

    def __init__(self, *args: Any, kind: str, own: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in self.FILES if kind == SourceKind.SS12000 else self.FETCHED:
            del self.fields[name]
        if "preset_name" in self.fields:
            self.fields["preset_name"].choices = [ASK, *preset_choices(own)]  # type: ignore[attr-defined]  # a choice field

    @staticmethod
    def initial_of(source: Source) -> dict[str, Any]:
        """Return how a source fills in the form."""
        kept = source.settings
        return {
            "schedule": source.schedule,
            "preset_name": source.preset_name,
            "first_day": kept.get("first_day"),
            "window_days": kept.get("window_days", 14),
            "only_changes": kept.get("only_changes", False),
            "inbox": kept.get("inbox", False),
            "units": text_of(kept.get("units", {})),
            "areas": text_of(kept.get("areas", {})),
        }

    def clean_units(self) -> dict[str, str]:
        return pairs_of(self.cleaned_data["units"])

    def clean_areas(self) -> dict[str, str]:
        areas = pairs_of(self.cleaned_data["areas"])
        if any(len(name) > AREA_LENGTH for name in areas.values()):
            raise forms.ValidationError(
                _("Ett områdes namn får ha högst %(limit)s tecken."), params={"limit": AREA_LENGTH}
            )
        return {code.replace(" ", ""): area for code, area in areas.items()}

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("inbox") and not data.get("preset_name"):
            self.add_error("preset_name", _("Välj den kolumnmall som filerna i mappen ska läsas med."))
        if "inbox" in self.fields and data.get("schedule") != Schedule.MANUAL and not data.get("inbox"):
            self.add_error("schedule", _("En fil kan bara hämtas på tider när källan har en mapp."))
        return data

    def settings(self) -> dict[str, Any]:
        """Return what goes into the source's settings."""
        data = self.cleaned_data
        names = [name for name in ("window_days", "only_changes", "inbox", "units", "areas") if name in data]
        found: dict[str, Any] = {name: data[name] for name in names}
        if "first_day" in data:
            found["first_day"] = data["first_day"].isoformat() if data["first_day"] else ""
        return found
