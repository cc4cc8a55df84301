"""From a plan to a DAG file as data."""

from __future__ import annotations

import keyword
import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from jetbridge_translators import registry
from jetbridge_translators.airflow import definitions, pod
from jetbridge_translators.airflow.attempts import default_arguments
from jetbridge_translators.airflow.chains import chains
from jetbridge_translators.airflow.dag import DagSpec, Task
from jetbridge_translators.airflow.definitions import ENVIRONMENT, IMAGE, RUN_ROOT, Constant, Helper
from jetbridge_translators.airflow.expressions import Expr, Name, Prefixed, imported, names
from jetbridge_translators.airflow.jinja import join
from jetbridge_translators.airflow.lower import FindLower, lower_steps
from jetbridge_translators.airflow.operators import OperatorSpec
from jetbridge_translators.airflow.options import target
from jetbridge_translators.airflow.params import context_names, params
from jetbridge_translators.airflow.scope import DAG_ID, dag_id, run_root
from jetbridge_translators.base import LowerContext, Settings
from jetbridge_translators.plan.model import Plan, Step


def assemble(plan: Plan, settings: Settings, find: FindLower = registry.lowering) -> DagSpec:
    """The DAG file of a plan.

    Raises:
        UsageError: no store, or an option's value is wrong.
        TranslationError: everything that Airflow cannot express.
    """
    context = LowerContext(settings=settings, names={DAG_ID: dag_id(plan.name), **context_names(plan.inputs)})
    operators, constants = _shared(lower_steps(plan.steps, context, find), context)
    used = _used(operators)
    helpers = tuple(helper for helper in _helpers(settings) if Name(helper.name) in used)
    variables = _variables(plan.steps, _taken(used, helpers))
    return DagSpec(
        title=": ".join(part for part in (plan.name, plan.description) if part),
        arguments=_dag_arguments(plan),
        constants=tuple(constant for constant in constants if Name(constant.name) in used),
        helpers=helpers,
        tasks=tuple(Task(variables[step.id], spec) for step, spec in zip(plan.steps, operators, strict=True)),
        chains=chains(_edges(plan.steps, variables)),
    )


def _shared(
    operators: Sequence[OperatorSpec], context: LowerContext
) -> tuple[tuple[OperatorSpec, ...], tuple[Constant, ...]]:
    """Values that many tasks have in common, as constants of the file."""
    root = Constant(
        name=RUN_ROOT.name,
        value=join(run_root(context.settings, context.names[DAG_ID])),
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


def _helpers(settings: Settings) -> tuple[Helper, ...]:
    version = target(settings)
    return (definitions.execute(version), definitions.task_pod(version), definitions.fail_on_user_error())


def _taken(used: frozenset[Name], helpers: Sequence[Helper]) -> frozenset[str]:
    """Names of the file that no task's variable may hide."""
    of_helpers = (part for helper in helpers for name in helper.imports for part in (name.name, name.module))
    constants = (RUN_ROOT.name, IMAGE.name, ENVIRONMENT.name, definitions.POD.name, definitions.STORE_SECRET.name)
    return frozenset(
        (
            *(name.name for name in used),
            *of_helpers,
            *constants,
            "AirflowFailException",
            "DAG",
            "Param",
            "chain",
            "timedelta",
        )
    )


def _variables(steps: Sequence[Step], taken: Iterable[str]) -> dict[str, str]:
    reserved = {*taken, *keyword.kwlist}
    own = {step.name for step in steps}
    return {step.id: _free(step.name, reserved, own) for step in steps}


def _free(name: str, reserved: set[str], own: set[str]) -> str:
    free = name
    while free in reserved or (free != name and free in own):
        free += "_"
    return free


def _edges(steps: Sequence[Step], variables: dict[str, str]) -> list[tuple[tuple[str, ...], str]]:
    position = {step.id: index for index, step in enumerate(steps)}
    return [
        (tuple(variables[node] for node in sorted(step.after, key=lambda node: position[node])), variables[step.id])
        for step in steps
        if step.after
    ]


def _dag_arguments(plan: Plan) -> tuple[tuple[str, Expr], ...]:
    declared = params(plan.inputs)
    given: dict[str, Expr] = {
        "dag_id": dag_id(plan.name),
        "description": plan.description,
        "doc_md": Name("__doc__"),
        "schedule": None,
        "catchup": False,
        "default_args": default_arguments(),
        "params": declared,
        "tags": ["jetbridge"],
    }
    return tuple((key, value) for key, value in given.items() if value not in ("", {}))
