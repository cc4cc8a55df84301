"""The strategy: closures of workflows that are drawn while the SDK traces them."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from typing import Any, cast

from hypothesis import strategies as st

from jetbridge import LaunchPlan, WorkflowFailurePolicy, conditional, map_task, sleep, workflow
from jetbridge.serialize.closure import Closure, closure_of
from jetbridge.serialize.settings import SerializationSettings
from tests.conformance.drawn import tasks

SETTINGS = SerializationSettings(image="img:1")
HOSTILE = (
    "{{inputs.parameters.a0}}",
    "{{=1+1}}",
    "{% raw %}",
    "$(HOME) $$",
    "a.sh",
    "'\"\\\n}}",
    "!!python/x",
    "🛩",
    "",
)
TYPES: Mapping[str, Any] = {
    "int": int,
    "str": str,
    "float": float,
    "bool": bool,
    "ints": list[int],
    "dict": dict[str, int],
    "some": list[int | None],
}
INPUT_NAMES = ("a0", "größe", "in_", "x1", "node_path")
TASKS: Mapping[str, tuple[Any, Mapping[str, str], tuple[str, ...]]] = {
    "add": (tasks.add, {"a": "int", "b": "int"}, ("int",)),
    "total": (tasks.total, {"xs": "ints"}, ("int",)),
    "length": (tasks.length, {"text": "str", "words": "dict"}, ("int",)),
    "note": (tasks.note, {"n": "int", "text": "str"}, ("str",)),
    "numbers": (tasks.numbers, {"n": "int"}, ("ints",)),
    "half": (tasks.half, {"n": "int"}, ("float",)),
    "is_even": (tasks.is_even, {"n": "int"}, ("bool",)),
    "both": (tasks.both, {"a": "int", "text": "str"}, ("int", "str")),
    "present": (tasks.present, {"xs": "some"}, ("int",)),
    "forget": (tasks.forget, {"flag": "bool", "share": "float"}, ()),
}
_CONSTANTS: Mapping[str, st.SearchStrategy[Any]] = {
    "int": st.integers(-(2**63), 2**63 - 1),
    "str": st.sampled_from(HOSTILE) | st.text(st.characters(exclude_categories=["Cs"]), max_size=8),
    "float": st.floats(allow_nan=False, allow_infinity=False),
    "bool": st.booleans(),
}
_COUNTS = st.integers(0, 3)
_SIZES = (1, 3, 5, 8, 13)
"""How many nodes a workflow has, those in branches not counted. Not a range: Hypothesis prefers its beginning."""


@dataclass(frozen=True, slots=True)
class Made:
    """A workflow that others may call, with the types of its inputs and outputs."""

    call: Any
    inputs: Mapping[str, str]
    outputs: tuple[str, ...]


@dataclass(slots=True)
class _Scope:
    """What a workflow under construction may use: values by type, and results that can be put in order."""

    draw: st.DrawFn
    made: Sequence[Made]
    values: dict[str, list[Any]] = field(default_factory=dict[str, list[Any]])
    results: list[Any] = field(default_factory=list[Any])

    def keep(self, kinds: Sequence[str], result: Any) -> None:
        found = result if len(kinds) > 1 else [result] * len(kinds)
        for kind, value in zip(kinds, found, strict=True):
            self.values.setdefault(kind, []).append(value)

    def value(self, kind: str) -> Any:
        """A promise of the type where there is one, most of the time; else a constant or a collection."""
        known = self.values.get(kind, [])
        if known and self.draw(st.integers(0, 3)):
            return self.draw(st.sampled_from(known))
        if kind in ("ints", "some"):
            return [self.value("int") for _ in range(self.draw(_COUNTS))]
        if kind == "dict":
            keys = self.draw(st.lists(_CONSTANTS["str"], max_size=2, unique=True))
            return {key: self.value("int") for key in keys}
        return self.draw(_CONSTANTS[kind])

    def call(self, returning: str = "") -> tuple[Any, tuple[str, ...]]:
        """A call of a task or of a workflow; with `returning`, one that has just this output."""
        callees = [Made(*each) for each in TASKS.values()] + [*self.made] * 3
        chosen = self.draw(st.sampled_from([each for each in callees if returning in ("", *each.outputs[:1])]))
        if returning and chosen.outputs != (returning,):
            chosen = Made(*TASKS["add" if returning == "int" else "note"])
        given = {name: self.value(kind) for name, kind in chosen.inputs.items()}
        return chosen.call(**given), chosen.outputs

    def condition(self, depth: int = 2) -> Any:
        if depth and not self.draw(_COUNTS):
            left, right = self.condition(depth - 1), self.condition(depth - 1)
            return (left & right) if self.draw(st.booleans()) else (left | right)
        kind = self.draw(st.sampled_from([kind for kind in _CONSTANTS if self.values.get(kind)]))
        left = self.draw(st.sampled_from(self.values[kind]))
        if kind == "bool":
            return left.is_true() if self.draw(st.booleans()) else left.is_false()
        return self.draw(st.sampled_from(_COMPARISONS))(left, self.value(kind))

    def branch(self, name: str, returning: str, depth: int) -> Any:
        """A conditional; perhaps with others in it, perhaps one that fails where no case holds."""
        section = conditional(name).if_(self.condition()).then(self.taken(name, returning, depth))
        if self.draw(st.booleans()):
            section = section.elif_(self.condition()).then(self.taken(name, returning, depth))
        last = section.else_()
        if not self.draw(_COUNTS):
            return last.fail(self.draw(_CONSTANTS["str"]) or "none")
        return last.then(self.taken(name, returning, depth))

    def taken(self, name: str, returning: str, depth: int) -> Any:
        if depth and not self.draw(_COUNTS):
            return self.branch(f"{name}x", returning, depth - 1)
        return self.call(returning)[0]

    def map(self) -> tuple[Any, str]:
        lossy = self.draw(st.sampled_from([None, 0.0, 0.3, 1.0]))
        options: dict[str, Any] = {"concurrency": self.draw(st.sampled_from([None, 2]))}
        if lossy is not None:
            options["min_success_ratio"] = lossy
        bound = partial(tasks.add, b=self.value("int")) if self.draw(st.booleans()) else tasks.add
        given = (
            {"a": self.value("ints")}
            if isinstance(bound, partial)
            else {"a": self.value("ints"), "b": self.value("ints")}
        )
        partial_success = lossy is not None and lossy < 1
        return map_task(bound, **options)(**given), "some" if partial_success else "ints"


_COMPARISONS: tuple[Callable[[Any, Any], Any], ...] = (
    lambda left, right: left == right,
    lambda left, right: left != right,
    lambda left, right: left < right,
    lambda left, right: left >= right,
)


def _add_node(scope: _Scope, name: str) -> None:
    kind = scope.draw(st.sampled_from(["task", "task", "task", "branch", "map", "sleep"]))
    comparable = any(scope.values.get(each) for each in _CONSTANTS)
    if kind == "map":
        result, made = scope.map()
        scope.keep([made], result)
    elif kind == "branch" and comparable:
        returning = scope.draw(st.sampled_from(["int", "str"]))
        result = scope.branch(name, returning, 2)
        scope.keep([returning], result)
    elif kind == "sleep":
        result = sleep(timedelta(seconds=scope.draw(st.integers(1, 100))))
    else:
        result, outputs = scope.call()
        scope.keep(outputs, result)
    several = cast("tuple[Any, ...]", result if isinstance(result, tuple) else (result,))
    first = several[0]
    if scope.results and not scope.draw(_COUNTS):
        before: Any = scope.draw(st.sampled_from(scope.results))
        before.__rshift__(first)
    scope.results.append(first)


def _workflow(draw: st.DrawFn, name: str, made: Sequence[Made]) -> Made:
    names = draw(st.lists(st.sampled_from(INPUT_NAMES), max_size=3, unique=True))
    inputs = {each: draw(st.sampled_from([*_CONSTANTS, "ints"])) for each in names}
    outputs = tuple(draw(st.lists(st.sampled_from(["int", "str", "ints"]), max_size=2)))
    size = draw(st.sampled_from(_SIZES))

    def function(**given: Any) -> Any:
        scope = _Scope(draw, made)
        for each, value in given.items():
            scope.keep([inputs[each]], value)
        for index in range(size):
            _add_node(scope, f"{name}_{index}")
        returned = tuple(scope.value(kind) for kind in outputs)
        return returned if len(returned) > 1 else returned[0] if returned else None

    function.__name__ = function.__qualname__ = name
    parameters = [_parameter(draw, each, kind) for each, kind in inputs.items()]
    vars(function)["__signature__"] = inspect.Signature(parameters)
    types = tuple(TYPES[kind] for kind in outputs)
    returned = tuple[types] if len(types) > 1 else types[0] if types else None  # type: ignore[valid-type]
    function.__annotations__ = {**{each: TYPES[kind] for each, kind in inputs.items()}, "return": returned}
    policy = draw(st.sampled_from(list(WorkflowFailurePolicy)))
    return Made(workflow(failure_policy=policy)(function), inputs, outputs)


def _parameter(draw: st.DrawFn, name: str, kind: str) -> inspect.Parameter:
    default = draw(_CONSTANTS[kind]) if kind in _CONSTANTS and draw(st.booleans()) else inspect.Parameter.empty
    return inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=default)


@st.composite
def closures(draw: st.DrawFn) -> Closure:
    """A workflow that may call up to three others, each of which may call those before it."""
    made: list[Made] = []
    for index in range(draw(st.sampled_from([1, 2, 3, 4]))):
        made.append(_workflow(draw, f"flow{index}", tuple(made)))
    return closure_of(LaunchPlan.get_or_create(made[-1].call), SETTINGS)
