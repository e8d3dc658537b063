"""Every model field is classified, has a retention, and no sensitive field selects persons."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
from django.apps import apps

from samhandla.analytics.tables.attendance import CALENDAR, LESSONS, PUPILS
from samhandla.trust.classify import RETENTION, Classified, Sensitivity

OURS = [m for m in apps.get_models() if m.__module__.startswith("samhandla.")]
SOURCE = Path(__file__).resolve().parents[2] / "src/samhandla"
# A sensitive field that a rule may read, with the reason. It takes pupils out of the rules and never picks
# anybody: the lessons offered to them are not what was agreed, so every share of them would be wrong.
RULE_INPUTS = {"adapted": "Child.adapted: reglerna hittar inget om elever med anpassad studiegång"}
# The same word for something else, which stands about staff: why somebody may see a pupil.
NOT_THE_FIELD = {("people/queries/common.py", "reason")}
SORTING = {"sorted", "sort", "min", "max"}
SELECTING = {"filter", "exclude", "order_by", "get", "filterset_fields", "distinct"}


@pytest.mark.parametrize("model", OURS, ids=lambda m: m._meta.label)
def test_every_field_is_classified(model):
    policy = model.__dict__.get("Fields")
    assert policy is not None, f"{model.__name__} saknar inre klass Fields"
    assert issubclass(policy, Classified)
    names = {f.name if f.concrete else None for f in model._meta.get_fields() if f.concrete}
    missing = sorted(n for n in names if policy.of(n) is None)
    assert not missing, f"{model.__name__}: klassa {missing} i Fields"
    assert policy.retention in RETENTION


@pytest.mark.parametrize("model", OURS, ids=lambda m: m._meta.label)
def test_no_field_is_classified_twice_or_does_not_exist(model):
    listed = [n for level in Sensitivity for n in getattr(model.Fields, level.value)]
    assert len(listed) == len(set(listed))
    assert set(listed) <= {f.name for f in model._meta.get_fields() if f.concrete}


def _sensitive_names() -> set[str]:
    return {name for model in OURS for name in model.Fields.sensitive}


def _selecting_words(tree: ast.AST) -> list[tuple[int, str]]:
    """Return each keyword or text that selects or sorts rows, with its line."""
    found = []
    for node in ast.walk(tree):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute | ast.Name)):
            continue
        name = node.func.attr if isinstance(node.func, ast.Attribute) else node.func.id
        if name in SELECTING or name == "Q":
            found += [(node.lineno, k.arg.split("__")[0]) for k in node.keywords if k.arg]
        if name == "order_by":  # also inside F(…), Lower(…) and the like
            inside = [part for a in node.args for part in ast.walk(a) if isinstance(part, ast.Constant)]
            texts = [part.value for part in inside if isinstance(part.value, str)]
            found += [(node.lineno, t.lstrip("-").split("__")[0]) for t in texts]
        if name in SORTING:
            keys = [k.value for k in node.keywords if k.arg == "key"]
            parts = [part for key in keys for part in ast.walk(key) if isinstance(part, ast.Attribute)]
            found += [(node.lineno, part.attr) for part in parts]
    return found


def test_no_sensitive_field_filters_sorts_or_selects_persons():
    """The search ban of the house: persons are never chosen by a sensitive field (dataskyddslagen 3:3)."""
    sensitive = _sensitive_names()
    wrong = []
    for path in SOURCE.rglob("*.py"):
        if "migrations" in path.parts or "models" in path.stem or path.parent.name == "models":
            continue
        for line, word in _selecting_words(ast.parse(path.read_text())):
            if word in sensitive and (str(path.relative_to(SOURCE)), word) not in NOT_THE_FIELD:
                wrong.append(f"{path.relative_to(SOURCE)}:{line} väljer på {word}")
    assert not wrong, "\n".join(wrong)


def test_rules_read_no_sensitive_field_but_the_declared_exception():
    """What a rule can see of a pupil is the declared columns; one of them alone is classed sensitive."""
    columns = {name for table in (LESSONS, PUPILS, CALENDAR) for name in table.names}
    assert columns & _sensitive_names() == set(RULE_INPUTS)


def test_the_exception_only_takes_pupils_out():
    """The rules use the field negated, and nothing else in them reads it."""
    uses = []
    for path in sorted((SOURCE / "detect/rules").glob("*.py")):
        tree = ast.parse(path.read_text())
        negated = {
            node.operand for node in ast.walk(tree)
            if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Invert)
        }  # fmt: skip
        named = [n for n in ast.walk(tree) if isinstance(n, ast.Attribute) and n.attr in RULE_INPUTS]
        uses += [node in negated for node in named]
    assert uses
    assert all(uses)


def test_the_sweep_sees_a_sensitive_filter():
    words = _selecting_words(ast.parse("Answer.objects.filter(reason__contains='x').order_by('-words')"))
    assert {"reason", "words"} <= {w for _, w in words} <= {"reason", "words"}
    later = "rows.order_by(F('home').desc()); sorted(rows, key=lambda row: (row.child.adapted, row.pk))"
    assert {"home", "adapted"} <= {w for _, w in _selecting_words(ast.parse(later))}


def test_no_template_sorts_by_a_sensitive_field():
    """`dictsort` and `regroup` take a field's name as text."""
    sensitive = _sensitive_names()
    named = re.compile(r"""dictsort(?:reversed)?:["']([\w.]+)["']|regroup\s+\S+\s+by\s+([\w.]+)""")
    assert named.search("{% regroup rows by child.adapted as groups %}")
    wrong = [
        f"{path.name}: {one[0]}"
        for path in SOURCE.rglob("templates/**/*.html")
        for one in named.finditer(path.read_text())
        if sensitive & set((one[1] or one[2]).split("."))
    ]
    assert not wrong, wrong


