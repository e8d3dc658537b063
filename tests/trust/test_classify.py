"""The classes of fields: what a field is, and the retention that its model names."""

from __future__ import annotations

from samhandla.trust.classify import RETENTION, Classified, Sensitivity


class Fields(Classified):
    retention = "register"
    internal = ("id",)
    personal = ("given_name",)
    protected = ("number",)


def test_a_field_has_the_class_it_is_listed_under():
    assert Fields.of("id") is Sensitivity.INTERNAL
    assert Fields.of("given_name") is Sensitivity.PERSONAL
    assert Fields.of("number") is Sensitivity.PROTECTED


def test_a_field_that_nobody_classified_has_none():
    assert Fields.of("new") is None


def test_classes_go_from_harmless_to_worst():
    assert [level.value for level in Sensitivity] == [
        "open",
        "internal",
        "personal",
        "sensitive",
        "protected",
    ]


def test_each_retention_has_a_rule_and_a_source():
    assert Fields.retention in RETENTION
    for code, retention in RETENTION.items():
        assert (retention.code, bool(retention.rule), bool(retention.source)) == (code, True, True)
        assert not retention.decided, (
            "gallring kräver nämndens beslut; inget är beslutat i en ny installation"
        )
