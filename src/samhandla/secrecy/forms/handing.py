"""The decision guide's question, a waiver, an answer, a fact to hand over."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from samhandla.people.queries import today
from samhandla.secrecy.models import LegalOpening, Receiver, Waiver
from samhandla.secrecy.rules.guide import ADULT, Question
from samhandla.secrecy.rules.guide import Waiver as State
from samhandla.secrecy.rules.walls import OUTSIDE, Place, Wall, wall_between
from samhandla.secrecy.words import CIRCUMSTANCES, PLACES, ROUTES

SENDERS = ("school", "pupil_health", "emi", "preschool", "after_school", "school_duty", "social", "leisure")
RECIPIENTS = (
    "school", "pupil_health", "emi", "preschool", "after_school", "social", "region_health", "school_duty",
    "other_school", "leisure", "police", "association", "guardian", "child", "public", "home_municipality",
)  # fmt: skip
OWN_BOARD = ("school", "pupil_health", "emi", "preschool", "after_school")
OWN, OTHER = 1, 2  # two authorities are enough to ask the question: one's own, and another one


def _area(label: Any, help_text: Any = "", *, required: bool = True, rows: int = 3) -> forms.CharField:
    return forms.CharField(
        label=label, help_text=help_text, required=required, max_length=4000,
        widget=forms.Textarea(attrs={"rows": rows}),
    )  # fmt: skip


class StartForm(forms.Form):
    """What the decision guide asks everybody first. No child in it, and nobody's name."""

    sender = forms.ChoiceField(label=_("Var finns uppgiften?"), choices=[(p, PLACES[p]) for p in SENDERS])
    recipient = forms.ChoiceField(label=_("Vem ska få den?"), choices=[(p, PLACES[p]) for p in RECIPIENTS])
    age = forms.IntegerField(label=_("Barnets ålder i hela år"), min_value=0, max_value=25)
    danger = forms.BooleanField(label=_("Någon är i fara just nu."), required=False)
    suspicion = forms.BooleanField(label=_("Du vet eller misstänker att barnet far illa."), required=False)

    def question(self) -> Question:
        """Return what is asked so far, as the rules take it."""
        said = self.cleaned_data
        return Question(
            sender=Place(said["sender"], OWN),
            recipient=_place(said["recipient"], said["sender"]),
            age=said["age"],
            on=today(),
            suspicion=said["suspicion"],
            danger=said["danger"],
        )


