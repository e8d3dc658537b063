"""What the columns of a stranger's files may be called; --help prints this list."""

from __future__ import annotations

LESSON_COLUMNS: dict[str, tuple[str, ...]] = {
    "pupil": ("elev", "pupil_id", "elev_id", "elevid", "student", "student_id", "person", "id"),
    "date": ("datum", "dag", "day"),
    "start": ("starttid", "start_time", "tid", "time", "börjar"),
    "slot": ("lektion", "lesson", "period", "lektionsnr", "lesson_no"),
    "subject": ("ämne", "amne", "course", "kurs"),
    "offered": ("minutes", "minuter", "offered_minutes", "undervisning", "längd", "langd", "lektionsminuter"),
    "present": ("närvaro", "narvaro", "närvarande", "present_minutes"),
    "valid": ("giltig", "giltig_frånvaro", "giltig_franvaro", "valid_minutes", "excused"),
    "invalid": ("ogiltig", "ogiltig_frånvaro", "ogiltig_franvaro", "invalid_minutes", "unexcused"),
    "absent": ("frånvaro", "franvaro", "absence", "absent_minutes", "frånvarominuter"),
    "other": ("annan", "annan_skolverksamhet", "annan_verksamhet", "other_minutes"),
    "status": ("markering", "attendance", "närvarostatus", "narvarostatus", "mark"),
    "reported": ("registrerad", "rapporterad", "is_reported"),
    "participating": ("deltar", "deltagande"),
    "unit": ("skolenhet", "skola", "school", "school_unit", "enhet"),
    "group": ("grupp", "undervisningsgrupp"),
    "class": ("klass", "class_id", "class_name"),
    "form": ("skolform", "school_form"),
    "grade": ("årskurs", "arskurs", "year"),
    "sex": ("kön", "kon", "gender"),
}

PUPIL_COLUMNS: dict[str, tuple[str, ...]] = {
    "pupil": LESSON_COLUMNS["pupil"],
    "unit": LESSON_COLUMNS["unit"],
    "class": ("klass", "class_id"),
    "class_name": ("klassnamn",),
    "mentor": ("mentor_id",),
    "form": LESSON_COLUMNS["form"],
    "grade": LESSON_COLUMNS["grade"],
    "sex": LESSON_COLUMNS["sex"],
    "birth_date": ("födelsedatum", "fodelsedatum", "born"),
    "adapted": ("anpassad", "anpassat_schema", "anpassad_studiegång"),
    "started": ("började", "borjade", "startdatum", "start_date"),
}

CALENDAR_COLUMNS: dict[str, tuple[str, ...]] = {
    "unit": LESSON_COLUMNS["unit"],
    "date": LESSON_COLUMNS["date"],
    "day_no": ("dagnr",),
    "term": ("termin",),
    "after_break": ("efter_lov",),
}
