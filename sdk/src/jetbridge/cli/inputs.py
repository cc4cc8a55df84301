"""Workflow inputs from the command line: `--input k=v` by declared type, and `--inputs-file f.json`."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import cast

from jetbridge.errors import JetbridgeError, UsageError
from jetbridge.idl import Literal, LiteralMap, LiteralType
from jetbridge.serialize.closure import Closure
from jetbridge.suggest import did_you_mean
from jetbridge.types.describe import describe
from jetbridge.types.json_codec import from_json, parse_text


def read_inputs(closure: Closure, texts: Iterable[str], file: Path | None) -> LiteralMap:
    """A literal for every input of the workflow: defaults, then the file, then `k=v`, then fixed inputs.

    Raises:
        UsageError: an input is unknown, missing, fixed, or not of its type; all at once.
    """
    declared = {name: v.type for name, v in closure.compiled.primary.template.interface.inputs.variables.items()}
    fixed = dict(closure.launch_plan.spec.fixed_inputs.literals)
    given: dict[str, Literal] = {}
    wrong: list[str] = []
    for name, read in [*_file_values(file).items(), *_text_values(texts).items()]:
        problem = _unusable(name, declared, fixed)
        if problem:
            wrong.append(problem)
            continue
        try:
            given[name] = read(declared[name])
        except JetbridgeError as error:
            wrong.append(f"input {name!r} ({describe(declared[name])}): {error.message} {error.hint}".rstrip())
    literals = {**_defaults(closure), **given, **fixed}
    wrong += [f"input {name!r} ({describe(declared[name])}) is missing" for name in sorted(declared.keys() - literals)]
    if wrong:
        raise UsageError("\n".join(["these inputs cannot be used:", *(f"  {line}" for line in wrong)]), hint=_USAGE)
    return LiteralMap(literals=literals)


_USAGE = "Give each as `--input NAME=VALUE`; lists, maps and structs as JSON."


class _Text:
    """A value as the command line gives it."""

    def __init__(self, text: str) -> None:
        self._text = text

    def __call__(self, declared: LiteralType) -> Literal:
        return parse_text(self._text, declared)


class _Json:
    """A value as a JSON file gives it."""

    def __init__(self, value: object) -> None:
        self._value = value

    def __call__(self, declared: LiteralType) -> Literal:
        return from_json(self._value, declared)


def _text_values(texts: Iterable[str]) -> dict[str, _Text]:
    values: dict[str, _Text] = {}
    for text in texts:
        name, separator, value = text.partition("=")
        if not separator:
            raise UsageError(f"--input takes NAME=VALUE, not {text!r}", hint="For example `--input n=3`.")
        values[name] = _Text(value)
    return values


def _file_values(file: Path | None) -> dict[str, _Json]:
    if file is None:
        return {}
    try:
        content = json.loads(file.read_text())
    except (OSError, ValueError, RecursionError) as error:
        raise UsageError(
            f"the inputs file {str(file)!r} cannot be read: {error}", hint="Give a JSON object."
        ) from error
    if not isinstance(content, dict):
        raise UsageError(f"the inputs file {str(file)!r} holds no JSON object", hint='Write `{"n": 3}`.')
    return {name: _Json(value) for name, value in cast("dict[str, object]", content).items()}


def _unusable(name: str, declared: Mapping[str, LiteralType], fixed: Mapping[str, Literal]) -> str:
    if name not in declared:
        return f"there is no input {name!r}. {did_you_mean(name, declared)}"
    return f"input {name!r} is fixed by the launch plan" if name in fixed else ""


def _defaults(closure: Closure) -> dict[str, Literal]:
    parameters = closure.launch_plan.spec.default_inputs.parameters
    return {
        name: parameter.default
        for name, parameter in parameters.items()
        if parameter.WhichOneof("behavior") == "default"
    }
