"""What the fields of files are called when somebody is told about them."""

from __future__ import annotations

from samhandla.lib.i18n import N_

ATTENDANCE_WORDS = {
    "pupil": N_("elev"),
    "unit": N_("skolenhet"),
    "group": N_("grupp"),
    "subject": N_("ämne"),
    "activity": N_("aktivitet"),
    "date": N_("datum"),
    "start": N_("börjar"),
    "end": N_("slutar"),
    "slot": N_("lektion nr"),
    "offered": N_("undervisningstid"),
    "present": N_("närvaro"),
    "valid": N_("giltig frånvaro"),
    "invalid": N_("ogiltig frånvaro"),
    "other": N_("annan skolverksamhet"),
    "absence": N_("frånvaro"),
    "late": N_("sen ankomst"),
    "status": N_("kod"),
    "reported": N_("registrerad"),
    "unreported": N_("oregistrerad tid"),
    "participating": N_("deltar"),
    "protected": N_("skyddade personuppgifter"),
}
PERSON_WORDS = {
    "id": N_("källans beteckning"),
    "personnummer": N_("personnummer"),
    "given_name": N_("förnamn"),
    "family_name": N_("efternamn"),
    "sex": N_("kön"),
    "birth_date": N_("födelsedatum"),
    "unit": N_("skolenhet"),
    "unit_name": N_("skolenhetens namn"),
    "class": N_("klass"),
    "school_form": N_("skolform"),
    "school_year": N_("årskurs"),
    "start": N_("från och med"),
    "end": N_("till och med"),
    "email": N_("e-post"),
    "eppn": N_("inloggningsnamn (EPPN)"),
    "municipality": N_("kommunkod"),
    "postal_code": N_("postnummer"),
    "child": N_("elevens beteckning"),
    "child_personnummer": N_("elevens personnummer"),
    "kind": N_("relation till eleven"),
    "role": N_("roll"),
    "duty_group": N_("mentor för (klass)"),
    "signature": N_("signatur"),
    "adapted": N_("anpassad studiegång"),
    "protected": N_("skyddade personuppgifter"),
}


# What is said instead of a field when a whole row repeats another.
DUPLICATE = "duplicate"
ROW_WORDS = {DUPLICATE: N_("hela raden (dubblett)")}


def field_word(field: str, *, of_people: bool) -> str:
    """Return what a field is called; a name of a source's own, as in SS 12000, is left as it stands."""
    first, second = (PERSON_WORDS, ATTENDANCE_WORDS) if of_people else (ATTENDANCE_WORDS, PERSON_WORDS)
    return first.get(field) or second.get(field) or ROW_WORDS.get(field) or field
