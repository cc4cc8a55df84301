"""What a worker must know to run a statement, as one text in its arguments."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from google.protobuf.json_format import MessageToDict, ParseDict

from jetbridge.idl import TypedInterface
from jetbridge_plugins.sql.statement import Identifier, Parameter, Piece, Statement


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """A statement, and where it runs.

    Attributes:
        name: The task.
        statement: The statement.
        interface: The types of inputs and outputs.
        options: What the database's client is told, as JSON; references to secrets, never their values.
    """

    name: str
    statement: Statement
    interface: TypedInterface
    options: Mapping[str, Any]

    def to_json(self) -> str:
        """The query as text."""
        entries = {
            "statement": [_to_json(piece) for piece in self.statement.pieces],
            "interface": _described(self.interface),
            **self.options,
        }
        return json.dumps({key: value for key, value in entries.items() if value}, ensure_ascii=False, sort_keys=True)

    @staticmethod
    def from_json(name: str, text: str) -> Query:
        """The query that `to_json` wrote."""
        entries = json.loads(text)
        return Query(
            name=name,
            statement=Statement(tuple(map(_from_json, entries.pop("statement")))),
            interface=ParseDict(entries.pop("interface", {}), TypedInterface()),
            options=entries,
        )


def _to_json(piece: Piece) -> object:
    """A piece; not as a template, which every engine would take for one of its own."""
    if isinstance(piece, str):
        return piece
    return {_NAME if isinstance(piece, Identifier) else _TEXT if piece.as_text else _VALUE: piece.name}


def _from_json(entry: str | dict[str, str]) -> Piece:
    if isinstance(entry, str):
        return entry
    ((kind, name),) = entry.items()
    return Identifier(name) if kind == _NAME else Parameter(name, as_text=kind == _TEXT)


_VALUE, _TEXT, _NAME = "value", "text", "identifier"


def _described(interface: TypedInterface) -> dict[str, Any]:
    """The types alone: an author's descriptions tell a worker nothing."""
    plain = TypedInterface()
    plain.CopyFrom(interface)
    for variables in (plain.inputs.variables, plain.outputs.variables):
        for name in variables:
            variables[name].description = ""
    return {key: value for key, value in MessageToDict(plain).items() if value}
