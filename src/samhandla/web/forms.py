"""How every form looks, and the forms of login."""

from __future__ import annotations

from typing import Any

from allauth.account import forms as allauth_forms
from django.forms.renderers import TemplatesSetting
from django.utils.translation import gettext_lazy as _


class Renderer(TemplatesSetting):
    """All forms of all rooms are drawn by the same two components."""

    form_template_name = "web/components/form.html"
    field_template_name = "web/components/field.html"


class LoginForm(allauth_forms.LoginForm):  # type: ignore[misc]  # allauth has no types
    """User name and password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].label = _("Användarnamn")
        self.fields["login"].widget.attrs = {
            "autocomplete": "username",
            "autocapitalize": "none",
            "spellcheck": "false",
        }
        self.fields["password"].label = _("Lösenord")
        self.fields["password"].help_text = ""
        self.fields["password"].widget.attrs = {"autocomplete": "current-password"}


_PASSWORD_HELP = _(
    "Minst 12 tecken. Tre eller fyra ord som inte hör ihop är lätta att minnas och svåra att gissa."
)


class ChoosePasswordForm(allauth_forms.ResetPasswordKeyForm):  # type: ignore[misc]  # allauth has no types
    """A password twice, by whoever has a one-time link."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        labels = (("password1", _("Nytt lösenord")), ("password2", _("Nytt lösenord en gång till")))
        for name, label in labels:
            self.fields[name].label = label
            self.fields[name].widget.attrs = {"autocomplete": "new-password"}
        self.fields["password1"].help_text = _PASSWORD_HELP


class ChangePasswordForm(allauth_forms.ChangePasswordForm):  # type: ignore[misc]  # allauth has no types
    """The old password and a new one twice."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        labels = (
            ("oldpassword", _("Nuvarande lösenord"), "current-password"),
            ("password1", _("Nytt lösenord"), "new-password"),
            ("password2", _("Nytt lösenord en gång till"), "new-password"),
        )
        for name, label, autocomplete in labels:
            self.fields[name].label = label
            self.fields[name].widget.attrs = {"autocomplete": autocomplete}
        self.fields["oldpassword"].help_text = ""
        self.fields["password1"].help_text = _PASSWORD_HELP
