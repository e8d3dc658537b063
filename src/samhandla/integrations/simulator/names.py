"""Names that the simulator gives to people and places; the municipality does not exist."""

from __future__ import annotations

MUNICIPALITY = "Ekbacka kommun"
MUNICIPALITY_CODE = "9901"
DOMAIN = "ekbacka.example"


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


GIRLS = _words(
    """
    Alma Alva Agnes Alicia Amina Astrid Aurora Bianca Cornelia Ebba Edith Elin Elise Ella Elsa Emma
    Ester Fatima Freja Greta Hanna Hedda Hilma Ida Inez Ines Iris Isabella Jasmine Joline Julia Juni
    Karla Klara Leah Leia Leila Lilly Linnea Livia Lo Lova Lovisa Luna Lykke Maja Majken Maryam
    Matilda Meja Melissa Mira Moa Molly Märta Nadia Nellie Nora Nova Olivia Ottilia Rut Saga Samira
    Sara Selma Signe Sigrid Siri Sofia Stella Svea Tilde Tindra Tuva Tyra Vera Vilda Wilma Ylva
    Yasmin Zahra Zoe Ängla
    """
)
BOYS = _words(
    """
    Adam Adrian Ahmed Alex Alfred Algot Ali Alvar Anton Aron Arvid August Axel Benjamin Bilal Björn
    Bo Charlie Daniel David Ebbe Eddie Edvin Elias Elis Elliot Elton Emil Erik Filip Folke Frank
    Frans Gabriel Gustav Hampus Harry Henry Hjalmar Hugo Ibrahim Isak Ivar Jack Jonas Josef Julian
    Kasper Kian Kerim Leo Levi Liam Lion Loke Loui Love Ludvig Malte Mateo Matteo Maximilian Melker
    Melvin Milo Mohamed Nils Noah Noel Olle Oliver Omar Oscar Otto Rasmus Sam Samuel Sigge Simon
    Sixten Tage Ted Theo Ture Valter Vidar Viggo Viktor Ville Wilhelm William Vincent Yusuf
    """
)
WOMEN = _words(
    """
    Anna Annika Åsa Birgitta Camilla Carina Cecilia Elena Elisabeth Eva Fadime Frida Gunilla Helena
    Ingrid Jenny Johanna Josefin Karin Katarina Kerstin Kristina Lena Leyla Lina Lisa Louise
    Madeleine Malin Margareta Maria Marianne Marie Mona Nina Petra Pia Rana Rebecka Sandra Sanna
    Shirin Sofie Susanne Susanna Teresa Therese Ulla Ulrika Veronica
    """
)
MEN = _words(
    """
    Anders Andreas Bengt Bo Carl Christer Dan Emir Fredrik Göran Hans Hassan Henrik Håkan Jan Jens
    Jesper Jimmy Joakim Johan John Jonny Jörgen Kenneth Kent Kjell Lars Leif Magnus Marcus Martin
    Mattias Mehmet Michael Mikael Niklas Ola Patrik Per Peter Petter Reza Robert Roger Stefan Sten
    Thomas Tobias Tomas Ulf
    """
)
LAST = _words(
    """
    Abdi Ahlberg Ahmadi Alm Andersson Arvidsson Asplund Axelsson Backman Barzani Berg Berglund
    Bergström Björk Blom Blomqvist Boström Bäckström Carlsson Dahl Dahlberg Danielsson Demir Edlund
    Ek Eklund Ekström Eliasson Engström Eriksson Falk Fors Forsberg Fransson Fredriksson Friberg
    Gunnarsson Gustafsson Hagman Hallberg Hansen Hansson Haddad Hassan Hedlund Hellström Henriksson
    Hermansson Holm Holmberg Holmgren Hosseini Håkansson Ibrahim Isaksson Ismail Ivarsson Jakobsson
    Jansson Jansen Johansson Johnsson Jonasson Jonsson Jönsson Karlsson Khalil Kovacs Krantz Larsson
    Lind Lindberg Lindgren Lindholm Lindqvist Lindström Ljung Lund Lundberg Lundgren Lundin
    Lundqvist Magnusson Martinsson Mattsson Mohamed Mårtensson Månsson Mustafa Nguyen Nilsson
    Norberg Nordin Nordström Nowak Nyberg Nyman Nyström Ohlsson Olofsson Olsson Omar Palm Paulsson
    Persson Petersson Pettersson Rahimi Rosén Sandberg Samuelsson Sjöberg Sjögren Skoglund Stenberg
    Strand Ström Sundberg Sundin Svensson Söderberg Tesfaye Viklund Wallin Warsame Westberg Wikström
    Yilmaz Åberg Åkesson Öberg
    """
)
AREA_FIRST = ("Björk", "Lind", "Hassel", "Sten", "Sjö", "Kvarn", "Lund", "Berg", "Äng", "Norr", "Söder", "Ek")
AREA_LAST = ("hagen", "backa", "dalen", "viken", "torp", "lunda", "sätra", "åsen", "gärdet", "strand")
SCHOOL_FIRST = (
    "Björkbacke", "Lindängs", "Hasselkulle", "Stenviks", "Sjöglänta", "Kvarnbäcks", "Lundagårds",
    "Bergslycke", "Ängsmarks", "Norrdals", "Södergårds", "Ekhaga", "Tallmo", "Granlids", "Rönnhaga",
    "Askåsa",
)  # fmt: skip
LANGUAGES = ("M2SPA", "M2FRA", "M2TYS", "SVEN")


def area_names(count: int) -> list[str]:
    """Return the first `count` area names; a number is added when the combinations run out."""
    plain = [first + last for last in AREA_LAST for first in AREA_FIRST]
    return [
        plain[i % len(plain)] + ("" if i < len(plain) else f" {i // len(plain) + 1}") for i in range(count)
    ]


def school_name(index: int, kind: str) -> str:
    """Return an invented school name; upper-secondary and adapted schools are called what they are."""
    word = SCHOOL_FIRST[index % len(SCHOOL_FIRST)]
    turn = index // len(SCHOOL_FIRST)
    tail = "" if turn == 0 else f" {turn + 1}"
    if kind == "GY":
        return f"{word.rstrip('s')}s gymnasium{tail}"
    if kind == "FRI":
        return f"Friskolan {word.rstrip('s')}{tail}"
    return f"{word.rstrip('s')}skolan{tail}" + (", anpassad grundskola" if kind == "GRS" else "")
