"""The file of identity providers, and what may be switched on where."""

from __future__ import annotations

import pytest
from django.core.exceptions import ImproperlyConfigured

from samhandla.login.providers import local_login, minutes, read_providers
from samhandla.project.only_demo import NO_DEMO, is_demo

OIDC = """
[[provider]]
id = "kommunen"
name = "Kommunens inloggning"
kind = "oidc"
server = "https://login.kommunen.se"
client_id = "samhandla"
secret = "abc"
[provider.levels]
"urn:kommunen:mfa" = 2
"""
SAML = """
[[provider]]
id = "skola"
name = "Skolans inloggning"
kind = "saml"
entity_id = "https://idp.kommunen.se"
sso_url = "https://idp.kommunen.se/sso"
certificate_file = "{certificate}"
"""


@pytest.fixture
def written(tmp_path):
    def write(text: str) -> str:
        (tmp_path / "idp.toml").write_text(text, encoding="utf-8")
        return str(tmp_path / "idp.toml")

    return write


def test_a_file_with_both_kinds_is_read(written, tmp_path):
    (tmp_path / "cert.pem").write_text("CERT\n")
    apps = read_providers(written(OIDC + SAML.format(certificate=tmp_path / "cert.pem")))
    (oidc,), (saml,) = apps["openid_connect"]["APPS"], apps["saml"]["APPS"]
    assert (
        oidc["settings"] | {"levels": {"urn:kommunen:mfa": 2}, "oauth_pkce_enabled": True} == oidc["settings"]
    )
    assert (saml["client_id"], saml["settings"]["idp"]["x509cert"]) == ("skola", "CERT")
    assert read_providers("") == {}


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("[[provider", "kan inte läsas"),
        ('[[provider]]\nid = "a"', "kan inte läsas"),
        (OIDC.replace('secret = "abc"', "okand = 1"), "kan inte läsas"),
        (OIDC + OIDC, "samma id"),
        (OIDC.replace("https:", "http:"), "https://"),
        (OIDC.replace('"oidc"', '"ldap"'), "oidc eller saml"),
        (OIDC.replace('client_id = "samhandla"\n', ""), "client_id saknas"),
        (OIDC.replace("= 2", "= 7"), "nivån 7"),
        (OIDC.replace('"kommunen"\nname', '"å b"\nname'), "id ska vara"),
        (OIDC.replace('kind = "oidc"', 'kind = "oidc"\npeople = "alla"'), "people"),
        (OIDC.replace('secret = "abc"', 'secret_file = "/finns/inte"'), "/finns/inte"),
        (SAML.replace('certificate_file = "{certificate}"', ""), "certificate"),
    ],
)
def test_what_cannot_be_meant_is_said_at_once(written, text, fault):
    with pytest.raises(ImproperlyConfigured, match=fault):
        read_providers(written(text))


def test_a_file_that_is_not_there_is_said_at_once():
    with pytest.raises(ImproperlyConfigured, match="kan inte läsas"):
        read_providers("/finns/inte.toml")


def test_words_and_minutes_of_the_environment(monkeypatch):
    assert (local_login("all"), local_login("emergency")) == ("all", "emergency")
    with pytest.raises(ImproperlyConfigured):
        local_login("ingen")
    assert minutes("SAMHANDLA_X", 30, most=120) == 30
    for wrong in ("0", "121", "x", "-1", ""):
        monkeypatch.setenv("SAMHANDLA_X", wrong)
        with pytest.raises(ImproperlyConfigured):
            minutes("SAMHANDLA_X", 30, most=120)


def test_the_demonstration_is_switched_on_only_by_itself(tmp_path):
    assert is_demo({"SAMHANDLA_DEMO": "1"}, tmp_path)
    assert not is_demo({}, tmp_path)


@pytest.mark.parametrize("real", ["DATABASE_URL", "SAMHANDLA_HTTPS", "SAMHANDLA_IDP"])
def test_the_demonstration_cannot_be_switched_on_in_a_real_installation(tmp_path, real):
    with pytest.raises(ImproperlyConfigured, match="kända lösenord"):
        is_demo({"SAMHANDLA_DEMO": "1", real: "x"}, tmp_path)


def test_the_demonstration_cannot_be_switched_on_beside_real_data(tmp_path):
    (tmp_path / NO_DEMO).touch()
    with pytest.raises(ImproperlyConfigured, match=NO_DEMO):
        is_demo({"SAMHANDLA_DEMO": "1"}, tmp_path)


@pytest.mark.django_db
def test_the_demonstrations_password_opens_no_real_account(client, cast, settings):
    from tests.login.conftest import is_in, log_in

    from samhandla.people import actions
    from samhandla.web.accounts import DEMO_PASSWORD

    actor = cast.staff["mentor_7b"].actor
    actions.open_account(by=None, actors=[actor], username="mentor", password=DEMO_PASSWORD)
    assert "stämmer inte" in log_in(client, password=DEMO_PASSWORD).content.decode()
    assert not is_in(client)
    settings.DEMO = True
    log_in(client, password=DEMO_PASSWORD)
    assert is_in(client)


def test_doctor_tells_of_a_provider_that_does_not_answer(oidc, settings):
    from samhandla.project.doctor import silent_providers

    assert list(silent_providers()) == []
    own = settings.SOCIALACCOUNT_PROVIDERS["openid_connect"]["APPS"][0]["settings"]
    own["server_url"] = "http://127.0.0.1:9"
    (fault,) = silent_providers()
    assert "kommunen" in fault
    assert "svarar inte" in fault


def test_doctor_tells_of_a_certificate_that_ends(saml, settings):
    from samhandla.project.doctor import silent_providers

    (fault,) = silent_providers()  # that of the tests holds for nine days
    assert "slutar gälla" in fault
    settings.SOCIALACCOUNT_PROVIDERS["saml"]["APPS"][0]["settings"]["idp"]["x509cert"] = "x"
    (fault,) = silent_providers()
    assert "går inte att läsa" in fault
