"""An answer with reasons, more time, handing out, and lifting what was granted."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from samhandla.rights.actions.extracts import FILE, PAGE, PAPER
from samhandla.rights.actions.requests import Right
from samhandla.rights.forms.asking import area, day_input
from samhandla.rights.models import RightsRequest
from samhandla.rights.queries.correctable import LONGEST, Correctable


class ExtendForm(forms.Form):
    """Why two months more are needed."""

    why = area(_("Varför behövs mer tid?"), _("Personen får veta skälet inom den första månaden."), rows=2)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"auto_id": "extend_%s", **kwargs})


class AnswerForm(forms.Form):
    """An answer with reasons. For a rectification also what is wrong and what is right.

    Args:
        kind: of the request; an extract can only be refused here.
        correctable: what can be said to be wrong.
    """

    outcome = forms.ChoiceField(
        label=_("Svar"), choices=RightsRequest.Outcome.choices, widget=forms.RadioSelect
    )
    what = forms.ChoiceField(label=_("Vad är fel?"), required=False)
    right = area(
        _("Det rätta"), _("Skriv det som ska gälla. Det som stod finns kvar bredvid."), required=False
    )
    answer = area(
        _("Skäl"),
        _("Vid avslag: de tvingande skäl som väger tyngre än elevens intresse, så att personen förstår dem."),
        rows=4,
    )  # fmt: skip

    def __init__(self, *args: Any, kind: str, correctable: list[Correctable], **kwargs: Any) -> None:
        super().__init__(*args, **{"auto_id": "answer_%s", **kwargs})
        if kind == RightsRequest.Kind.RECTIFICATION:
            self.fields["what"].choices = [("", "–"), *((c.key, _in_short(c)) for c in correctable)]  # type: ignore[attr-defined]
        else:
            del self.fields["what"], self.fields["right"]
        if kind == RightsRequest.Kind.ACCESS:
            denied = RightsRequest.Outcome.DENIED
            self.fields["outcome"].choices = [(denied.value, denied.label)]  # type: ignore[attr-defined]

    def right_said(self) -> Right | None:
        """Return what is wrong and right; None for other kinds, and where nothing was chosen."""
        what = self.cleaned_data.get("what", "")
        return Right(what, self.cleaned_data.get("right", "")) if what else None


def _in_short(one: Correctable) -> str:
    said = one.said if len(one.said) <= LONGEST else one.said[: LONGEST - 1] + "…"
    return f"{one.heading}: {said}"


class HandOutForm(forms.Form):
    """How an extract is handed out.

    Args:
        has_page: whoever asked is logged in, and can have it on its own page.
    """

    how = forms.ChoiceField(label=_("Hur lämnas utdraget?"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, has_page: bool, **kwargs: Any) -> None:
        super().__init__(*args, **{"auto_id": "hand_%s", **kwargs})
        ways = [
            (PAPER, _("på papper, mot legitimation eller rekommenderat brev")),
            (FILE, _("som fil på ett säkert sätt")),
        ]
        own = [(PAGE, _("på personens egen sida i Samhandla"))] if has_page else []
        self.fields["how"].choices = [*own, *ways]  # type: ignore[attr-defined]  # a choice field


class LiftForm(forms.Form):
    """Why what was granted no longer holds, and when the person was told."""

    reason = area(_("Varför hävs det?"), rows=2)
    told_on = forms.DateField(label=_("Personen fick veta det den"), widget=day_input())

    def __init__(self, *args: Any, kind: str, **kwargs: Any) -> None:
        super().__init__(*args, **{"auto_id": f"{kind}_%s", **kwargs})
