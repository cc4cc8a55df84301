r"""Texts as Jinja source that Airflow renders to exactly what was meant.

Airflow renders every string of a templated field. What a user wrote must come out as it is, so any text that Jinja or
Airflow would read as something else becomes a Jinja string: `{{ '…' }}`. It works on every Airflow 3, while
`airflow.sdk.literal` cannot be imported on 3.0 (it is only listed in `__all__` there) and cannot stand inside a string.

Jinja drops a newline at the end of a template and turns `\r` into `\n` (`jinja2.lexer`, `_normalize_newlines`), and
Airflow takes a string with certain endings for a template file (`Templater.render_template`). Kubernetes expands `$(X)`
and `$$` in arguments and in the values of environment variables.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from jetbridge import bindings
from jetbridge.bindings import Bind, InputRef
from jetbridge.errors import JetbridgeError
from jetbridge.kubernetes_text import unexpanded
from jetbridge_translators.work import BindingMacro, JsonTree, Macro, Part, Templated, Text

TEMPLATE_ENDINGS = (".bash", ".hql", ".j2", ".json", ".md", ".sh", ".sql", ".tmpl", ".txt", ".yaml", ".yml")
_SPECIAL = re.compile(r"\{[{%#]|\r")
_ESCAPE_DOLLARS = r" | replace('$', '\\u0024')"
_KICKOFF = " or dag_run.run_after.isoformat()"
_MARK = "\0"
ANSWER, PERHAPS = "\1", "\2"
"""Before the id of a gate's task: an input of that name is what a person tells the gate. `PERHAPS` where the run may
not have come to it."""
VALUE = "value"
"""The field of the gate's form."""
OVERWRITE_CACHE = "jetbridge-overwrite-cache"
"""The key in the configuration of a run that has cached outputs made anew."""


@dataclass(frozen=True, slots=True)
class Jinja:
    """A piece of Jinja source, as opposed to a text that is meant as it is."""

    source: str


Piece = str | Jinja


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """What the macros of one step mean.

    Attributes:
        run_root: The run root as pieces.
        node_path: The step's path.
        args: The step's bindings.
        fixed: The JSON of workflow inputs that nobody may set, by name.
        numbers: Workflow inputs whose JSON holds no text.
        index: The index of an element of a map; None outside of maps.
        mapped: The inputs of which an element gets its own item.
        store: URI of the folder below which each run has its root.
        overwrite_cache: Whether runs make cached outputs anew that do not say otherwise.
        kickoff: The workflow input that gets the time of a scheduled run.
        expands_dollars: Whether Kubernetes expands `$(X)` in the rendered text.
        endings: The endings that the operator takes for template files.
    """

    run_root: tuple[Piece, ...]
    node_path: str
    args: Mapping[str, Bind]
    fixed: Mapping[str, str] = field(default_factory=dict[str, str])
    numbers: frozenset[str] = frozenset()
    index: Jinja | None = None
    mapped: frozenset[str] = frozenset()
    store: str = ""
    overwrite_cache: bool = False
    kickoff: str = ""
    expands_dollars: bool = False
    endings: tuple[str, ...] = TEMPLATE_ENDINGS


def template(value: Templated, scope: Scope) -> str:
    """A text as the string that Airflow renders to it.

    Raises:
        JetbridgeError: the text holds a NUL character, which no argument of a process can hold.
    """
    parts: tuple[Part, ...] = value.parts if isinstance(value, Text) else (value,)
    pieces = [piece for part in parts for piece in _pieces(part, scope)]
    return join(pieces, expands_dollars=scope.expands_dollars, endings=scope.endings)


def fill(tree: JsonTree, scope: Scope) -> JsonTree:
    """A manifest with every string as Airflow must get it; keys are not rendered by Airflow and stay."""
    if isinstance(tree, list):
        return [fill(item, scope) for item in tree]
    if isinstance(tree, dict):
        return {key: fill(value, scope) for key, value in tree.items()}
    return template(tree, scope) if isinstance(tree, str | Text) else tree


def plain(text: str) -> str:
    """A text without macros, such as a setting of the user's, as the string that Airflow renders to it."""
    return join([text])


def join(pieces: Sequence[Piece], *, expands_dollars: bool = False, endings: tuple[str, ...] = TEMPLATE_ENDINGS) -> str:
    """Pieces as one template."""
    doubled = [unexpanded(piece) if expands_dollars and isinstance(piece, str) else piece for piece in _merged(pieces)]
    last = len(doubled) - 1
    return "".join(
        _source(piece, before_macro=index < last, endings=endings if index == last else ())
        for index, piece in enumerate(doubled)
    )