# What the rules read of the register beyond what is personal, each with its reason. Nothing else gets in.
READ_BY_RULES = {
    "adapted": "holds rules back: absence from an adapted timetable is not computed blindly",
    "birth_date": "whom a notice goes to from the 18th birthday; no rule finds anybody by age",
    "from_other_unit": "whether the register knows of another school before: then the start is a transition",
    "sex": "only counted: a rehearsal says how many girls and boys; no rule reads it",
}
# What places a pupil: whose signal it is, and which limits hold.
PLACING = {"pupil", "unit", "class_id", "class_name", "mentor", "form", "grade", "started"}


def _columns_read(tree: ast.AST, table: str) -> set[str]:
    """Return the columns that a module takes from a table of some name, by key, attribute or `select`."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Subscript) and ast.unparse(node.value).split(".")[-1] == table:
            found |= {n.value for n in ast.walk(node.slice) if isinstance(n, ast.Constant)}
        if isinstance(node, ast.Call) and ast.unparse(node.func) in {f"{table}.select", f"{table}.column"}:
            found |= {n.value for n in ast.walk(node) if isinstance(n, ast.Constant)}
    return {name for name in found if isinstance(name, str)}


def _rule_input() -> dict[str, set[str]]:
    files = sorted((SOURCE / "detect/rules").rglob("*.py"))
    found = {str(p.relative_to(SOURCE)): _columns_read(ast.parse(p.read_text()), "pupils") for p in files}
    return {name: columns for name, columns in found.items() if columns}


def test_rules_read_of_the_register_only_what_is_declared():
    read = set().union(*_rule_input().values())
    assert read <= set(PUPILS.names)
    assert read - PLACING <= set(READ_BY_RULES), "säg i READ_BY_RULES varför regeln läser fältet"
    assert set(READ_BY_RULES) <= read, "ingen regel läser det längre"


def test_the_table_of_pupils_has_nothing_that_is_not_declared():
    """A new column of PUPILS reaches every rule, so it is declared here before it is there."""
    assert set(PUPILS.names) == PLACING | set(READ_BY_RULES)
    assert (_sensitive_names() & set(PUPILS.names)) <= set(READ_BY_RULES)


def test_sex_decides_no_signal():
    """The rehearsal counts it afterwards; the modules that find reasons never touch it."""
    assert {name for name, columns in _rule_input().items() if "sex" in columns} == {
        "detect/rules/rehearsal.py"
    }


def test_the_sweep_sees_a_rule_input():
    tree = ast.parse("x = self.pupils['home']; y = pupils.select(['pupil', 'area']); z = other['sex']")
    assert _columns_read(tree, "pupils") == {"home", "pupil", "area"}
