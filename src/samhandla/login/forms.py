"""Forms of login, with our words."""

from __future__ import annotations

from typing import Any

from allauth.account.forms import ReauthenticateForm
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base import forms as base
from allauth.mfa.totp import forms as totp
from allauth.mfa.webauthn import forms as webauthn
from django import forms
from django.utils.translation import gettext_lazy as _

_CODE = {"autocomplete": "one-time-code", "inputmode": "numeric", "spellcheck": "false"}


def _ask_for_code(form: forms.Form) -> None:
    form.fields["code"].label = _("Kod")
    form.fields["code"].help_text = _("Sex siffror ur appen, eller en av dina reservkoder.")
    form.fields["code"].widget.attrs = dict(_CODE)


class CodeForm(base.AuthenticateForm):  # type: ignore[misc]  # allauth has no types
    """The second step when somebody logs in."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _ask_for_code(self)


class CodeAgainForm(base.ReauthenticateForm):  # type: ignore[misc]  # allauth has no types
    """The second step when somebody confirms."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _ask_for_code(self)


class AddAppForm(totp.ActivateTOTPForm):  # type: ignore[misc]  # allauth has no types
    """The first code of an app that is being added."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].label = _("Koden som appen visar")
        self.fields["code"].widget.attrs = dict(_CODE)


class _AnswerOfKey:
    """The library of keys stumbles over an answer that is no such thing at all; here it is a wrong answer."""

    def clean_credential(self) -> Any:
        try:
            return super().clean_credential()  # type: ignore[misc]  # that of the form it is mixed into
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise get_adapter().validation_error("incorrect_key") from error


class LoginKeyForm(_AnswerOfKey, webauthn.LoginWebAuthnForm):  # type: ignore[misc]  # allauth has no types
    """Login with a key alone."""


class KeyForm(_AnswerOfKey, webauthn.AuthenticateWebAuthnForm):  # type: ignore[misc]  # allauth has no types
    """A key as the second step."""


class KeyAgainForm(_AnswerOfKey, webauthn.ReauthenticateWebAuthnForm):  # type: ignore[misc]  # as above
    """A key when somebody confirms."""


class AddKeyForm(webauthn.AddWebAuthnForm):  # type: ignore[misc]  # allauth has no types
    """A key that is being added."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].label = _("Vad du kallar nyckeln")
        self.fields["name"].help_text = _("Till exempel ”telefonen” eller ”nyckelknippan”.")
        if "passwordless" in self.fields:
            self.fields["passwordless"].label = _("Använd nyckeln i stället för lösenord")
            self.fields["passwordless"].help_text = _(
                "Du loggar då in med fingeravtryck, ansikte eller pinkod."
            )

    def clean(self) -> dict[str, Any]:
        try:
            cleaned: dict[str, Any] = super().clean()
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise get_adapter().validation_error("incorrect_key") from error
        return cleaned


class PasswordAgainForm(ReauthenticateForm):  # type: ignore[misc]  # allauth has no types
    """The password when somebody confirms."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password"].label = _("Lösenord")
        self.fields["password"].help_text = ""
        self.fields["password"].widget.attrs = {"autocomplete": "current-password"}
