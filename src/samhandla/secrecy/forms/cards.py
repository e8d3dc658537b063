"""A situation without anybody in it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from samhandla.secrecy.models import Receiver


def _area(label: Any, help_text: Any = "", *, required: bool = True) -> forms.CharField:
    return forms.CharField(
        label=label, help_text=help_text, required=required, max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )  # fmt: skip


class SendForm(forms.Form):
    """To which function a card is sent."""

    receiver = forms.ModelChoiceField(label=_("Till vilken mottagning?"), queryset=Receiver.objects.none())

    def __init__(self, *args: Any, receivers: QuerySet[Receiver], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        receiver = self.fields["receiver"]
        assert isinstance(receiver, forms.ModelChoiceField)
        receiver.queryset = receivers


class CardForm(forms.Form):
    """What happens, what works, what has been tried, and what is asked."""

    happens = _area(_("Vad händer?"), _("Skriv ”eleven”, inte namnet. Skriv ”i höstas” hellre än en dag."))
    works = _area(_("Vad fungerar?"), required=False)
    tried = _area(_("Vad har ni provat?"), required=False)
    asks = _area(_("Vad vill du ha råd om?"))
