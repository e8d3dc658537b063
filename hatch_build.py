"""Build hook: styles, fonts and compiled translations go into the wheel; they are never committed."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


def _load(path: Path) -> ModuleType:
    """Import one file without its package, which needs what is not yet installed."""
    spec = importlib.util.spec_from_file_location(path.stem, path)
    if spec is None or spec.loader is None:
        raise ImportError(f"{path} is no Python file")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class AssetsHook(BuildHookInterface):
    """Makes what the package manager and Babel make. Does nothing when it is already there."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        project = Path(self.root) / "src/samhandla/project"
        _load(project / "assets.py").install(Path(self.root))
        _load(project / "translations.py").compile_all()
