"""What a task leaves for the engine: a file for each control value, or one that they share."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from jetbridge.errors import UsageError
from jetbridge.idl import Literal, LiteralCollection, Primitive, Scalar
from jetbridge.runtime.control_values import parse_control, write_controls


def integer(value: int) -> Literal:
    return Literal(scalar=Scalar(primitive=Primitive(integer=value)))


OUTPUTS = {"n": integer(12), "xs": Literal(collection=LiteralCollection(literals=[integer(3), integer(4)]))}


def test_each_has_a_file(tmp_path: Path) -> None:
    texts = [f"value:n={tmp_path}/a/n", f"size:xs={tmp_path}/xs"]
    write_controls([parse_control(text) for text in texts], OUTPUTS)
    assert (tmp_path / "a" / "n").read_text() == "12"
    assert (tmp_path / "xs").read_text() == "2"


def test_those_without_a_file_share_one(tmp_path: Path) -> None:
    file = tmp_path / "controls"
    texts = ["value:n", "size:xs", "value:xs[1]"]
    write_controls([parse_control(text, shared=str(file)) for text in texts], OUTPUTS)
    assert json.loads(file.read_text()) == {"value:n": "12", "size:xs": "2", "value:xs[1]": "4"}


@pytest.mark.parametrize("text", ["value:n", "count:n=/x", "value:=/x", "n=/x"])
def test_what_is_no_request_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="KIND:OUTPUT=FILE"):
        parse_control(text)
