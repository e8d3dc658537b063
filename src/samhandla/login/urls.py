"""Paths of login: the provider's way in and out, confirmation, one's own login, the demands."""

from django.urls import URLPattern

from samhandla.login.views import confirm, demands, own, provider
from samhandla.login.views.lent import lent
from samhandla.trust.gate import OPEN, page
from samhandla.trust.permissions import Permission as P

MFA = "allauth.mfa"
urlpatterns: list[URLPattern] = [
    page("logga-in/via/<slug:provider_id>/", provider.start, name="provider_login", permission=OPEN),
    page(
        "logga-in/via/<slug:provider_id>/svar/",
        provider.oidc_answer,
        name="openid_connect_callback",
        permission=OPEN,
    ),
    page("logga-in/saml/<slug:provider_id>/svar/", provider.saml_answer, name="saml_acs", permission=OPEN),
    page(
        "logga-in/saml/<slug:provider_id>/klar/",
        provider.saml_finish,
        name="saml_finish_acs",
        permission=OPEN,
    ),
    page(
        "logga-in/saml/<slug:provider_id>/metadata/",
        provider.saml_metadata,
        name="saml_metadata",
        permission=OPEN,
    ),
    page(
        "logga-in/kod/",
        lent(f"{MFA}.base.views.authenticate", everybody=True),
        name="mfa_authenticate",
        permission=OPEN,
    ),
    page(
        "logga-in/nyckel/",
        lent(f"{MFA}.webauthn.views.login_webauthn", everybody=True),
        name="mfa_login_webauthn",
        permission=OPEN,
    ),
    page("bekrafta/", confirm.confirm, name="confirm", permission=OPEN),
    page("bekrafta/via/", provider.confirm, name="confirm_provider", permission=OPEN),
    page(
        "bekrafta/losenord/",
        lent("allauth.account.views.reauthenticate"),
        name="account_reauthenticate",
        permission=OPEN,
    ),
    page(
        "bekrafta/kod/", lent(f"{MFA}.base.views.reauthenticate"), name="mfa_reauthenticate", permission=OPEN
    ),
    page(
        "bekrafta/nyckel/",
        lent(f"{MFA}.webauthn.views.reauthenticate_webauthn"),
        name="mfa_reauthenticate_webauthn",
        permission=OPEN,
    ),
    page("fortsatt/", confirm.go_on, name="login-continue", permission=OPEN),
    page("starkare-inloggning/", confirm.stronger, name="stronger", permission=OPEN),
    page("tva-steg/", own.second_steps, name="mfa_index", permission=OPEN),
    page("tva-steg/app/", lent(f"{MFA}.totp.views.activate_totp"), name="mfa_activate_totp", permission=OPEN),
    page(
        "tva-steg/app/ta-bort/",
        lent(f"{MFA}.totp.views.deactivate_totp"),
        name="mfa_deactivate_totp",
        permission=OPEN,
    ),
    page(
        "tva-steg/nyckel/",
        lent(f"{MFA}.webauthn.views.add_webauthn"),
        name="mfa_add_webauthn",
        permission=OPEN,
    ),
    page(
        "tva-steg/nyckel/<int:pk>/ta-bort/",
        lent(f"{MFA}.webauthn.views.remove_webauthn"),
        name="mfa_remove_webauthn",
        permission=OPEN,
    ),
    page("tva-steg/nycklar/", own.second_steps, name="mfa_list_webauthn", permission=OPEN),
    page(
        "tva-steg/koder/",
        lent(f"{MFA}.recovery_codes.views.view_recovery_codes"),
        name="mfa_view_recovery_codes",
        permission=OPEN,
    ),
    page(
        "tva-steg/koder/nya/",
        lent(f"{MFA}.recovery_codes.views.generate_recovery_codes"),
        name="mfa_generate_recovery_codes",
        permission=OPEN,
    ),
    page("mina-inloggningar/", own.sessions, name="sessions", permission=OPEN),
    page("utkast/", own.drafts, name="drafts", permission=OPEN),
    page("krav-pa-inloggning/", demands.demands, name="login-demands", permission=P.LOGIN_EDIT),
    page(
        "krav-pa-inloggning/andra/",
        demands.change,
        name="login-demand-change",
        permission=P.LOGIN_EDIT,
        confirm=True,
    ),
    page(
        "krav-pa-inloggning/reservkonto/<int:use_id>/",
        demands.see_use,
        name="emergency-seen",
        permission=P.LOGIN_EDIT,
    ),
]
