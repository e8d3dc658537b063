"""Rules and limits: what each rule says, which limits hold, and what they have been."""

from __future__ import annotations

from dataclasses import asdict

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from samhandla.detect.actions.settings import set_rule
from samhandla.detect.errors import AnswerRefused, NotYours
from samhandla.detect.forms.rules import LOOP_WORDS, LoopForm, RuleForm, shown_value
from samhandla.detect.queries.rules import limits_of, list_rules_for, words_of
from samhandla.detect.queries.settings import (
    LOOP,
    history_of_rule_for,
    loop_limits_for,
    rule_set_for,
    sets_for_all,
)
from samhandla.detect.queries.units import PRINCIPALS, list_all_units_for, list_units_for
from samhandla.detect.rules.catalogue import BY_CODE
from samhandla.detect.views.common import in_words, posted, see_other
from samhandla.people.queries import today


@require_GET
def rules(request: HttpRequest) -> HttpResponse:
    """Every rule in words with the limits that hold today, and the limits of the loop."""
    viewer = request.viewer
    limits = asdict(loop_limits_for(viewer, on=today()))
    context = {
        "parts": list_rules_for(viewer, on=today()),
        "loop": [(LOOP_WORDS[name], value) for name, value in limits.items()],
        "wide": sets_for_all(viewer),
    }
    return render(request, "detect/rules.html", context)


@require_http_methods(["GET", "POST"])
def rule(request: HttpRequest, code: str) -> HttpResponse:
    """One rule: its limits may be set for a unit, a school form and a grade; history below."""
    viewer = request.viewer
    if code not in BY_CODE:
        raise Http404
    declared, wide = BY_CODE[code], sets_for_all(viewer)
    units = list_all_units_for(viewer) if wide else list_units_for(viewer, *PRINCIPALS)
    setting = rule_set_for(viewer, on=today()).for_subject(
        declared, "", 0 if wide or not units else units[0].pk, -1
    )
    values = setting.values if setting else declared.defaults()
    initial = {p.name: shown_value(p, values[p.name]) for p in declared.parameters}
    form = RuleForm(
        posted(request),
        initial={**initial, "active": setting is not None},
        rule=declared,
        units=units,
        wide=wide,
    )
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            set_rule(
                by=viewer,
                rule=code,
                parameters=form.parameters(),
                today=today(),
                active=data["active"],
                unit_id=data["unit_id"],
                form=data.get("form", ""),
                school_year=data.get("school_year"),
                reason=data["reason"],
            )
        except AnswerRefused as refused:
            form.add_error(None, in_words(refused.problems[0]))
        except NotYours:
            raise PermissionDenied from None
        else:
            messages.success(request, _("Gränsvärdena gäller från och med i dag."))
            return see_other("rule", code=code)
    context = {
        "rule": words_of(declared),
        "form": form,
        "history": [(row, limits_of(declared, row.parameters)) for row in history_of_rule_for(viewer, code)],
        "may_set": wide or bool(units),
    }
    return render(request, "detect/rule.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
def loop(request: HttpRequest) -> HttpResponse:
    """The limits of the loop, set for the whole authority."""
    viewer, wide = request.viewer, sets_for_all(request.viewer)
    if request.method == "POST" and not wide:
        raise PermissionDenied
    form = LoopForm(posted(request), initial=asdict(loop_limits_for(viewer, on=today())))
    if request.method == "POST" and form.is_valid():
        set_rule(
            by=viewer,
            rule=LOOP,
            parameters=form.parameters(),
            today=today(),
            reason=form.cleaned_data["reason"],
        )
        messages.success(request, _("Gränsvärdena gäller från och med i dag."))
        return see_other("rule-loop")
    history = [
        (row, [(LOOP_WORDS[name], value) for name, value in row.parameters.items()])
        for row in history_of_rule_for(viewer, LOOP)
    ]
    context = {"form": form, "history": history, "wide": wide}
    return render(request, "detect/rules_loop.html", context, status=422 if form.errors else 200)
