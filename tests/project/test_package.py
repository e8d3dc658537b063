"""The package that an installation gets has everything that is made and not committed."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from samhandla.project.assets import FONT_FILES

ROOT = Path(__file__).resolve().parents[2]

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def package(tmp_path_factory) -> set[str]:
    """The names of the files in a wheel built from this source."""
    folder = tmp_path_factory.mktemp("wheel")
    words = ["build", "--target", "wheel", "--directory", str(folder)]
    subprocess.run([sys.executable, "-m", "hatchling", *words], cwd=ROOT, check=True, capture_output=True)
    (wheel,) = folder.glob("*.whl")
    return set(zipfile.ZipFile(wheel).namelist())


def test_styles_fonts_and_translations_are_in_the_package(package):
    vendor = {f"samhandla/web/static/vendor/{name}" for name in ("designsystemet.css", *FONT_FILES)}
    assert vendor | {"samhandla/locale/en/LC_MESSAGES/django.mo"} <= package


def test_every_file_of_the_source_is_in_the_package(package):
    kinds = ("*.py", "*.html", "*.css", "*.js", "*.sql", "*.toml", "*.json", "*.svg")
    source = {
        str(path.relative_to(ROOT / "src")) for kind in kinds for path in (ROOT / "src/samhandla").rglob(kind)
    }
    assert len(source) > 400
    assert sorted(source - package) == []


def test_nothing_of_the_tests_or_of_an_installation_is_in_the_package(package):
    odd = [name for name in package if not name.startswith(("samhandla/", "samhandla-"))]
    assert odd == []
    assert [name for name in package if name.endswith((".pyc", "secret"))] == []
