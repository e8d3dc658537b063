"""The board page: live, frozen, exported; its goals and analyses."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from samhandla.govern import actions, jobs, present, queries, words
from samhandla.govern.exports import CSV, WORD, board_as_csv, board_as_word
from samhandla.govern.forms import AssessmentForm, GoalForm, LinkageFileForm, LinkageForm, MeasureForm
from samhandla.govern.linkage import MOST_BYTES
from samhandla.govern.models import BoardGoal, BoardPage
from samhandla.govern.rules import NoTerm, Term
from samhandla.people.queries import today
from samhandla.trust.permissions import Permission
from samhandla.web.answers import see_other

UNPROCESSABLE = 422


def _term(code: str) -> Term:
    try:
        return Term.parse(code)
    except NoTerm:
        raise Http404 from None


def _see(address: str) -> HttpResponse:
    """Lead on after a POST, so that the next page is always fetched by GET."""
    return HttpResponseRedirect(address, status=303)


def _chosen(request: HttpRequest, terms: list[Term]) -> Term | None:
    """Return the term that was asked for, else the latest."""
    if "termin" in request.GET:
        return _term(request.GET["termin"])
    return terms[0] if terms else None


@require_GET
def live(request: HttpRequest) -> HttpResponse:
    """The live figures of a term."""
    viewer = request.viewer
    terms = queries.list_terms_for(viewer)
    term = _chosen(request, terms)
    content = queries.board_content_for(viewer, term) if term else None
    count = queries.latest_count_for(viewer)
    context: dict[str, Any] = {
        "count": count,
        "outdated": count is not None and queries.is_out_of_date(count),
        "tabs": [
            {"url": f"?termin={t.code}", "title": t.code, "current": t == term, "count": None} for t in terms
        ],
    }
    if not terms and count is not None and count.across_terms:
        told = [pupils for pupils in count.across_terms.values() if pupils is not None]
        context["across_text"] = words.describe_across(max(told, default=None))
    if term and content:
        if not content["rows"]:
            raise Http404
        context |= {"board": present.board(content), "state": present.state_of(content, None)}
        context["published_terms"] = present.published_terms(content)
    return render(request, "govern/live.html", context)


@require_POST
def recount(request: HttpRequest) -> HttpResponse:
    """Ask for the figures to be counted again."""
    jobs.count_soon(request.viewer.authority_id)
    messages.success(request, _("Siffrorna räknas om. Det tar högst några minuter; ladda om sidan."))
    return _see(reverse("board"))


@require_POST
def freeze(request: HttpRequest) -> HttpResponse:
    """Freeze what the viewer has on the screen."""
    viewer = request.viewer
    term = _term(request.POST.get("term", ""))
    try:
        page = actions.freeze_board(by=viewer, term=term.code, count_id=_number(request.POST.get("count")))
    except (actions.OutOfDate, actions.NothingCounted) as refused:
        messages.warning(request, str(refused))
        return _see(f"{reverse('board')}?termin={term.code}")
    jobs.count_soon(viewer.authority_id)
    messages.success(request, _("Sidan är låst. Siffrorna här ändras inte mer."))
    return _see(reverse("board-page", args=[page.pk]))


def _number(text: str | None) -> int:
    return int(text) if text and text.isdecimal() and len(text) < 19 else 0


@require_GET
def frozen_list(request: HttpRequest) -> HttpResponse:
    """All frozen pages."""
    return render(request, "govern/frozen_list.html", {"pages": queries.list_pages_for(request.viewer)})


def _page(request: HttpRequest, page_id: int) -> BoardPage:
    page = queries.page_for(request.viewer, page_id)
    if page is None:
        raise Http404
    return page


def _content(request: HttpRequest, page: BoardPage) -> dict[str, Any]:
    """Return what the viewer reads of a frozen page, in the viewer's language."""
    content = queries.narrowed(page.content, queries.read_units_for(request.viewer))
    return present.in_language(content, get_language() or "sv")


