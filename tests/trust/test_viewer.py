"""`acting_as`: nested, undone, in threads, after commit and while an answer streams."""

from __future__ import annotations

import threading

import pytest
from django.db import connection, transaction

from samhandla.people.models import Child
from samhandla.trust.viewer import NoViewer, acting_as, current_viewer, viewer_token


def names() -> set[str]:
    return set(Child.objects.values_list("given_name", flat=True))


CLASS_7B, CLASS_7A = {"Alma", "Omar", "Tove"}, {"Hugo"}


@pytest.mark.django_db
def test_the_outer_viewer_is_back_after_an_inner_one(cast):
    with acting_as(cast.viewer("mentor_7b")):
        with acting_as(cast.viewer("mentor_7a")):
            assert names() == CLASS_7A
        assert names() == CLASS_7B
    assert current_viewer() is None
    assert viewer_token() == ""


@pytest.mark.django_db
def test_the_outer_viewer_is_back_after_an_inner_failure(cast):

    def change_and_fail():
        with acting_as(cast.viewer("mentor_7a")):
            Child.objects.filter(given_name="Hugo").update(family_name="Ändrad")
            raise ZeroDivisionError

    with acting_as(cast.viewer("mentor_7b")):
        with pytest.raises(ZeroDivisionError):
            change_and_fail()
        assert names() == CLASS_7B
    with acting_as(cast.viewer("mentor_7a")):
        assert Child.objects.get().family_name == "Prov"


@pytest.mark.django_db
def test_a_rolled_back_savepoint_keeps_the_viewer(cast):
    with acting_as(cast.viewer("mentor_7b")):
        with pytest.raises(ZeroDivisionError), transaction.atomic():
            raise ZeroDivisionError
        assert names() == CLASS_7B


@pytest.mark.django_db
def test_acting_as_nobody_inside_somebody_sees_nothing(cast):
    with acting_as(cast.viewer("mentor_7b")):
        with acting_as(None), pytest.raises(NoViewer):
            names()
        assert names() == CLASS_7B


@pytest.mark.django_db
def test_a_queryset_read_too_late_is_loud(cast):
    with acting_as(cast.viewer("mentor_7b")):
        late = Child.objects.all()
    with pytest.raises(NoViewer):
        list(late)


@pytest.mark.django_db
def test_a_generator_has_the_viewer_only_when_it_asks_for_it(cast):
    viewer = cast.viewer("mentor_7b")

    def streamed():
        with acting_as(viewer):
            yield from Child.objects.values_list("given_name", flat=True)

    def careless():
        yield from Child.objects.values_list("given_name", flat=True)

    with acting_as(viewer):
        good, bad = streamed(), careless()
    assert set(good) == CLASS_7B
    with pytest.raises(NoViewer):
        list(bad)


@pytest.mark.django_db
def test_work_after_commit_names_its_viewer_anew(cast, django_capture_on_commit_callbacks):
    viewer = cast.viewer("mentor_7b")
    seen: list[object] = []

    def later():
        try:
            names()
        except NoViewer:
            seen.append("refused")
        with acting_as(viewer):
            seen.append(names())

    with django_capture_on_commit_callbacks(execute=True), acting_as(viewer):
        transaction.on_commit(later)
    assert seen == ["refused", CLASS_7B]


@pytest.mark.django_db(transaction=True)
def test_the_viewer_is_gone_from_the_connection_after_the_transaction(cast):
    with acting_as(cast.viewer("mentor_7b")):
        assert names() == CLASS_7B
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("select current_setting('app.viewer', true)")
        assert cursor.fetchone() == ("",)


@pytest.mark.django_db(transaction=True)
def test_viewers_in_parallel_threads_never_mix(cast):
    """Each thread has its own viewer on its own connection, and changes places many times."""
    viewers = {name: cast.viewer(name) for name in ("mentor_7b", "mentor_7a", "nurse", "controller")}
    wanted = {"mentor_7b": CLASS_7B, "mentor_7a": CLASS_7A, "nurse": CLASS_7A | CLASS_7B, "controller": set()}
    wrong: list[tuple[str, set[str]]] = []
    together = threading.Barrier(len(viewers))

    def work(shift: int) -> None:
        try:
            for turn in range(25):
                name = list(viewers)[(shift + turn) % len(viewers)]
                with acting_as(viewers[name]):
                    together.wait(timeout=30)  # all are inside a transaction at the same moment
                    found = names()
                if found != wanted[name]:
                    wrong.append((name, found))
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=(number,)) for number in range(len(viewers))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert not any(thread.is_alive() for thread in threads)
    assert wrong == []
