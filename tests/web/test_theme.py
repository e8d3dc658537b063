"""The municipality's colour."""

from __future__ import annotations

import pytest

from samhandla.web.theme import check_colour, contrast_with_white


def test_contrast_of_known_colours():
    assert contrast_with_white("#000000") == pytest.approx(21)
    assert contrast_with_white("#ffffff") == pytest.approx(1)
    assert contrast_with_white("#767676") == pytest.approx(4.54, abs=0.01)
    with pytest.raises(ValueError, match="blå"):
        contrast_with_white("blå")


@pytest.mark.parametrize(
    ("colour", "faults"),
    [("", []), ("#0d4f5c", []), ("#ffcc00", ["web.E002"]), ("red; } body { display: none", ["web.E001"])],
)
def test_colour_is_checked_when_the_server_starts(settings, colour, faults):
    settings.SAMHANDLA_COLOUR = colour
    assert [fault.id for fault in check_colour(None)] == faults


def test_theme_says_only_the_colour(client, settings):
    settings.SAMHANDLA_COLOUR = "#123456"
    answer = client.get("/tema.css")
    assert answer.content.decode() == ":root { --samhandla-colour: #123456; }\n"
    settings.SAMHANDLA_COLOUR = ""
    assert client.get("/tema.css").content == b""