def _source(piece: Piece, before_macro: bool, endings: tuple[str, ...]) -> str:
    if isinstance(piece, Jinja):
        return piece.source
    if _MARK in piece:
        raise JetbridgeError(
            f"the text {piece[:60]!r} holds a NUL character, which no argument of a process can hold",
            hint="Remove the character from the task's command, arguments or environment.",
        )
    touches_macro = before_macro and piece.endswith("{")
    misread = _SPECIAL.search(piece) or touches_macro or piece.endswith(("\n", *endings))
    return "{{ " + string(piece) + " }}" if misread else piece


def _merged(pieces: Sequence[Piece]) -> list[Piece]:
    """Neighbouring texts as one, because `{` and `{` are harmless only apart."""
    merged: list[Piece] = []
    for piece in pieces:
        if isinstance(piece, str) and merged and isinstance(merged[-1], str):
            merged = [*merged[:-1], merged[-1] + piece]
        elif piece:
            merged = [*merged, piece]
    return merged


def string(text: str) -> str:
    r"""A string of Jinja's.

    Example:
        >>> print(string("it's\n"))
        'it\'s\n'
    """
    escaped = text.replace("\\", "\\\\").replace("'", "\\'").replace("\n", "\\n").replace("\r", "\\r")
    return f"'{escaped}'"


def workflow_input(name: str, scope: Scope) -> Jinja:
    """A workflow input as JSON; `tojson` is not used, because it sorts the keys of a dictionary."""
    value = where_met(name, f"macros.json.dumps({param(name, scope.kickoff)})", "'null'")
    may_expand = scope.expands_dollars and name not in scope.numbers
    return Jinja("{{ " + value + (_ESCAPE_DOLLARS if may_expand else "") + " }}")


def param(name: str, kickoff: str) -> str:
    """The Jinja expression for a workflow input; that of the kickoff time has another value in a scheduled run."""
    if name.startswith((ANSWER, PERHAPS)):
        return f"{_pulled(name)}['params_input'][{string(VALUE)}]"
    given = f"params[{string(name)}]"
    return given + _KICKOFF if name == kickoff else given


def where_met(name: str, value: str, otherwise: str) -> str:
    """An expression that needs an answer, for a run that may not have come to the gate."""
    return f"({value} if {_pulled(name)} else {otherwise})" if name.startswith(PERHAPS) else value


def _pulled(name: str) -> str:
    return f"ti.xcom_pull({string(name[1:])})"


def _binding(bind: Bind, scope: Scope) -> list[Piece]:
    """The text of a binding: each workflow input is marked while it is written, and replaced after."""
    marks = {name: f"json:{scope.fixed.get(name) or _MARK + name + _MARK}" for name in _input_names(bind)}
    pieces = bindings.render(bind, marks).split(_MARK)
    return [workflow_input(piece, scope) if index % 2 else piece for index, piece in enumerate(pieces)]


def _item(var: str, scope: Scope) -> tuple[Piece, ...]:
    return () if scope.index is None or var not in scope.mapped else ("[", scope.index, "]")


def _node_path(scope: Scope) -> tuple[Piece, ...]:
    return (scope.node_path,) if scope.index is None else (f"{scope.node_path}/", scope.index)


def _overwrite_cache(scope: Scope) -> tuple[Piece, ...]:
    """What the run's configuration says, which need not be one of the DAG's Params."""
    default = "true" if scope.overwrite_cache else "false"
    return (Jinja(f"{{{{ (dag_run.conf or {{}}).get({string(OVERWRITE_CACHE)}, {default}) }}}}"),)


def _input_names(bind: Bind) -> Iterator[str]:
    return (each.name for each in bindings.references(bind) if isinstance(each, InputRef))


def _pieces(part: Part, scope: Scope) -> Sequence[Piece]:
    match part:
        case str():
            return (part,)
        case BindingMacro():
            return [*_binding(scope.args[part.var], scope), *_item(part.var, scope)]
        case Macro():
            return _MACROS[part](scope)


_MACROS: Mapping[Macro, Callable[[Scope], tuple[Piece, ...]]] = {
    Macro.RUN_ROOT: lambda scope: scope.run_root,
    Macro.NODE_PATH: _node_path,
    Macro.STORE: lambda scope: (scope.store,),
    Macro.OVERWRITE_CACHE: _overwrite_cache,
    Macro.ATTEMPT: lambda _: (Jinja("{{ ti.try_number - 1 }}"),),
}
