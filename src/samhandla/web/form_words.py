"""What a form says when something is missing or wrong: what to fill in, by the field's own label.

One place for every form. A field that words its own errors keeps them.
"""

from __future__ import annotations

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import BaseValidator
from django.forms.boundfield import BoundField
from django.forms.utils import ErrorList
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

LONG = 300  # characters from which a text field says how much it holds


def errors_of(field: BoundField) -> ErrorList:
    """Return a field's errors in the house's words."""
    found = field.errors
    worded = [_worded(field, error) for error in found.as_data()]
    return type(found)(worded, found.error_class, renderer=found.renderer, field_id=found.field_id)


def _worded(field: BoundField, error: ValidationError) -> str:
    said = "".join(ValidationError([error]).messages)
    code = error.code or ""
    own = _own_message(field.field, code, error)
    return said if own else _words(field, code, error) or said


def _own_message(field: forms.Field, code: str, error: ValidationError) -> bool:
    """Tell whether a field or a room has worded this error itself."""
    if isinstance(error.params, dict) and "limit_value" in error.params:
        return not any(isinstance(v, BaseValidator) and v.code == code for v in field.validators)
    defaults: dict[str, object] = {}
    for kind in reversed(type(field).__mro__):
        defaults |= getattr(kind, "default_error_messages", {})
    return code not in defaults or str(error.message) != str(defaults[code])


def _words(field: BoundField, code: str, error: ValidationError) -> str:
    label = {"label": str(field.label)}
    if code == "required":
        return _missing(field) % label
    if code == "invalid":
        return _of_kind(field) % label
    if code in ("invalid_choice", "invalid_list", "invalid_pk_value"):
        return _("Välj något av det som står under ”%(label)s”.") % label
    params = error.params if isinstance(error.params, dict) else {}
    limit = params.get("limit_value")
    if code == "max_length" and isinstance(limit, int):
        over = int(params.get("show_value", limit)) - limit
        words = ngettext(
            "”%(label)s” är %(over)s tecken för lång. Högst %(limit)s tecken får plats. Inget är borttaget.",
            "”%(label)s” är %(over)s tecken för lång. Högst %(limit)s tecken får plats. Inget är borttaget.",
            over,
        )
        return words % {**label, "over": over, "limit": limit}
    bounds = {
        "min_value": _("”%(label)s” ska vara minst %(limit)s."),
        "max_value": _("”%(label)s” ska vara högst %(limit)s."),
        "min_length": _("”%(label)s” ska ha minst %(limit)s tecken."),
    }
    return bounds[code] % {**label, "limit": limit} if code in bounds else ""


def _missing(field: BoundField) -> str:
    kind = field.field
    if isinstance(kind, forms.FileField):
        return _("Välj en fil under ”%(label)s”.")
    if isinstance(kind, forms.BooleanField):
        return _("Kryssa för ”%(label)s” om det stämmer.")
    if isinstance(kind, (forms.ChoiceField, forms.ModelChoiceField)):
        return _("Välj något under ”%(label)s”.")
    if isinstance(kind, forms.DateField):
        return _("Fyll i en dag under ”%(label)s”.")
    return _("Fyll i ”%(label)s”.")


def _of_kind(field: BoundField) -> str:
    kind = field.field
    if isinstance(kind, forms.DateField):
        return _("Skriv ”%(label)s” som år-månad-dag, till exempel 2026-03-09.")
    if isinstance(kind, forms.EmailField):
        return _("Skriv ”%(label)s” som en e-postadress, till exempel namn@exempel.se.")
    if isinstance(kind, (forms.FloatField, forms.DecimalField)):
        return _("Skriv ”%(label)s” som ett tal, till exempel 12,5.")
    if isinstance(kind, forms.IntegerField):
        return _("Skriv ”%(label)s” som ett heltal med siffror.")
    return ""


def limit_of(field: BoundField) -> int | None:
    """Return how many characters a long text field holds; None for a short field and one without end."""
    limit = getattr(field.field, "max_length", None)
    long = isinstance(field.field.widget, forms.Textarea) or (limit or 0) >= LONG
    return limit if limit and long else None


def drawn(field: BoundField) -> str:
    """Return a field's control. A long text is never cut by the browser: what is too much is said instead."""
    limit = limit_of(field)
    if limit is None:
        return str(field)
    described = field.aria_describedby
    shown = " ".join(filter(None, [described, f"{field.auto_id}_counter"]))
    return field.as_widget(attrs={"maxlength": False, "aria-describedby": shown})