@require_GET
def frozen(request: HttpRequest, page_id: int) -> HttpResponse:
    """One frozen page."""
    page = _page(request, page_id)
    content = _content(request, page)
    context = {
        "page": page,
        "board": present.board(content),
        "state": present.state_of(content, page.frozen_at),
        "whole": queries.is_whole(page),
        "published_terms": present.published_terms(content),
    }
    return render(request, "govern/frozen.html", context)


@require_GET
def frozen_file(request: HttpRequest, page_id: int, kind: str) -> HttpResponse:
    """A frozen page as a file."""
    page = _page(request, page_id)
    return _file(_content(request, page), page, kind, f"namndsida-{page.term}-last-{page.frozen_at.date()}")


@require_GET
def live_file(request: HttpRequest, kind: str) -> HttpResponse:
    """The live figures of a term as a file."""
    term = _chosen(request, queries.list_terms_for(request.viewer))
    content = queries.board_content_for(request.viewer, term) if term else None
    if content is None or not content["rows"]:
        raise Http404
    return _file(content, None, kind, f"namndsida-{content['term']}-inte-last")


def _file(content: dict[str, Any], page: BoardPage | None, kind: str, name: str) -> HttpResponse:
    made = {"csv": (board_as_csv, CSV), "docx": (board_as_word, WORD)}
    if kind not in made:
        raise Http404
    make, content_type = made[kind]
    answer = HttpResponse(make(content, page), content_type=content_type)
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}.{kind}"'
    return answer


