"""Whether each input and output is bound, once, to something of its type."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from jetbridge.compiler.attributes import NoAttributeError, type_of_attribute
from jetbridge.compiler.constants import type_of_scalar
from jetbridge.compiler.interfaces import Types, interface_of
from jetbridge.compiler.problems import Place
from jetbridge.errors import Problem
from jetbridge.idl import NONE, Binding, BindingData, LiteralType, OutputReference, Scalar
from jetbridge.suggest import did_you_mean
from jetbridge.types.casting import is_castable
from jetbridge.types.describe import describe

START_NODE = "start-node"


@dataclass(frozen=True, slots=True)
class Slots:
    """What is to be bound: the inputs of a node, or the outputs of the workflow.

    Attributes:
        owner: Whose they are, such as `task 'penguins.fit'`.
        kind: `input` or `output`.
        place: Where problems are shown.
    """

    owner: str
    kind: str
    place: Place

    def problem(self, code: str, message: str, hint: str, name: str) -> Problem:
        """A problem of one of them; `name` may have an index (`values[0]`)."""
        return self.place.problem(code, message, hint, name)

    def named(self, name: str) -> str:
        """One of them in a message."""
        return f"{self.kind} {name!r} of {self.owner}"


def check_bindings(
    bindings: Sequence[Binding], types: Types, slots: Slots, defaults: bool = False
) -> Iterator[Problem]:
    """Problems of bindings against the types they are for; with `defaults`, unbound ones are none."""
    if not defaults:
        yield from _unbound(bindings, types, slots)
    yield from _bound_twice(bindings, slots)
    for binding in bindings:
        if binding.var not in types:
            hint = did_you_mean(binding.var, list(types))
            yield slots.problem("VariableNameNotFound", f"{slots.owner} has no {slots.kind} {binding.var!r}", hint, "")
            continue
        declared = types[binding.var]
        if not binding.HasField("binding"):
            yield slots.problem("ValueRequired", f"{slots.named(binding.var)} lacks a binding", "Bind it.", binding.var)
        elif declared is not None:
            yield from check_value(binding.var, binding.binding, declared, slots)


def check_names(bindings: Sequence[Binding], slots: Slots) -> Iterator[Problem]:
    """Problems of bindings to a node that takes any: a branch or an approval. Only what they refer to is checked."""
    yield from _bound_twice(bindings, slots)
    for binding in bindings:
        yield from _references(binding.var, binding.binding, slots)


def _references(name: str, binding: BindingData, slots: Slots) -> Iterator[Problem]:
    if not binding.HasField("promise"):
        return
    source = _source(binding.promise, name, slots)
    if isinstance(source, Problem):
        yield source


def bound_type(binding: BindingData, place: Place) -> LiteralType | None:
    """The type of what is bound; None where only the run can tell, or where it is wrong."""
    if binding.HasField("scalar"):
        return type_of_scalar(binding.scalar)
    if not binding.HasField("promise"):
        return None
    source = _source(binding.promise, "", Slots("", "", place))
    return None if isinstance(source, Problem) else source


def _unbound(bindings: Sequence[Binding], types: Types, slots: Slots) -> Iterator[Problem]:
    bound = {binding.var for binding in bindings}
    for name in sorted(types):
        declared = types[name]
        if declared is not None and name not in bound and not _optional(declared):
            yield slots.problem(
                "ParameterNotBound",
                f"{slots.kind} {name!r} ({describe(declared)}) of {slots.owner} is not bound",
                f"Give `{name}=…` in the call." if slots.kind == "input" else "Return a value for it.",
                name,
            )


def _bound_twice(bindings: Sequence[Binding], slots: Slots) -> Iterator[Problem]:
    counts = Counter(binding.var for binding in bindings)
    for name in sorted(name for name, count in counts.items() if count > 1):
        message = f"{slots.named(name)} is bound {counts[name]} times"
        yield slots.problem("ParameterBoundMoreThanOnce", message, "Bind it once.", name)


def check_value(name: str, binding: BindingData, declared: LiteralType, slots: Slots) -> Iterator[Problem]:
    """Problems of one value against the type it is for."""
    check = _BY_KIND.get(binding.WhichOneof("value"), _unknown)
    yield from check(name, binding, declared, slots)


def _nothing(name: str, binding: BindingData, declared: LiteralType, slots: Slots) -> Iterator[Problem]:
    yield slots.problem("ParameterNotBound", f"{slots.named(name)} is bound to nothing", "Bind a value.", name)


def _unknown(name: str, binding: BindingData, declared: LiteralType, slots: Slots) -> Iterator[Problem]:
    """An offloaded constant: only the run can tell."""
    yield from ()


def _promise(name: str, binding: BindingData, declared: LiteralType, slots: Slots) -> Iterator[Problem]:
    reference = binding.promise
    source = _source(reference, name, slots)
    if isinstance(source, Problem):
        yield source
    elif source is not None and not is_castable(source, declared):
        yield _mismatch(name, source, declared, f"{reference.node_id or 'inputs'}.{reference.var}", slots)


def _source(reference: OutputReference, name: str, slots: Slots) -> LiteralType | Problem | None:
    """The type of what a promise promises; None where only the run can tell."""
    if not reference.var.isidentifier():
        hint = "Use letters, digits and underscores."
        message = f"{slots.named(name)} is bound to {reference.var!r}, which is no name"
        return slots.problem("SyntaxError", message, hint, name)
    outputs = _outputs(reference.node_id, name, slots)
    if outputs is None or isinstance(outputs, Problem):
        return outputs
    if reference.var not in outputs:
        of_workflow = reference.node_id in ("", START_NODE)
        what = f"workflow input {reference.var!r}" if of_workflow else f"output {reference.node_id}.{reference.var}"
        hint = did_you_mean(reference.var, outputs)
        return slots.problem("VariableNameNotFound", f"there is no {what}", hint, name)
    return _attribute(outputs[reference.var], reference, name, slots)


def _outputs(node_id: str, name: str, slots: Slots) -> Types | Problem | None:
    context = slots.place.context
    if node_id in ("", START_NODE):
        return {each: variable.type for each, variable in context.interface.inputs.variables.items()}
    if node_id not in context.nodes:
        message = f"{slots.owner} takes an output of {node_id!r}, which does not exist"
        return slots.problem("NodeReferenceNotFound", message, did_you_mean(node_id, context.nodes), name)
    found = interface_of(context.nodes[node_id], context)
    return None if found is None else found.outputs


def _attribute(
    root: LiteralType | None, reference: OutputReference, name: str, slots: Slots
) -> LiteralType | Problem | None:
    current = root
    for attribute in reference.attr_path:
        if current is None:
            return None
        try:
            current = type_of_attribute(current, attribute)
        except NoAttributeError as error:
            what = f"{reference.node_id or 'inputs'}.{reference.var} {error}"
            return slots.problem("FieldNotFound", what, error.hint, name)
    return current


def _collection(name: str, binding: BindingData, declared: LiteralType, slots: Slots) -> Iterator[Problem]:
    items = {f"{name}[{at}]": item for at, item in enumerate(binding.collection.bindings)}
    yield from _container(name, binding, declared, slots, "collection_type", items)


def _map(name: str, binding: BindingData, declared: LiteralType, slots: Slots) -> Iterator[Problem]:
    entries = binding.map.bindings
    items = {f"{name}[{key!r}]": entries[key] for key in sorted(entries)}
    yield from _container(name, binding, declared, slots, "map_value_type", items)


def _container(
    name: str,
    binding: BindingData,
    declared: LiteralType,
    slots: Slots,
    kind: str,
    items: Mapping[str, BindingData],
) -> Iterator[Problem]:
    if declared.HasField("union_type"):
        yield from _in_union(name, binding, declared, slots)
    elif declared.WhichOneof("type") != kind:
        given = "a list" if kind == "collection_type" else "a map"
        message = f"{slots.named(name)} is {describe(declared)}, but {given} is bound to it"
        yield slots.problem("MismatchingBindings", message, "Bind one value.", name)
    else:
        for each, item in items.items():
            yield from check_value(each, item, getattr(declared, kind), slots)


def _in_union(name: str, binding: BindingData, declared: LiteralType, slots: Slots) -> Iterator[Problem]:
    """A list or map must fit exactly one variant."""
    found = [(each, list(check_value(name, binding, each, slots))) for each in declared.union_type.variants]
    fitting = [variant for variant, problems in found if not problems]
    near = [problems for variant, problems in found if _same_container(binding, variant)]
    if len(fitting) > 1:
        yield _ambiguous(name, declared, fitting, "a value", slots)
    elif not fitting and len(near) == 1:
        yield from near[0]
    elif not fitting:
        given = "list" if binding.HasField("collection") else "map"
        message = f"{slots.named(name)} is {describe(declared)}, and the {given} bound to it is none of them"
        hint = "Bind a value of one of these types."
        yield slots.problem("IncompatibleBindingUnionValue", message, hint, name)


def _same_container(binding: BindingData, variant: LiteralType) -> bool:
    wanted = {"collection": "collection_type", "map": "map_value_type"}
    return variant.WhichOneof("type") == wanted.get(binding.WhichOneof("value") or "")


def _scalar(name: str, binding: BindingData, declared: LiteralType, slots: Slots) -> Iterator[Problem]:
    if binding.scalar.HasField("error"):
        return  # what an author's call could not bind; it has been reported
    source = type_of_scalar(binding.scalar)
    if source is None:
        message = f"{slots.named(name)} is bound to a constant that holds nothing known"
        yield slots.problem("UnrecognizedValue", message, "Write the package again.", name)
    elif not is_castable(source, declared):
        yield _mismatch(name, source, declared, "a constant", slots)
    else:
        yield from _enum(name, binding.scalar, declared, slots)


def _enum(name: str, scalar: Scalar, declared: LiteralType, slots: Slots) -> Iterator[Problem]:
    value, allowed = scalar.primitive.string_value, list(declared.enum_type.values)
    if declared.HasField("enum_type") and value not in allowed:
        message = f"{slots.named(name)} is {describe(declared)}, but the constant {value!r} is bound to it"
        yield slots.problem("IllegalEnumValue", message, did_you_mean(value, allowed), name)


def _mismatch(name: str, source: LiteralType, declared: LiteralType, origin: str, slots: Slots) -> Problem:
    fitting = [variant for variant in declared.union_type.variants if is_castable(source, variant)]
    if len(fitting) > 1:
        return _ambiguous(name, declared, fitting, f"{origin} ({describe(source)})", slots)
    return slots.problem(
        "MismatchingTypes",
        f"{slots.named(name)} is {describe(declared)}, but {origin} is {describe(source)}",
        "Change one of the two annotations, or convert the value in a task.",
        name,
    )


def _ambiguous(name: str, declared: LiteralType, fitting: list[LiteralType], origin: str, slots: Slots) -> Problem:
    variants = ", ".join(f"{describe(each)} ({each.structure.tag or 'no tag'})" for each in fitting)
    return slots.problem(
        "AmbiguousBindingUnionValue",
        f"{slots.named(name)} is {describe(declared)}, and {origin} fits several of them: {variants}",
        "Declare a union of types that FlyteIDL can tell apart, or only one of them.",
        name,
    )


def _optional(kind: LiteralType) -> bool:
    return any(variant.simple == NONE and variant.HasField("simple") for variant in kind.union_type.variants)


_BY_KIND: dict[str | None, Callable[[str, BindingData, LiteralType, Slots], Iterator[Problem]]] = {
    None: _nothing,
    "promise": _promise,
    "collection": _collection,
    "map": _map,
    "scalar": _scalar,
}
