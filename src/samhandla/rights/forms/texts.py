"""Whom those whose data it is can ask."""

from __future__ import annotations

from django import forms

from samhandla.rights.models import DataContact


class ContactForm(forms.ModelForm):  # type: ignore[type-arg]  # the stubs' generic is no class at run time
    """How the data protection officer is reached."""

    class Meta:
        model = DataContact
        fields = ("name", "email", "phone", "address")

    def _post_clean(self) -> None:
        """What a whole contact must have is the action's to say."""