@require_http_methods(["GET", "POST"])
def measure(request: HttpRequest) -> HttpResponse:
    """What the board calls high absence: what has held, and a new definition."""
    viewer = request.viewer
    form = MeasureForm(request.POST or None, initial=present.measure_initial(viewer.authority_id))
    if request.method == "POST" and form.is_valid():
        actions.set_measure(by=viewer, **form.values)
        jobs.count_soon(viewer.authority_id)
        messages.success(request, _("Definitionen är sparad. Siffrorna räknas om när den börjar gälla."))
        return _see(reverse("board-measure"))
    context = {
        "form": form,
        "measures": present.measures(queries.list_measures_for(viewer), viewer.authority_id),
        "others": queries.boards_sharing_for(viewer),
    }
    return render(request, "govern/measure.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
def goals(request: HttpRequest) -> HttpResponse:
    """The board's goals; a new one may be set and an old one ended."""
    form = GoalForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        actions.set_goal(by=request.viewer, **form.cleaned_data)
        messages.success(request, _("Nämndmålet är sparat."))
        return _see(reverse("board-goals"))
    held = queries.all_goals_for(request.viewer)
    status = 422 if form.errors else 200
    return render(request, "govern/goals.html", {"form": form, "goals": held}, status=status)


@require_POST
def end_goal(request: HttpRequest, goal_id: int) -> HttpResponse:
    """End a goal."""
    try:
        actions.end_goal(by=request.viewer, goal_id=goal_id)
    except BoardGoal.DoesNotExist:
        raise Http404 from None
    messages.success(request, _("Nämndmålet är avslutat. Det står kvar på låsta sidor."))
    return _see(reverse("board-goals"))


@require_http_methods(["GET", "POST"])
def assessment(request: HttpRequest, term: str, goal_id: int | None = None) -> HttpResponse:
    """Forecast and analysis of a goal, or of the whole page, in a term."""
    viewer, when = request.viewer, _term(term)
    goal = queries.goal_for(viewer, goal_id) if goal_id else None
    if goal_id and goal is None:
        raise Http404
    said = queries.assessments_for(viewer, when).get(goal_id)
    names = list(AssessmentForm.base_fields)
    initial = {name: getattr(said, name) for name in names} if said else {}
    form = AssessmentForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        actions.set_assessment(by=viewer, term=when.code, goal_id=goal_id, **form.cleaned_data)
        messages.success(request, _("Texten är sparad."))
        return _see(f"{reverse('board')}?termin={when.code}")
    context = {"form": form, "goal": goal, "term": when, "back": f"{reverse('board')}?termin={when.code}"}
    return render(request, "govern/assessment.html", context, status=422 if form.errors else 200)


@require_GET
def linkages(request: HttpRequest) -> HttpResponse:
    """The runs in which the own board takes part."""
    return _linkages(request)


def _linkages(request: HttpRequest, *, status: int = 200, **more: Any) -> HttpResponse:
    schools = queries.linkage_schools_for(request.viewer)
    context = {
        "rows": queries.list_linkages_for(request.viewer),
        "may_ask": request.viewer.may(Permission.LINKAGE_RUN) and schools.exists(),
        "file_form": LinkageFileForm(),
        **more,
    }
    return render(request, "govern/linkage.html", context, status=status)


@require_http_methods(["GET", "POST"])
def ask_linkage(request: HttpRequest) -> HttpResponse:
    """Say why a run is needed."""
    schools = queries.linkage_schools_for(request.viewer)
    if not schools.exists():
        return _linkages(request, problem=_("Bara socialnämndens controller kan begära en samkörning."))
    form = LinkageForm(request.POST or None, schools=schools)
    if request.method == "POST" and form.is_valid():
        found = form.cleaned_data
        wanted = actions.Wanted(
            found["school"].pk, found["purpose"], found["ground"], found["first"], found["last"]
        )
        try:
            actions.ask_linkage(by=request.viewer, wanted=wanted, on=today())
        except actions.LinkageRefused as error:
            form.add_error(*_linkage_refused(error.code))
        else:
            messages.success(
                request, _("Samkörningen är begärd. Nu ska båda nämndernas jurister godkänna den.")
            )
            return see_other("linkage")
    status = UNPROCESSABLE if form.is_bound else 200
    return render(request, "govern/linkage_ask.html", {"form": form}, status=status)


def _linkage_refused(code: str) -> tuple[str | None, str]:
    return {
        "words": ("purpose", _("Skriv mer om ändamålet, så att juristen kan pröva det.")),
        "dates": ("last", _("Sista dagen ligger före den första.")),
    }.get(code, (None, _("Bara socialnämndens controller kan begära en samkörning.")))


@require_POST
def approve_linkage(request: HttpRequest, run_id: int) -> HttpResponse:
    """Approve for the own board."""
    try:
        actions.approve_linkage(by=request.viewer, run_id=run_id, on=today())
    except actions.LinkageRefused as error:
        if error.code == "missing":
            raise Http404 from None
        messages.warning(request, _("Samkörningen är redan godkänd eller gjord, eller begärd av dig själv."))
    else:
        messages.success(request, _("Godkänd för den egna nämnden."))
    return see_other("linkage")


@require_POST
def make_linkage(request: HttpRequest, run_id: int) -> HttpResponse:
    """Read the file, count, forget the file."""
    form = LinkageFileForm(request.POST, request.FILES)
    if not form.is_valid():
        return _linkages(request, status=UNPROCESSABLE, problem=_("Välj en fil."), problem_run=run_id)
    upload = form.cleaned_data["file"]
    data = b"" if upload.size > MOST_BYTES else upload.read()
    try:
        if upload.size > MOST_BYTES:
            raise actions.BadFile("size")
        actions.make_linkage(by=request.viewer, run_id=run_id, data=data)
    except actions.BadFile as error:
        return _linkages(request, status=UNPROCESSABLE, problem=_bad_linkage_file(error), problem_run=run_id)
    except actions.LinkageRefused as error:
        if error.code == "missing":
            raise Http404 from None
        words = _(
            "Samkörningen är inte godkänd av båda nämndernas jurister, eller redan gjord. Inget har lästs."
        )
        return _linkages(request, status=UNPROCESSABLE, problem=words, problem_run=run_id)
    messages.success(request, _("Samkörningen är gjord. Filen finns inte kvar, bara summorna."))
    return see_other("linkage")


def _bad_linkage_file(error: actions.BadFile) -> str:
    words = {
        "size": _("Filen är för stor. Högst två megabyte."),
        "text": _("Filen är inte en textfil i UTF-8. Spara den som CSV UTF-8."),
        "columns": _("Första raden ska vara: personnummer;slag"),
        "empty": _("Filen har inga rader."),
        "rows": _("De här raderna går inte att läsa: %(rows)s. Rätta dem och välj filen igen.")
        % {"rows": ", ".join(map(str, error.rows))},
    }
    return words[error.code]
