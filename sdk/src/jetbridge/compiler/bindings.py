"""Whether each input and output is bound, once, to something of its type."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import ClassVar

from jetbridge.compiler.attributes import NoAttributeError, type_of_attribute
from jetbridge.compiler.constants import type_of_literal
from jetbridge.compiler.context import CheckContext, node_location
from jetbridge.errors import Location, Problem
from jetbridge.idl import (
    NONE,
    Binding,
    BindingData,
    Literal,
    LiteralType,
    OutputReference,
    TaskTemplate,
    TypedInterface,
)
from jetbridge.idl_admin import Node, WorkflowTemplate
from jetbridge.suggest import did_you_mean
from jetbridge.types.casting import is_castable
from jetbridge.types.describe import describe

START_NODE = "start-node"


def check_inputs(node: Node, task: TaskTemplate, context: CheckContext) -> list[Problem]:
    """Problems of a node's bindings against its task's interface."""
    owner = f"task {task.id.name!r}"
    check = _Check(owner, "input", node_location(node), context)
    return check.all(node.inputs, task.interface.inputs.variables)


def check_outputs(template: WorkflowTemplate, context: CheckContext) -> list[Problem]:
    """Problems of the workflow's output bindings."""
    check = _Check(f"workflow {template.id.name!r}", "output", None, context)
    return check.all(template.outputs, template.interface.outputs.variables)


