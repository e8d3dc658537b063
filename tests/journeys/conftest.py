"""Journeys: a real browser against the real application, which runs as the restricted role."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page
from tests.support.browser import DESKTOP, PHONE, carry_session, opened_page, started_browser

HERE = Path(__file__).parent


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.journey)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    # Playwright keeps an event loop in this thread; Django would take its own calls for asynchronous ones.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with started_browser() as browser:
        yield browser


@pytest.fixture
def site(transactional_db, live_server) -> str:
    """The address of the running application."""
    return live_server.url


@pytest.fixture
def desktop(browser: Browser, site: str) -> Iterator[Page]:
    with opened_page(browser, site, DESKTOP) as page:
        yield page


@pytest.fixture
def phone(browser: Browser, site: str) -> Iterator[Page]:
    with opened_page(browser, site, PHONE) as page:
        yield page


@pytest.fixture
def without_script(browser: Browser, site: str) -> Iterator[Page]:
    """A page in a browser without JavaScript."""
    with opened_page(browser, site, DESKTOP, script=False) as page:
        yield page


@pytest.fixture
def login_as(site: str, cast) -> Callable[[Page, str], None]:
    """`login_as(page, "mentor_7b")`: somebody of the cast is logged in, without the login form."""
    from django.test import Client

    from samhandla.trust.models import Account

    def login(page: Page, name: str) -> None:
        client = Client()
        account = Account.objects.filter(username=name).first()
        if account:
            client.force_login(account)
        else:
            cast.login(client, name)
        carry_session(page, site, client.cookies["sessionid"].value)

    return login


@pytest.fixture
def password_of(site: str, cast) -> Callable[[str], str]:
    """Give somebody of the cast an account with a password, and return the password."""
    from samhandla.people import actions

    def give(name: str) -> str:
        password = "lugn-tall-vid-sjon"
        actions.open_account(by=None, actors=[cast.staff[name].actor], username=name, password=password)
        return password

    return give
