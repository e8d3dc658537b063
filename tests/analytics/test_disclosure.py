"""Small groups stay hidden, also when somebody subtracts."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from samhandla.analytics.disclosure import THRESHOLD, TOTAL, is_shown, protect


def with_totals(cells: dict[tuple[str, str], int]) -> dict[tuple[str, str], int]:
    rows, columns = {key[0] for key in cells}, {key[1] for key in cells}
    out = dict(cells)
    for row in rows:
        out[row, TOTAL] = sum(n for key, n in cells.items() if key[0] == row)
    for column in columns:
        out[TOTAL, column] = sum(n for key, n in cells.items() if key[1] == column)
    out[TOTAL, TOTAL] = sum(cells.values())
    return out


def test_ten_is_shown_nine_is_not():
    assert [is_shown(n) for n in (0, 1, 9, 10)] == [True, False, False, True]
    assert is_shown(5, threshold=5)


def test_a_single_small_cell_takes_another_with_it():
    table = protect({("99",): 99, ("27",): 27, ("15",): 15, ("1",): 1, (TOTAL,): 142})
    assert table.primary == {("1",)}
    assert table.complementary == {("15",)}
    assert table.cells[(TOTAL,)] == 142


def test_two_small_cells_that_sum_to_little_take_a_third():
    table = protect({("a",): 3, ("b",): 4, ("c",): 30, ("d",): 40, (TOTAL,): 77})
    assert table.complementary == {("c",)}


def test_nothing_small_nothing_hidden():
    cells = with_totals({("GR", "K"): 40, ("GR", "M"): 50})
    assert protect(cells).cells == cells


def test_without_total_only_the_small_is_hidden():
    table = protect({("a",): 3, ("b",): 40})
    assert table.cells == {("a",): None, ("b",): 40}


COUNTS = st.dictionaries(
    st.tuples(st.sampled_from("abcd"), st.sampled_from("KMO")), st.integers(0, 40), min_size=2, max_size=12
)


@given(counts=COUNTS)
@settings(max_examples=200, deadline=None)
def test_no_line_gives_a_hidden_cell_away(counts):
    full = {(row, column): counts.get((row, column), 0) for row in "abcd" for column in "KMO"}
    cells = with_totals(full)
    table = protect(cells)
    hidden = table.primary | table.complementary
    assert all(n is None or is_shown(n) for n in table.cells.values())
    for place, words in ((0, "abcd"), (1, "KMO")):
        for fixed in {key[1 - place] for key in cells}:
            line = [(w, fixed) if place == 0 else (fixed, w) for w in (*words, TOTAL)]
            gone = [key for key in line if key in hidden]
            assert len(gone) != 1
            total = line[-1]
            assert not gone or total in gone or sum(cells[key] for key in gone) >= THRESHOLD
