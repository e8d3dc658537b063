"""What the school years are called: today, and from 1 July 2028 when every label moves one step.

Source: the Riksdag's decision of 18 June 2025 (2024/25:UbU17): from autumn 2028 förskoleklass is
grade 1 of compulsory school, every label moves up one and grade 10 is the last. Upper secondary
school is not concerned. `approved_by` stays empty until the municipality's lawyer has approved.
"""

from datetime import date

from django.db import migrations

TODAY, SHIFT = date(2011, 7, 1), date(2028, 7, 1)
LAW = "Skollagen (2010:800)"
REFORM = "Riksdagens beslut den 18 juni 2025 (2024/25:UbU17)"
# Form -> number of the last school year; forms of compulsory school move in 2028.
COMPULSORY = {"GR": 9, "GRS": 9, "SP": 10, "SAM": 6}
UPPER_SECONDARY = {"GY": 3, "GYS": 4}
PRESCHOOL_CLASS = "FKLASS"


def rows() -> list[tuple[date, str, int, str, str]]:
    found = [(TODAY, PRESCHOOL_CLASS, 0, "F", LAW), (SHIFT, PRESCHOOL_CLASS, 0, "1", REFORM)]
    for form, last in COMPULSORY.items():
        for year in range(1, last + 1):
            found.append((TODAY, form, year, str(year), LAW))
            found.append((SHIFT, form, year, str(year + 1), REFORM))
    found += [
        (TODAY, form, year, str(year), LAW)
        for form, last in UPPER_SECONDARY.items()
        for year in range(1, last + 1)
    ]
    return found


def seed(apps, schema_editor) -> None:
    label = apps.get_model("people", "GradeLabel")
    label.objects.bulk_create(
        [
            label(valid_from=day, form=form, school_year=year, label=text, source=source)
            for day, form, year, text, source in rows()
        ],
        ignore_conflicts=True,
    )


def remove(apps, schema_editor) -> None:
    apps.get_model("people", "GradeLabel").objects.filter(source__in=[LAW, REFORM]).delete()


class Migration(migrations.Migration):
    dependencies = [("people", "0003_ended_and_lifted")]

    operations = [migrations.RunPython(seed, remove)]
