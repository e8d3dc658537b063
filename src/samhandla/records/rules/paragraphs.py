"""Provisions of secrecy that a document or a mask can be marked with, each with its source.

A suggestion only: whoever tests the release sets the paragraph, and the test is made anew each time.
Marks as in the room of secrecy: V read in the law, P in another source, NV a question to the lawyer.
"""

from __future__ import annotations

from dataclasses import dataclass

from samhandla.lib.i18n import N_


@dataclass(frozen=True)
class Paragraph:
    """One provision: its place in the law, what is tested, and how sure the source is."""

    code: str
    place: str
    protects: str
    test: str
    mark: str
    source: str


STRONG = N_("omvänt skaderekvisit: sekretess gäller om det inte står klart att uppgiften kan röjas utan men")
WEAK = N_("rakt skaderekvisit: sekretess gäller om det kan antas att någon lider men")
SPECIAL = N_("sekretess gäller bara om det av särskild anledning kan antas att någon lider men")
_OSL = "offentlighets- och sekretesslagen (2009:400)"

_ALL = (
    Paragraph("none", N_("ingen sekretess"), N_("offentlig uppgift"), "", "V", "TF 2 kap. 1 §"),
    Paragraph(
        "osl_23_2_1", N_("23 kap. 2 § första stycket OSL"),
        N_("personliga förhållanden hos psykolog, kurator eller i elevhälsans specialpedagogiska insats"),
        STRONG, "V", _OSL,
    ),
    Paragraph(
        "osl_23_2_2", N_("23 kap. 2 § andra stycket OSL"),
        N_("personliga förhållanden i elevstödjande verksamhet i övrigt; beslut är offentliga"),
        WEAK, "V", _OSL,
    ),
    Paragraph(
        "osl_23_2_3", N_("23 kap. 2 § tredje stycket OSL"),
        N_("identitet, adress och liknande i skolan"), SPECIAL, "V", _OSL,
    ),
    Paragraph(
        "osl_23_1", N_("23 kap. 1 § OSL"), N_("personliga förhållanden i förskolan"), STRONG, "V", _OSL,
    ),
    Paragraph(
        "osl_23_3", N_("23 kap. 3 § OSL"), N_("personliga förhållanden på fritidshem"), STRONG, "P",
        N_("rättelse i underlaget: fritidshem har en egen bestämmelse; skaderekvisitet ska läsas i lagen"),
    ),
    Paragraph(
        "osl_25_1", N_("25 kap. 1 § OSL"), N_("hälsotillstånd hos skolsköterska och skolläkare"), STRONG, "V",
        _OSL,
    ),
    Paragraph("osl_26_1", N_("26 kap. 1 § OSL"), N_("personliga förhållanden i socialtjänsten"), STRONG, "V",
              _OSL),
    Paragraph("osl_21_1", N_("21 kap. 1 § OSL"), N_("hälsa och sexualliv, i alla verksamheter"),
              N_("sekretess gäller om det måste antas att någon kommer att lida betydande men"), "P", _OSL),
    Paragraph("osl_21_3", N_("21 kap. 3 § OSL"), N_("bostad, telefon och e-post för den som är förföljd"),
              SPECIAL, "V", _OSL),
    Paragraph("osl_40_7g", N_("40 kap. 7 g § OSL"), N_("orosanmälan och återkoppling hos den som anmält"),
              STRONG, "V", "lag (2025:1495)"),
    Paragraph(
        "osl_12_3", N_("12 kap. 3 § OSL"),
        N_("uppgift om barnet, mot vårdnadshavaren: barnet kan antas lida betydande men"), STRONG, "V", _OSL,
    ),
    Paragraph(
        "sl_29_14", N_("29 kap. 14 § skollagen"), N_("tystnadsplikt hos en enskild huvudman"), "", "V",
        "skollagen (2010:800)",
    ),
    Paragraph("ask", N_("fråga till juristen"), N_("bestämmelsen är inte läst"), "", "NV", ""),
)  # fmt: skip
PARAGRAPHS = {one.code: one for one in _ALL}
# What somebody can mask or refuse with: a provision of secrecy.
GROUNDS = tuple(one.code for one in _ALL if one.code not in ("none", "ask"))

# By branch, as the domain reference has it; school_duty's own provision has not been read.
BY_BRANCH = {
    "school": "osl_23_2_2",
    "pupil_health": "osl_23_2_1",
    "preschool": "osl_23_1",
    "after_school": "osl_23_3",
    "emi": "osl_25_1",
    "social": "osl_26_1",
    "region_health": "osl_25_1",
    "school_duty": "ask",
    "leisure": "ask",
}


def likely_paragraph(branch: str, *, public: bool, about_child: bool, independent: bool = False) -> str:
    """Return the paragraph that most likely holds for a document, as a suggestion.

    >>> likely_paragraph("school", public=False, about_child=True)
    'osl_23_2_2'
    >>> likely_paragraph("school", public=True, about_child=True)
    'none'
    """
    if public or not about_child:
        return "none"
    return "sl_29_14" if independent else BY_BRANCH.get(branch, "ask")
