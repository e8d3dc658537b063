"""The shipped presets: one TOML file per supplier and report."""

from __future__ import annotations

import tomllib
from importlib import resources

import msgspec

from samhandla.integrations.files.errors import UnknownPreset
from samhandla.integrations.files.mapping import Mapping
from samhandla.lib.i18n import N_, say


def preset_names() -> list[str]:
    """The names that `load_preset` knows, in alphabetical order."""
    files = resources.files(__name__).iterdir()
    return sorted(file.name.removesuffix(".toml") for file in files if file.name.endswith(".toml"))


def load_preset(name: str) -> Mapping:
    """Read a shipped preset.

    Raises:
        UnknownPreset: there is none of that name; lists those there are.
    """
    if name not in preset_names():
        raise UnknownPreset(
            say(
                N_("Kolumnmallen ”{name}” finns inte. Välj en av: {names}."),
                name=name,
                names=", ".join(preset_names()),
            )
        )
    text = resources.files(__name__).joinpath(f"{name}.toml").read_text("utf-8")
    return msgspec.convert({"name": name, **tomllib.loads(text)}, Mapping)
