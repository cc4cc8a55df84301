"""What Argo's parameters and expressions mean in a template that is called with arguments."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, cast

from jetbridge.bindings import OutputRef, parse
from tests.conformance.read_back.expr_lang import Tree, parse_expression
from tests.conformance.read_back.graph import Guard, Operand
from tests.conformance.read_back.normal import both, negated, taken

_TAG = re.compile(r"\{\{inputs\.parameters\.([^}]+)\}\}")
_OPERATORS = {"==": "eq", "!=": "ne", ">": "gt", ">=": "ge", "<": "lt", "<=": "le"}
_CONSTANTS: Mapping[str, Callable[[str], object]] = {
    "int": int,
    "float": float,
    "boolean": lambda text: text == "true",
    "string": json.loads,
}


@dataclass(frozen=True, slots=True)
class Frame:
    """A template that is called.

    Attributes:
        template: The template.
        texts: Its parameters that are texts, with everything filled in.
        operands: Its parameters that are expressions, evaluated where they stand.
        inputs: The workflow's inputs by parameter, for the entry point, whose parameters are not texts.
    """

    template: Mapping[str, Any]
    texts: Mapping[str, str]
    operands: Mapping[str, Operand]
    inputs: Mapping[str, str]

    def text(self, text: str) -> str:
        """A text with the parameters filled in; the workflow's own inputs as the binding that they are."""
        for parameter, name in self.inputs.items():
            text = text.replace(f"json:{{{{inputs.parameters.{parameter}}}}}", f"inputs.{name}")
        return _TAG.sub(lambda match: self.texts.get(match.group(1), match.group()), text)


def expression_of(tag: str) -> Tree:
    """The expression in a tag."""
    assert tag.startswith("{{=")
    assert tag.endswith("}}")
    return parse_expression(tag[3:-2])


