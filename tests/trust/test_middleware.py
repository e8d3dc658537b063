"""One viewer and one transaction around the whole of a request and its answer."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import HttpResponse
from django.test import RequestFactory, override_settings
from django.urls import path

from samhandla.people import actions
from samhandla.people.middleware import ViewerMiddleware
from samhandla.people.models import Child
from samhandla.trust.models import Actor
from samhandla.trust.viewer import acting_as, current_viewer

pytestmark = pytest.mark.django_db


@pytest.fixture
def account(cast):
    """Somebody who is mentor at Bergaskolan, and principal of the independent school besides."""
    held = [cast.staff["mentor_7b"].actor, cast.staff["principal_fria"].actor]
    return actions.open_account(by=None, actors=held, username="both", password=None)


def names():
    return set(Child.objects.values_list("given_name", flat=True))


def ask(user, view, session=None):
    request = RequestFactory().get("/")
    request.user, request.session = user, session or {}
    return ViewerMiddleware(view)(request), request


def answer(_request):
    return HttpResponse(",".join(sorted(names())))


def test_the_view_and_its_answer_run_as_the_viewer(cast, account):
    response, request = ask(account, answer)
    assert response.content == b"Alma,Omar,Tove"
    assert request.viewer.actor_id == cast.staff["mentor_7b"].actor_id
    assert current_viewer() is None


def test_another_actor_of_the_same_account_is_another_viewer(cast, account):
    other = cast.staff["principal_fria"].actor_id
    response, request = ask(account, answer, {"actor": other})
    assert response.content == b"Elin"
    assert request.viewer.authority_id == cast.authority["independent"].pk


def test_an_actor_of_somebody_else_is_not_taken(cast, account):
    stranger = cast.staff["principal"].actor_id
    _, request = ask(account, answer, {"actor": stranger})
    assert request.viewer.actor_id == cast.staff["mentor_7b"].actor_id


def test_anonymous_and_accounts_without_actor_are_nobody():
    lonely = actions.open_account(by=None, actors=[], username="lonely", password=None)
    for user in (AnonymousUser(), lonely):
        _, request = ask(user, lambda _request: HttpResponse(str(current_viewer())))
        assert request.viewer is None


def fails_after_writing(request):
    Child.objects.filter(given_name="Alma").update(given_name="Ändrad")
    raise ZeroDivisionError


def writes(request):
    Child.objects.filter(given_name="Omar").update(given_name="Sparad")
    return HttpResponse("saved")


urlpatterns = [path("fails/", fails_after_writing), path("writes/", writes)]


@override_settings(ROOT_URLCONF=__name__)
def test_a_failing_view_leaves_nothing_written(cast, client):
    """The error page is an answer too, so the transaction would commit if nobody undid it."""
    cast.login(client, "mentor_7b").raise_request_exception = False
    assert client.get("/fails/").status_code == 500
    assert client.get("/writes/").status_code == 200
    with acting_as(cast.viewer("mentor_7b")):
        assert names() == {"Alma", "Sparad", "Tove"}


def test_an_account_that_was_closed_reaches_nothing(cast, client):
    cast.login(client, "mentor_7b")
    assert client.get("/").status_code == 200
    account = Actor.objects.get(pk=cast.staff["mentor_7b"].actor_id).account
    type(account).objects.filter(pk=account.pk).update(is_active=False)
    assert client.get("/").status_code == 302
