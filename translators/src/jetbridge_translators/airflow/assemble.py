"""From a plan to a DAG file as data."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from jetbridge.bindings import Let
from jetbridge_translators import registry
from jetbridge_translators.airflow import definitions, pod
from jetbridge_translators.airflow.dag import DagSpec
from jetbridge_translators.airflow.definitions import (
    CONTROL_POD,
    ENVIRONMENT,
    EXECUTE,
    EXECUTE_AND_TELL,
    FAIL_ON_USER_ERROR,
    IMAGE,
    RUN_ROOT,
    TASK_POD,
    TELL,
    Constant,
)
from jetbridge_translators.airflow.expressions import Expr, Name, Prefixed, imported, names
from jetbridge_translators.airflow.flow_helpers import CHOOSE, ENOUGH, FAIL, INDICES, NAMED, POD_NAMES, flow_helpers
from jetbridge_translators.airflow.gates import is_too_long
from jetbridge_translators.airflow.helper import Helper
from jetbridge_translators.airflow.jinja import OVERWRITE_CACHE, join
from jetbridge_translators.airflow.launch import kickoff, launch_arguments, tags
from jetbridge_translators.airflow.lower import FindLower, lower_steps
from jetbridge_translators.airflow.nodes import Nodes, element_tasks
from jetbridge_translators.airflow.operators import POD_OPERATOR, PYTHON_OPERATOR, OperatorSpec
from jetbridge_translators.airflow.options import LONGEST_MAP, map_chunks, target
from jetbridge_translators.airflow.params import context_names, params
from jetbridge_translators.airflow.policy import stops, task_defaults, tolerated, unless_failed
from jetbridge_translators.airflow.scope import DAG_ID, KICKOFF, ROOT, dag_id, of_element, run_root
from jetbridge_translators.airflow.signals import with_signals
from jetbridge_translators.airflow.values import Values
from jetbridge_translators.airflow.variables import Variables
from jetbridge_translators.base import LowerContext, Settings
from jetbridge_translators.plan.committed import CommittedWork
from jetbridge_translators.plan.controls import asked_of
from jetbridge_translators.plan.inline import inline
from jetbridge_translators.plan.model import AnyNode, Body, Branch, Gate, MapNode, Plan, Step, children


def assemble(plan: Plan, settings: Settings, find: FindLower = registry.lowering, *, run_root: str = "") -> DagSpec:
    """The DAG file of a plan; with `run_root` for the one run that has its data there.

    Raises:
        UsageError: no store, or an option's value is wrong.
        TranslationError: everything that Airflow cannot express.
    """
    context = LowerContext(settings=settings, names=_names(plan, run_root))
    placed = with_signals(inline(plan))
    found = _lowered(placed, context, find)
    replaced, constants = _shared([spec for specs in found.values() for spec in specs], context)
    operators = _again(found, replaced)
    used = _used(replaced) | frozenset(_deciding(placed, replaced))
    losing = _losing(placed, operators)
    of_operators = [helper for operator in replaced for helper in operator.helpers]
    stopping = [unless_failed(target(settings), losing)] if stops(plan) else []
    helpers = tuple(dict.fromkeys((*_helpers(settings, used), *of_operators, *stopping)))
    contents = _nodes(placed, operators, _taken(used, helpers)).contents(placed)
    return DagSpec(
        title=": ".join(part for part in (plan.name, plan.description) if part),
        arguments=_dag_arguments(plan, settings),
        constants=(
            *_reached(constants, used),
            *(tolerated(losing) if stops(plan) else ()),
        ),
        helpers=helpers,
        items=contents.items,
        chains=contents.chains,
    )


def _lowered(plan: Plan, context: LowerContext, find: FindLower) -> dict[str, tuple[OperatorSpec, ...]]:
    """The operators of every task by its path."""
    wanted = [(node, context) for node in all_nodes(plan) if isinstance(node, Step)]
    maps = [node for node in all_nodes(plan) if isinstance(node, MapNode)]
    chunks = map_chunks(context.settings)
    elements = [
        (node.element, of_element(context, node.mapped, LONGEST_MAP * chunk))
        for node in maps
        for chunk in range(chunks)
    ]
    paths = [step.path for step, _ in (*wanted, *elements)]
    found: dict[str, tuple[OperatorSpec, ...]] = dict.fromkeys(paths, ())
    for path, spec in zip(paths, lower_steps([*wanted, *elements], find), strict=True):
        found[path] = (*found[path], spec)
    return found


def _again(
    found: Mapping[str, tuple[OperatorSpec, ...]], replaced: Sequence[OperatorSpec]
) -> dict[str, tuple[OperatorSpec, ...]]:
    """Other operators in the places of the first."""
    remaining = iter(replaced)
    return {path: tuple(next(remaining) for _ in specs) for path, specs in found.items()}


def all_nodes(body: Body) -> Iterator[AnyNode]:
    """Every node of a tree but the elements of maps, those of failure nodes too."""
    for root in (body.nodes, () if body.failure_node is None else (body.failure_node,)):
        yield from _but_elements(root)


def _but_elements(nodes: Sequence[AnyNode]) -> Iterator[AnyNode]:
    for node in nodes:
        yield node
        if not isinstance(node, MapNode):
            yield from _but_elements(children(node))


def _deciding(plan: Plan, operators: Sequence[OperatorSpec]) -> Iterator[Name]:
    """The helpers of branches and maps."""
    for node in all_nodes(plan):
        if isinstance(node, Branch):
            yield CHOOSE
        if isinstance(node, MapNode) and not isinstance(node.element.work, CommittedWork):
            yield from (INDICES if spec.operator == PYTHON_OPERATOR else POD_NAMES for spec in operators)
            yield from (ENOUGH,) if node.partial else ()
        if any(isinstance(bind, Let) for bind, _ in asked_of(node)):
            yield NAMED
        if isinstance(node, Gate) and is_too_long(node):
            yield FAIL


def _losing(plan: Plan, operators: Mapping[str, tuple[OperatorSpec, ...]]) -> list[str]:
    """The tasks of maps that may lose elements."""
    return [
        task_id
        for node in all_nodes(plan)
        if isinstance(node, MapNode) and node.partial
        for task_id in element_tasks(node, len(operators[node.element.path]))
    ]


def _nodes(plan: Plan, operators: Mapping[str, tuple[OperatorSpec, ...]], taken: Iterable[str]) -> Nodes:
    nodes = list(all_nodes(plan))
    return Nodes(
        operators=operators,
        variables=Variables([node.name for node in nodes], taken),
        values=Values(
            task_ids={node.path: node.name for node in nodes if isinstance(node, Step)},
            inputs={variable.name: variable for variable in plan.inputs},
            kickoff=kickoff(plan),
        ),
        stops=stops(plan),
    )


def _names(plan: Plan, run_root: str) -> dict[str, str]:
    overwrite = {OVERWRITE_CACHE: "true"} if plan.overwrite_cache else {}
    root = {ROOT: run_root} if run_root else {}
    return {DAG_ID: dag_id(plan.name), **root, **context_names(plan.inputs), KICKOFF: kickoff(plan), **overwrite}


def _shared(
    operators: Sequence[OperatorSpec], context: LowerContext
) -> tuple[tuple[OperatorSpec, ...], tuple[Constant, ...]]:
    """Values that many tasks have in common, as constants of the file."""
    root = Constant(
        name=RUN_ROOT.name,
        value=join(run_root(context.settings, context.names)),
        comment="The folder of a run in the object store: what tasks exchange lies below it.",
    )
    candidates = [root, *_common(operators, IMAGE, "image"), *_common(operators, ENVIRONMENT, "env_vars")]
    replaced = tuple(_with_constants(operator, candidates) for operator in operators)
    return replaced, (*candidates, *pod.definitions(context.settings))


def _common(operators: Sequence[OperatorSpec], name: Name, argument: str) -> list[Constant]:
    """A constant for an argument that several tasks give, all with one value."""
    values = [operator.kwargs[argument] for operator in operators if argument in operator.kwargs]
    is_common = len(values) > 1 and all(value == values[0] for value in values)
    return [Constant(name=name.name, value=values[0])] if is_common else []


def _with_constants(operator: OperatorSpec, constants: Sequence[Constant]) -> OperatorSpec:
    kwargs = {key: _replaced(value, key, constants) for key, value in operator.kwargs.items()}
    return replace(operator, kwargs=kwargs)


_OPTION = re.compile(r"[\w=./:-]+", re.ASCII)
_ARGUMENT_OF = {"image": IMAGE.name, "env_vars": ENVIRONMENT.name}


def _replaced(value: Expr, argument: str, constants: Sequence[Constant]) -> Expr:
    if isinstance(value, list):
        return [_replaced(item, "", constants) for item in value]
    if isinstance(value, dict) and argument not in _ARGUMENT_OF:
        return {key: _replaced(item, "", constants) for key, item in value.items()}
    wanted = _ARGUMENT_OF.get(argument, RUN_ROOT.name)
    found = (_reference(constant, value) for constant in constants if constant.name == wanted)
    return next((reference for reference in found if reference is not None), value)


def _reference(constant: Constant, value: Expr) -> Name | Prefixed | None:
    """A constant in place of its value, also at the end of an option (`--run-root=…`)."""
    if value == constant.value:
        return Name(constant.name)
    if constant.name != RUN_ROOT.name or not isinstance(value, str) or not value.endswith(str(constant.value)):
        return None
    text = value.removesuffix(str(constant.value))
    return Prefixed(text, Name(constant.name)) if _OPTION.fullmatch(text) else None


def _used(operators: Sequence[OperatorSpec]) -> frozenset[Name]:
    exprs = (expr for operator in operators for expr in (*operator.kwargs.values(), operator.spread))
    own = (name for expr in exprs for name in names(expr))
    return frozenset((*own, *(imported(operator.operator) for operator in operators)))


def _reached(constants: Sequence[Constant], used: frozenset[Name]) -> Iterator[Constant]:
    """The constants that are used, also by one that is."""
    inner = (name for constant in constants if Name(constant.name) in used for name in names(constant.value))
    wanted = used | frozenset(inner)
    return (constant for constant in constants if Name(constant.name) in wanted)


def _helpers(settings: Settings, used: frozenset[Name]) -> tuple[Helper, ...]:
    """The helpers that the file uses, each once, and after those that it uses itself."""
    version = target(settings)
    control_pod = definitions.control_pod(version)
    sidecars = {base: Name(definitions.beside(base)) for base in (POD_OPERATOR, TASK_POD.name, CONTROL_POD.name)}
    used = used | {imported(base) for base, name in sidecars.items() if name in used}
    candidates = (
        (EXECUTE, definitions.execute(version)),
        (EXECUTE_AND_TELL, definitions.execute(version)),
        (EXECUTE_AND_TELL, definitions.execute_and_tell()),
        (TELL, definitions.tell()),
        (TASK_POD, definitions.task_pod(version)),
        *(((CONTROL_POD, definitions.task_pod(version)),) if version != "3.3" else ()),
        (CONTROL_POD, control_pod),
        *((name, definitions.pod_beside(base)) for base, name in sidecars.items()),
        (FAIL_ON_USER_ERROR, definitions.fail_on_user_error()),
        *flow_helpers(version, branches=CHOOSE in used, named=NAMED in used),
    )
    return tuple(dict.fromkeys(helper for name, helper in candidates if name in used))


def _taken(used: frozenset[Name], helpers: Sequence[Helper]) -> frozenset[str]:
    """Names of the file that no task's variable may hide."""
    of_helpers = (
        part for helper in helpers for name in helper.imports for part in (name.name, name.module, helper.name)
    )
    constants = (
        *(RUN_ROOT.name, IMAGE.name, ENVIRONMENT.name, definitions.POD.name, definitions.STORE_SECRET.name),
        *(definitions.FOREIGN_POD.name, definitions.COMPANION.name),
    )
    return frozenset(
        (
            *(name.name for name in used),
            *of_helpers,
            *constants,
            "AirflowFailException",
            "AirflowSkipException",
            "DAG",
            "Param",
            "SIGNS",
            "TOLERATED",
            "TaskGroup",
            "dag",
            "ApprovalOperator",
            "BranchPythonOperator",
            "EmptyOperator",
            "HITLEntryOperator",
            "PythonOperator",
            "DateTimeSensorAsync",
            "chain",
            "timedelta",
        )
    )


def _dag_arguments(plan: Plan, settings: Settings) -> tuple[tuple[str, Expr], ...]:
    declared = params(plan.inputs, kickoff(plan))
    given: dict[str, Expr] = {
        "dag_id": dag_id(plan.name),
        "description": plan.description,
        "doc_md": Name("__doc__"),
        **launch_arguments(plan, target(settings)),
        "default_args": task_defaults(plan),
        "params": declared,
        "tags": tags(plan),
    }
    return tuple((key, value) for key, value in given.items() if value not in ("", {}))
