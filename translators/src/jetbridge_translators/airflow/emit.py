"""A DAG file's source, in the form that `ruff format --line-length 100` leaves as it is."""

from __future__ import annotations

import re
import sys
import textwrap
from collections.abc import Iterator, Sequence

from jetbridge_translators.airflow.chains import Chain
from jetbridge_translators.airflow.dag import DagSpec, Group, Item, Task
from jetbridge_translators.airflow.definitions import Constant
from jetbridge_translators.airflow.expressions import DAG_PARAM, Call, Expr, Mapped, Name, call, imported, names
from jetbridge_translators.airflow.helper import moved_exceptions
from jetbridge_translators.airflow.pretty import INDENT, LINE_LENGTH, source

_DAG = imported("airflow.sdk.DAG")
_GROUP = imported("airflow.sdk.TaskGroup")
_CHAIN = "airflow.sdk.chain"
_MARGIN = " " * INDENT
_AFTER_PARAGRAPH = "\n\n"
_AFTER_HELPER = "\n\n\n"
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]+")


def emit(dag: DagSpec) -> str:
    """The file."""
    moved = moved_exceptions(dag.helpers)
    paragraphs = [_docstring(dag.title), _imports(dag), *([moved] if moved else []), *_constants(dag.constants)]
    helpers = [helper.source.rstrip("\n") for helper in dag.helpers]
    top = "\n\n\n".join(["\n\n".join(paragraphs), *helpers])
    return (_AFTER_HELPER if helpers else _AFTER_PARAGRAPH).join([top, _with_dag(dag)]) + "\n"


def _docstring(title: str) -> str:
    wrapped = textwrap.fill(_plain(title), LINE_LENGTH - 4) or "A workflow"
    text = wrapped if wrapped.endswith((".", "!", "?")) else wrapped + "."
    escaped = text.replace("\\", "\\\\").replace('"""', "'''")
    return f'"""{escaped.lstrip()}\n\nWritten by `jetbridge translate`: change the workflow, not this file.\n"""'


def _plain(text: str) -> str:
    return " ".join(_UNPRINTABLE.sub(" ", text).split())


def _imports(dag: DagSpec) -> str:
    wanted = [name for name in _all_names(dag) if name.module]
    plain = sorted({name.module for name in wanted if not name.name})
    modules = sorted({name.module for name in wanted if name.name})
    standard = [module for module in modules if module.partition(".")[0] in sys.stdlib_module_names]
    others = [module for module in modules if module not in standard]
    lines = [f"import {module}" for module in plain] + [_from(module, wanted) for module in standard]
    blocks = ["\n".join(lines), "\n".join(_from(module, wanted) for module in others)]
    return "\n\n".join(block for block in blocks if block)


def _all_names(dag: DagSpec) -> Iterator[Name]:
    yield _DAG
    for constant in dag.constants:
        yield from names(constant.value)
    for helper in dag.helpers:
        yield from helper.imports
    for _, value in dag.arguments:
        yield from names(value)
    for task in dag.tasks:
        yield from names(_operator_call(task))
    yield from _names_of_chains(dag.chains, INDENT)
    yield from _names_of_groups(dag.items, INDENT)


def _names_of_groups(items: Sequence[Item], indent: int) -> Iterator[Name]:
    for group in items:
        if isinstance(group, Group):
            yield _GROUP
            yield from _names_of_chains(group.chains, indent + INDENT)
            yield from _names_of_groups(group.items, indent + INDENT)


def _names_of_chains(chains: Sequence[Chain], indent: int) -> Iterator[Name]:
    for chain in chains:
        yield from names(_chain_expression(chain, indent))


def _from(module: str, wanted: Sequence[Name]) -> str:
    members = sorted({name.name for name in wanted if name.module == module and name.name}, key=_member_order)
    line = f"from {module} import {', '.join(members)}"
    if len(line) <= LINE_LENGTH:
        return line
    return "\n".join([f"from {module} import (", *(f"{_MARGIN}{member}," for member in members), ")"])


def _member_order(name: str) -> tuple[int, str]:
    """The order of isort: constants, then classes, then the rest."""
    kind = 0 if name.isupper() and len(name) > 1 else 1 if name[:1].isupper() else 2
    return kind, name


def _constants(constants: Sequence[Constant]) -> Iterator[str]:
    """Constants with a comment in paragraphs of their own, the others together."""
    bare = [_assignment(constant.name, constant.value) for constant in constants if not constant.comment]
    if bare:
        yield "\n".join(bare)
    for constant in constants:
        if constant.comment:
            yield f"# {constant.comment}\n{_assignment(constant.name, constant.value)}"


def _assignment(variable: str, value: Expr, indent: int = 0) -> str:
    return f"{variable} = " + source(value, indent=indent, before=len(variable) + 3)


def _with_dag(dag: DagSpec) -> str:
    alias = " as dag" if DAG_PARAM in _all_names(dag) else ""
    opening = "with " + source(Call(_DAG, (), dag.arguments), before=LINE_LENGTH) + f"{alias}:"
    return f"{opening}\n{_block(dag.items, dag.chains, INDENT) or _MARGIN + 'pass'}"


def _block(items: Sequence[Item], chains: Sequence[Chain], indent: int) -> str:
    parts = [_task(item, indent) if isinstance(item, Task) else _group(item, indent) for item in items]
    links = [_dependency(chain, indent) for chain in chains]
    return "\n\n".join([*parts, *(["\n".join(links)] if links else [])])


def _group(group: Group, indent: int) -> str:
    call = Call(_GROUP, (group.group_id,), (("tooltip", group.tooltip),))
    ending = f" as {group.variable}:"
    whole = source(call, indent=indent, before=len("with ") + len(ending))
    opening = whole if "\n" not in whole else source(call, indent=indent, before=LINE_LENGTH)
    text = f"{_comment(group.comment, indent)}{' ' * indent}with {opening}{ending}\n"
    return text + _block(group.items, group.chains, indent + INDENT)


def _task(task: Task, indent: int) -> str:
    margin = " " * indent
    return _comment(task.operator.comment, indent) + margin + _assignment(task.variable, _operator_call(task), indent)


def _comment(text: str, indent: int) -> str:
    return f"{' ' * indent}# {_plain(text)}\n" if text else ""


def _operator_call(task: Task) -> Call | Mapped:
    spec = task.operator
    call = Call(imported(spec.operator), (), (("task_id", spec.task_id), *spec.kwargs.items()), spec.spread)
    return Mapped(call, spec.expanded, task.over) if task.over else call


def _chain_text(chain: Chain) -> str:
    return " >> ".join(group[0] if len(group) == 1 else f"[{', '.join(group)}]" for group in chain)


def _chain_expression(chain: Chain, indent: int) -> Expr:
    """The call that says what a chain of `>>` says, where that would be too long for a line."""
    if indent + len(_chain_text(chain)) <= LINE_LENGTH:
        return None
    groups: list[Expr] = [
        Name(group[0]) if len(group) == 1 else [Name(variable) for variable in group] for group in chain
    ]
    return call(_CHAIN, *groups)


def _dependency(chain: Chain, indent: int) -> str:
    expr = _chain_expression(chain, indent)
    return " " * indent + (_chain_text(chain) if expr is None else source(expr, indent=indent))
