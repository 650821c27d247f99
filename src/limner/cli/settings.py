"""Which configuration a command uses."""

from __future__ import annotations

from pathlib import Path

from limner.config import Settings, load

HERE = Path("config.toml")


def settings_for(config: Path | None) -> Settings:
    """The named file, else ./config.toml if it is there, else what stands in the environment."""
    return load(config or (HERE if HERE.exists() else None))
