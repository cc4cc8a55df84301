"""What the texts of a DAG file mean that Airflow renders: bindings, and what branches and maps know."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

from jetbridge.bindings import OutputRef, parse
from tests.conformance.read_back.graph import Guard, Operand
from tests.conformance.read_back.normal import both, taken

_NAME = r"'(?:[^'\\]|\\.)*'"
_PULLED = rf"ti\.xcom_pull\((?P<task>{_NAME})\)\['params_input'\]\['value'\]"
_GIVEN = rf"(?:params\[(?P<name>{_NAME})\]|{_PULLED})"
_INPUT = re.compile(
    rf"json:\{{\{{ \(?macros\.json\.dumps\({_GIVEN}(?: or dag_run\.run_after\.isoformat\(\))?\)"
    r"(?: if ti\.xcom_pull\([^{}]*\) else 'null'\))?(?: \| replace\([^{}]*\))? \}\}"
)
_QUOTED = re.compile(r"\{\{ (" + _NAME + r") \}\}")
_TOLD = re.compile(
    rf"\{{\{{ \(?ti\.xcom_pull\((?P<task>{_NAME}), key='controls'\)(?: or \{{\}}\))?"
    rf"\[(?P<control>{_NAME})\](?: \| default\(''\))? \}}\}}"
)
_PARAM = re.compile(rf"\(?{_GIVEN}(?: or dag_run\.run_after\.isoformat\(\)\))?(?P<path>(?:\[(?:{_NAME}|\d+)\])*)")
_SIGNS = {"==": "eq", "!=": "ne", ">": "gt", ">=": "ge", "<": "lt", "<=": "le"}


def _names_in(value: Any) -> set[str]:
    """The names that a value builds on, but for its conditions."""
    if not isinstance(value, dict):
        return set()
    found = cast("dict[str, Any]", value)
    inside = {name for key in ("then", "else", "value") for name in _names_in(found.get(key))}
    return {found["name"]} if "name" in found else inside


@dataclass(frozen=True, slots=True)
class Values:
    """What is known of a file's tasks.

    Attributes:
        paths: The node path of each task that tells values, by its id.
    """

    paths: Mapping[str, str]

    def binding(self, text: str) -> str:
        """A templated binding as it is when it has been rendered, with inputs and answers as what they are."""

        def meant(match: re.Match[str]) -> str:
            if match["name"]:
                return f"inputs.{ast.literal_eval(match['name'])}"
            return f"{self.paths[ast.literal_eval(match['task'])]}.o0"

        return _QUOTED.sub(lambda match: str(ast.literal_eval(match.group(1))), _INPUT.sub(meant, text))

    def guard(self, condition: list[Any]) -> Guard:
        """A condition. The file does not say of which type the values are: JSON does."""
        left, sign, right = condition
        if sign in ("and", "or"):
            return both(sign, self.guard(left), self.guard(right))
        return (_SIGNS[sign], "", self.operand(left), self.operand(right))

    def operand(self, value: Any, names: Mapping[str, Operand] | None = None) -> Operand:
        """A value, or the length of a list; `names` are those that it may build on."""
        if isinstance(value, dict):
            return self._chosen(cast("dict[str, Any]", value), names or {})
        if told := _TOLD.fullmatch(value):
            return self._told(told)
        if value.startswith("{{") and (given := _PARAM.search(value)):
            return self._given(given, "| length" in value)
        quoted = _QUOTED.fullmatch(value)
        return ("const", json.loads(ast.literal_eval(quoted.group(1)) if quoted else value))

    def _chosen(self, value: dict[str, Any], names: Mapping[str, Operand]) -> Operand:
        if "name" in value:
            return names[value["name"]]
        if "names" not in value:
            return taken(self.operand(value["then"], names), self.operand(value["else"], names))
        waiting, known = dict(value["names"]), dict[str, Operand]()
        while waiting:
            ready = [name for name, named in waiting.items() if _names_in(named) <= known.keys()]
            assert ready, "names that mean one another"
            known.update({name: self.operand(waiting.pop(name), known) for name in ready})
        return self.operand(value["value"], known)

    def _told(self, told: re.Match[str]) -> Operand:
        kind, _, place = ast.literal_eval(told["control"]).partition(":")
        bind = parse(f"{self.paths[ast.literal_eval(told['task'])]}.{place}")
        assert isinstance(bind, OutputRef)
        output: Operand = ("output", bind.node, bind.var, bind.attr_path)
        return ("size", output) if kind == "size" else output

    def _given(self, given: re.Match[str], is_size: bool) -> Operand:
        path = tuple(ast.literal_eval(item) for item in re.findall(rf"\[({_NAME}|\d+)\]", given["path"]))
        found: Operand = (
            ("input", ast.literal_eval(given["name"]), path)
            if given["name"]
            else ("output", self.paths[ast.literal_eval(given["task"])], "o0", path)
        )
        return ("size", found) if is_size else found