class Reader:
    """Reads expressions of a manifest with these templates."""

    def __init__(self, templates: Mapping[str, Mapping[str, Any]]) -> None:
        self._templates = templates

    def called(self, task: Mapping[str, Any], frame: Frame) -> Frame:
        """The template that a task of the frame's DAG calls."""
        given = {each["name"]: each.get("value", "") for each in task.get("arguments", {}).get("parameters", [])}
        template = self._templates[task["template"]]
        declared = [each["name"] for each in template.get("inputs", {}).get("parameters", [])]
        assert set(given) == set(declared) or "suspend" in template, (task["name"], declared)
        return Frame(
            template,
            {name: frame.text(value) for name, value in given.items() if not value.startswith("{{=")},
            {
                name: self.operand(expression_of(value), frame)
                for name, value in given.items()
                if value.startswith("{{=")
            },
            {},
        )

    def sizes(self, frame: Frame) -> tuple[Operand, ...]:
        """The lengths that a map's DAG is told: the number of elements, and those that must be equal to it."""
        first = _numbered(frame.operands["size-of-map"])
        others = frame.operands.get("lists-unequal", ())
        return (first, *(_numbered(other) for each, other in _pairs(others) if _numbered(each) == first))

    def guard(self, tree: Tree, frame: Frame) -> Guard:
        """A condition."""
        if tree[0] in ("&&", "||"):
            return both("and" if tree[0] == "&&" else "or", self.guard(tree[1], frame), self.guard(tree[2], frame))
        if tree[0] == "not":
            return negated(self.guard(tree[1], frame))
        operator, left, right = tree
        kind = _kind(left) or _kind(right) or "int"
        return (_OPERATORS[operator], kind, self._compared(left, kind, frame), self._compared(right, kind, frame))

    def _compared(self, tree: Tree, kind: str, frame: Frame) -> Operand:
        if tree[0] == "num":
            return ("const", float(tree[1]) if kind == "float" else int(tree[1]))
        if tree[0] == "name" and tree[1:] in (("true",), ("false",)):
            return ("const", tree[1] == "true")
        if tree[0] == "str":
            return ("const", tree[1])
        inner = tree[1] if tree[0] == "==" else tree[2]
        return _typed(self.operand(inner, frame), kind)

    def operand(self, tree: Tree, frame: Frame) -> Operand:
        """A control value, as the string that Argo has."""
        match tree:
            case ("call", ("name", "string" | "int" | "fromJSON" | "toJSON" | "date" | "duration"), inner):
                return self.operand(inner, frame)
            case ("call", ("get", inner, "Unix" | "Seconds")):
                return self.operand(inner, frame)
            case ("if", ("==", ("name", "tasks", _, "status"), ("str", "Succeeded")), then, otherwise):
                return taken(self.operand(then, frame), self.operand(otherwise, frame))
            case ("call", ("name", "len"), inner):
                return ("size", self.operand(inner, frame))
            case ("get", inner, key):
                kind, name, path = self.operand(inner, frame)
                return (kind, name, (*cast("tuple[object, ...]", path), key))
            case _:
                return self._value(tree, frame)

    def _value(self, tree: Tree, frame: Frame) -> Operand:
        match tree:
            case ("str", text):
                return ("const", text)
            case ("!=", left, right):
                return ("unequal", ((self.operand(left, frame), self.operand(right, frame)),))
            case ("||", left, right):
                return ("unequal", (*_pairs(self.operand(left, frame)), *_pairs(self.operand(right, frame))))
            case ("name", "inputs", "parameters", name):
                return ("input", frame.inputs[name], ()) if name in frame.inputs else frame.operands[name]
            case ("name", "tasks", name, "outputs", "parameters", parameter):
                return self._output(name, parameter, frame)
            case _:
                raise AssertionError(f"an expression that we do not write: {tree}")

    def _output(self, name: str, parameter: str, frame: Frame) -> Operand:
        """An output parameter of a task: made by its pod, given by a person, or handed on by a DAG."""
        (task,) = (task for task in frame.template["dag"]["tasks"] if task["name"] == name)
        inner = self.called(task, frame)
        (declared,) = (each for each in inner.template["outputs"]["parameters"] if each["name"] == parameter)
        source = declared["valueFrom"]
        if "path" in source:
            return _told(inner, source["path"])
        tree = parse_expression(source["expression"])
        if tree[:3] == ("name", "tasks", "wait"):
            return ("output", inner.texts["node-path"], parameter.removeprefix("value_"), ())
        return self.operand(tree, inner)


def _told(frame: Frame, file: str) -> Operand:
    """What a pod writes into a file."""
    asked = [arg for arg in frame.template["container"]["args"] if arg.startswith("--control=")]
    (source,) = (arg.removeprefix("--control=").removesuffix(f"={file}") for arg in asked if arg.endswith(f"={file}"))
    kind, _, output = source.partition(":")
    bind = parse(f"n0.{output}")
    assert isinstance(bind, OutputRef)
    operand: Operand = ("output", frame.texts["node-path"], bind.var, bind.attr_path)
    return ("size", operand) if kind == "size" else operand


def _kind(tree: Tree) -> str:
    match tree:
        case ("call", ("name", "int" | "float" as kind), _):
            return kind
        case ("call", ("name", "fromJSON"), _) | ("str", _):
            return "string"
        case ("==", _, ("str", "true")) | ("name", "true" | "false"):
            return "boolean"
        case _:
            return ""


def _typed(operand: Operand, kind: str) -> Operand:
    """An operand with its constants as values, which Argo has as strings."""
    if operand[0] == "taken":
        return ("taken", *(_typed(cast("Operand", part), kind) for part in operand[1:]))
    return ("const", _CONSTANTS[kind](str(operand[1]))) if operand[0] == "const" else operand


def _numbered(operand: Operand) -> Operand:
    return _typed(operand, "int")


def _pairs(operand: Operand) -> tuple[tuple[Operand, Operand], ...]:
    """The lengths of which one is told that they differ."""
    return cast("tuple[tuple[Operand, Operand], ...]", operand[1]) if operand else ()
