"""Copying of styles and fonts."""

from __future__ import annotations

import json

import pytest

from samhandla.project import assets


@pytest.fixture
def root(tmp_path):
    """A project with the packages in place, as npm leaves them."""
    packages = {}
    for package in (assets.DESIGN_SYSTEM, assets.FONT):
        folder = tmp_path / "node_modules" / package
        folder.mkdir(parents=True)
        (folder / "package.json").write_text(json.dumps({"version": "1.0.0"}))
        packages[f"node_modules/{package}"] = {"version": "1.0.0"}
    (tmp_path / "package-lock.json").write_text(json.dumps({"packages": packages}))
    dist = tmp_path / "node_modules" / assets.DESIGN_SYSTEM / "dist"
    (dist / "theme").mkdir(parents=True)
    (dist / "src").mkdir()
    (dist / "theme/designsystemet.css").write_text("theme{}")
    for name in ("base", *assets.COMPONENTS):
        (dist / f"src/{name}.css").write_text(f".{name}{{}}")
    fonts = tmp_path / "node_modules" / assets.FONT / "files"
    fonts.mkdir()
    for name in assets.FONT_FILES:
        (fonts / name).write_bytes(b"font")
    return tmp_path


def vendor(root):
    return root / "src/samhandla/web/static/vendor"


def test_files_are_copied_in_layers_and_only_once(root):
    assert assets.install(root) is True
    css = (vendor(root) / "designsystemet.css").read_text()
    assert css.index("@layer ds.theme, ds.base, ds.components;") == 0
    assert "@layer ds.components{.button{}}" in css
    assert (vendor(root) / assets.FONT_FILES[0]).read_bytes() == b"font"
    assert assets.install(root) is False


def test_new_lock_file_or_lost_file_copies_again(root):
    assets.install(root)
    (vendor(root) / "designsystemet.css").unlink()
    assert assets.install(root) is True
    lock = root / "package-lock.json"
    lock.write_text(lock.read_text() + "\n")
    assert assets.install(root) is True


def test_other_version_than_the_locked_is_fetched(root, monkeypatch):
    fetched = []
    monkeypatch.setattr(assets, "_fetch", lambda at, which: fetched.append(at))
    manifest = root / "node_modules" / assets.FONT / "package.json"
    manifest.write_text(json.dumps({"version": "0.9.0"}))
    assets.install(root)
    assert fetched == [root]


def test_changed_package_is_told_and_leaves_no_stamp(root):
    (root / "node_modules" / assets.DESIGN_SYSTEM / "dist/src/button.css").unlink()
    with pytest.raises(assets.AssetsMissing, match=r"button\.css"):
        assets.install(root)
    assert not (vendor(root) / ".stamp").exists()
