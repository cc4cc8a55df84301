"""The data classes: what a binding can be."""

from __future__ import annotations

from typing import TypeAlias

from jetbridge.record import Record

AttrPath: TypeAlias = tuple[str | int, ...]


class InputRef(Record):
    """A workflow input."""

    name: str
    attr_path: AttrPath = ()


class OutputRef(Record):
    """An output of another node; `node` is its path below the run root."""

    node: str
    var: str
    attr_path: AttrPath = ()


class JsonConstant(Record):
    """A constant as JSON text, which the declared type turns into a literal."""

    text: str
    attr_path: AttrPath = ()


class ProtoConstant(Record):
    """A constant as the bytes of a FlyteIDL literal."""

    data: bytes
    attr_path: AttrPath = ()


class ListOf(Record):
    """A list that holds at least one promise."""

    items: tuple[Bind, ...]


class MapOf(Record):
    """A map that holds at least one promise; entries in the order of their keys."""

    entries: tuple[tuple[str, Bind], ...]


class EachOf(Record):
    """An output of every element of a map task, as a list.

    Attributes:
        over: The list that is mapped over; it tells how many elements there are.
        node: The map node's path; its element `i` lies at `<node>/<i>`.
        var: The output.
        partial: Whether an element without outputs counts as None, rather than as an error.
    """

    over: Bind
    node: str
    var: str
    partial: bool = False


class Comparison(Record):
    """Two values of one simple type.

    Attributes:
        operator: `eq`, `ne`, `gt`, `ge`, `lt` or `le`.
        kind: The name of FlyteIDL's simple type in lower case, such as `integer`.
        left: One value.
        right: The other one.
    """

    operator: str
    kind: str
    left: Bind
    right: Bind


class Conjunction(Record):
    """Two conditions; `operator` is `and` or `or`."""

    operator: str
    left: Condition
    right: Condition


class Choice(Record):
    """What the taken branch gives.

    Attributes:
        cases: Conditions in the order in which they are tried, and what each gives where it is the first that holds.
        otherwise: What there is where none holds; None where nothing is taken then.
    """

    cases: tuple[tuple[Condition, Bind], ...]
    otherwise: Bind | None


class Definition(Record):
    """What a name of a run means that no node commits: an output of a branch, an input of a sub-workflow.

    Attributes:
        node: The branch's path, or the folder of the sub-workflow, such as `n1/`.
        var: The output or input.
        bind: What it is.
    """

    node: str
    var: str
    bind: Bind


class Let(Record):
    """A value whose references may be to defined names; a name means the same everywhere in a run.

    Attributes:
        definitions: Each refers to those before it alone.
        value: The value.
    """

    definitions: tuple[Definition, ...]
    value: Bind


class Failure(Record):
    """The error of the run, for a node that handles failures."""


Condition: TypeAlias = Comparison | Conjunction
Bind: TypeAlias = InputRef | OutputRef | JsonConstant | ProtoConstant | ListOf | MapOf | EachOf | Choice | Let | Failure
