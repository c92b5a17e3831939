"""How is a command known before what carries it out is imported?

All commands together import the whole product, which takes seconds; each call needs one of them.
"""

from __future__ import annotations

import importlib
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup
from typer.main import get_command, get_group


class Later(TyperCommand):
    """Stands in the list of commands for a function or a group of commands, `where` as
    "package.module:name", and hands over to it when it is called or asked for its own help."""

    def __init__(self, name: str, where: str, short_help: str) -> None:
        super().__init__(name, short_help=short_help)
        self._where = where

    def load(self) -> TyperCommand | TyperGroup:
        """What it stands for."""
        module, _, name = self._where.partition(":")
        found = getattr(importlib.import_module(module), name)
        if isinstance(found, typer.Typer):
            return get_group(found)
        alone = typer.Typer(add_completion=False)
        alone.command(self.name)(found)
        command = get_command(alone)
        assert isinstance(command, TyperCommand)
        return command

    def make_context(self, *arguments: Any, **more: Any) -> Any:
        return self.load().make_context(*arguments, **more)