class _Check:
    """The checks of one set of bindings: whose they are, and where problems are shown."""

    def __init__(self, owner: str, kind: str, location: Location | None, context: CheckContext) -> None:
        self.owner = owner
        self.kind = kind
        self.location = location
        self.context = context

    def all(self, bindings: Sequence[Binding], variables: object) -> list[Problem]:
        declared: dict[str, LiteralType] = {name: variable.type for name, variable in dict(variables).items()}  # type: ignore[call-overload]
        problems = [*self._unbound(bindings, declared), *self._bound_twice(bindings)]
        for binding in bindings:
            if binding.var not in declared:
                problems.append(self._unknown(binding.var, list(declared)))
                continue
            problems.extend(self._value(binding.var, binding.binding, declared[binding.var]))
        return problems

    def _unbound(self, bindings: Sequence[Binding], declared: dict[str, LiteralType]) -> list[Problem]:
        bound = {binding.var for binding in bindings}
        missing = sorted(name for name, kind in declared.items() if name not in bound and not _optional(kind))
        return [
            self._problem(
                "ParameterNotBound",
                f"{self.kind} {name!r} ({describe(declared[name])}) of {self.owner} is not bound",
                f"Give `{name}=…` in the call.",
            )
            for name in missing
        ]

    def _bound_twice(self, bindings: Sequence[Binding]) -> list[Problem]:
        counts = Counter(binding.var for binding in bindings)
        return [
            self._problem(
                "ParameterBoundMoreThanOnce", f"{self.kind} {name!r} of {self.owner} is bound {count} times", ""
            )
            for name, count in sorted(counts.items())
            if count > 1
        ]

    def _unknown(self, name: str, known: list[str]) -> Problem:
        return self._problem(
            "VariableNameNotFound", f"{self.owner} has no {self.kind} {name!r}", did_you_mean(name, known)
        )

    def _value(self, name: str, binding: BindingData, declared: LiteralType) -> list[Problem]:
        return self._BY_KIND.get(binding.WhichOneof("value") or "", _Check._nothing)(self, name, binding, declared)

    def _nothing(self, name: str, binding: BindingData, declared: LiteralType) -> list[Problem]:
        return [self._problem("ParameterNotBound", f"{self.kind} {name!r} of {self.owner} is bound to nothing", "")]

    def _promise(self, name: str, binding: BindingData, declared: LiteralType) -> list[Problem]:
        reference = binding.promise
        source = self._source_type(reference)
        if isinstance(source, Problem):
            return [source]
        if source is None or is_castable(source, declared):
            return []
        return [self._mismatch(name, source, declared, f"{reference.node_id or 'inputs'}.{reference.var}")]

    def _source_type(self, reference: OutputReference) -> LiteralType | Problem | None:
        """The type of what a promise promises; None where only the run can tell."""
        interface = self._interface_of(reference.node_id)
        if isinstance(interface, Problem) or interface is None:
            return interface
        workflow_input = reference.node_id in ("", START_NODE)
        variables = (interface.inputs if workflow_input else interface.outputs).variables
        if reference.var not in variables:
            what = (
                f"workflow input {reference.var!r}" if workflow_input else f"output {reference.node_id}.{reference.var}"
            )
            return self._problem("VariableNameNotFound", f"there is no {what}", did_you_mean(reference.var, variables))
        return self._attribute_type(variables[reference.var].type, reference)

    def _interface_of(self, node_id: str) -> TypedInterface | Problem | None:
        if node_id in ("", START_NODE):
            return self.context.interface
        if node_id not in self.context.nodes:
            return self._problem(
                "NodeReferenceNotFound", f"{self.owner} takes an output of {node_id!r}, which does not exist", ""
            )
        task = self.context.tasks.get(self.context.nodes[node_id].task_node.reference_id.name)
        return None if task is None else task.interface

    def _attribute_type(self, root: LiteralType, reference: OutputReference) -> LiteralType | Problem | None:
        current: LiteralType | None = root
        for attribute in reference.attr_path:
            if current is None:
                return None
            try:
                current = type_of_attribute(current, attribute)
            except NoAttributeError as error:
                what = f"{reference.node_id or 'inputs'}.{reference.var} {error}"
                return self._problem("FieldNotFound", what, error.hint)
        return current

    def _collection(self, name: str, binding: BindingData, declared: LiteralType) -> list[Problem]:
        target = _inner(declared, "collection_type")
        if target is None:
            return [self._wrong_container(name, "a list", declared)]
        items = binding.collection.bindings
        return [p for index, item in enumerate(items) for p in self._value(f"{name}[{index}]", item, target)]

    def _map(self, name: str, binding: BindingData, declared: LiteralType) -> list[Problem]:
        target = _inner(declared, "map_value_type")
        if target is None:
            return [self._wrong_container(name, "a map", declared)]
        entries = binding.map.bindings
        return [p for key in sorted(entries) for p in self._value(f"{name}[{key!r}]", entries[key], target)]

    def _scalar(self, name: str, binding: BindingData, declared: LiteralType) -> list[Problem]:
        source = type_of_literal(Literal(scalar=binding.scalar))
        if source is None or is_castable(source, declared):
            return []
        return [self._mismatch(name, source, declared, "a constant")]

    def _wrong_container(self, name: str, given: str, declared: LiteralType) -> Problem:
        return self._problem(
            "MismatchingBindings",
            f"{self.kind} {name!r} of {self.owner} is {describe(declared)}, but {given} is bound to it",
            "Bind one value.",
        )

    def _mismatch(self, name: str, source: LiteralType, declared: LiteralType, origin: str) -> Problem:
        return self._problem(
            "MismatchingTypes",
            f"{self.kind} {name!r} of {self.owner} is {describe(declared)}, but {origin} is {describe(source)}",
            "Change one of the two annotations, or convert the value in a task.",
        )

    def _problem(self, code: str, message: str, hint: str) -> Problem:
        return Problem(code=code, message=message, location=self.location, hint=hint)

    _BY_KIND: ClassVar[dict[str, Callable[[_Check, str, BindingData, LiteralType], list[Problem]]]] = {
        "promise": _promise,
        "collection": _collection,
        "map": _map,
        "scalar": _scalar,
    }


def _optional(kind: LiteralType) -> bool:
    return any(variant.simple == NONE and variant.HasField("simple") for variant in kind.union_type.variants)


def _inner(declared: LiteralType, kind: str) -> LiteralType | None:
    """The element type of a container, also inside a union."""
    candidates = [declared, *declared.union_type.variants]
    found = [getattr(candidate, kind) for candidate in candidates if candidate.WhichOneof("type") == kind]
    return found[0] if found else None