class GuideForm(forms.Form):
    """What the guide asks next: only what can change the answer from that sender to that recipient.

    Args:
        start: the question so far.
        circumstances: those that could open (`rules.guide.asks`).
    """

    waiver = forms.ChoiceField(
        label=_("Vad har familjen svarat?"),
        choices=[
            (State.MISSING, _("Familjen är inte tillfrågad, eller har inte svarat")),
            (State.GIVEN, _("Ja, till just den uppgiften och mottagaren")),
            (State.REFUSED, _("Nej")),
            (State.WITHDRAWN, _("Har återkallat sitt ja")),
            (State.EXPIRED, _("Ett ja som har gått ut")),
        ],
        widget=forms.RadioSelect,
        initial=State.MISSING,
    )
    circumstances = forms.MultipleChoiceField(
        label=_("Vad stämmer?"), required=False, widget=forms.CheckboxSelectMultiple
    )
    no_custody = forms.BooleanField(
        label=_("Den vuxna har inte vårdnaden (till exempel familjehem eller umgängesförälder)."),
        required=False,
    )
    guardian_may_harm = forms.BooleanField(
        label=_("Barnet kan skadas allvarligt om vårdnadshavaren får veta."), required=False
    )
    decision = forms.BooleanField(label=_("Uppgiften är ett beslut i ett ärende."), required=False)
    routes = forms.MultipleChoiceField(
        label=_("Gäller samma sak också något av detta?"), choices=list(ROUTES.items()), required=False,
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip

    def __init__(self, *args: Any, start: Question, circumstances: frozenset[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._start = start
        to = start.recipient.branch
        inside = wall_between(start.sender, start.recipient) in (Wall.NONE, Wall.INNER)
        field = self.fields["circumstances"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = [(code, word) for code, word in CIRCUMSTANCES.items() if code in circumstances]
        asked = {
            "waiver": not inside and to not in ("child", "public"),
            "circumstances": bool(field.choices) and not inside,
            "no_custody": to == "guardian",
            "guardian_may_harm": to == "guardian",
            "decision": to == "public",
            "routes": start.age < ADULT and start.sender.branch in OWN_BOARD,
        }
        for name, wanted in asked.items():
            if not wanted:
                del self.fields[name]

    @property
    def decisive(self) -> bool:
        """Whether anything asked here can change the answer, and not only what else must be done."""
        return bool(self.fields.keys() - {"routes"})

    def question(self) -> Question:
        """Return all that was asked, as the rules take it."""
        said = self.cleaned_data
        return replace(
            self._start,
            circumstances=frozenset(said.get("circumstances", ())),
            waiver=State(said.get("waiver", State.MISSING)),
            decision=said.get("decision", False),
            guardian_may_harm=said.get("guardian_may_harm", False),
            has_custody=not said.get("no_custody", False),
            routes=frozenset(said.get("routes", ())),
        )


def _place(recipient: str, sender: str) -> Place:
    """The branches of a school board are one authority; every other place is another."""
    if recipient == "other_school":
        return Place("school", OTHER)
    if recipient in OUTSIDE:
        return Place(recipient)
    own = recipient == sender or (recipient in OWN_BOARD and sender in OWN_BOARD)
    return Place(recipient, OWN if own else OTHER)


class WaiverForm(forms.Form):
    """What the family is asked."""

    facts = _area(_("Vilka uppgifter?"), _("Till exempel: närvaron den här terminen, och vad vi har gjort."))
    purpose = _area(_("Varför?"))
    receiver = forms.ModelChoiceField(
        label=_("Till vilken mottagning?"), queryset=Receiver.objects.none(), required=False,
        empty_label=_("någon utanför Samhandla"),
    )  # fmt: skip
    outside = forms.CharField(label=_("Vem utanför Samhandla?"), required=False, max_length=120)
    valid_to = forms.DateField(
        label=_("Gäller till och med"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    maturity = _area(
        _("Barnets mognad"),
        _("Fyll i när barnet bestämmer självt: hur det förstår vad ett ja innebär. Ingen fast ålder gäller."),
        required=False,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        # On a page with the form of a fact: fields of the same name must not share an id.
        super().__init__(*args, **{"auto_id": "ask_%s", **kwargs})
        receiver = self.fields["receiver"]
        assert isinstance(receiver, forms.ModelChoiceField)
        receiver.queryset = Receiver.objects.filter(active=True).order_by("name")


class FactForm(forms.Form):
    """One fact to hand over, on one ground."""

    text = _area(
        _("Uppgiften, så som den lämnas"), _("Mottagaren ser det du skriver här och inget annat."), rows=5
    )
    reason = _area(_("Varför lämnas den?"), rows=2)
    receiver = forms.ModelChoiceField(label=_("Till"), queryset=Receiver.objects.none())
    opening = forms.ModelChoiceField(label=_("Med stöd av"), queryset=LegalOpening.objects.none())
    waiver = forms.ModelChoiceField(
        label=_("Samtycke"), queryset=Waiver.objects.none(), required=False,
        help_text=_("Väljs när uppgiften lämnas med samtycke."), empty_label=_("inget"),
    )  # fmt: skip
    weighing = _area(_("Hur har du vägt?"), _("Behövs för allt annat än samtycke."), required=False, rows=2)

    def __init__(
        self, *args: Any, openings: list[LegalOpening], waivers: list[Waiver], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        for name, rows in (
            ("receiver", Receiver.objects.filter(active=True).order_by("name")),
            ("opening", LegalOpening.objects.filter(pk__in=[row.pk for row in openings])),
            ("waiver", Waiver.objects.filter(pk__in=[row.pk for row in waivers])),
        ):
            field = self.fields[name]
            assert isinstance(field, forms.ModelChoiceField)
            field.queryset = rows
        labels = {
            "opening": lambda row: f"{row.paragraph}: {row.title}",
            "waiver": lambda row: row.facts[:80],
        }
        for name in ("receiver", "opening"):
            self.fields[name].empty_label = _("välj")  # type: ignore[attr-defined]  # a choice of rows
        self.fields["weighing"].conditional = True  # type: ignore[attr-defined]  # read by the template of fields
        for name, label in labels.items():
            self.fields[name].label_from_instance = label  # type: ignore[attr-defined]  # Django's own hook
