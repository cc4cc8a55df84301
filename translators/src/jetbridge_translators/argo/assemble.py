"""A plan as a WorkflowTemplate, and the small Workflow that starts it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import count

import hera.workflows.models as m

from jetbridge import bindings
from jetbridge.bindings import JsonConstant
from jetbridge.types.describe import describe
from jetbridge_translators import registry
from jetbridge_translators.argo import escape
from jetbridge_translators.argo.distinct import Task, Tasks
from jetbridge_translators.argo.input_types import choices
from jetbridge_translators.argo.lower import lower
from jetbridge_translators.argo.options import ArgoOptions
from jetbridge_translators.argo.parameters import (
    NODE_PATH,
    RUN_ROOT,
    STORE,
    binding_text,
    input_tag,
    literal_json,
    parameter_name,
)
from jetbridge_translators.argo.schedule import SCHEDULED_TIME, cron
from jetbridge_translators.base import Settings
from jetbridge_translators.plan.model import Input, Plan, Schedule, Step
from jetbridge_translators.plan.names import dns_label

API_VERSION = "argoproj.io/v1alpha1"
NAME_LIMIT = 57
"""A Workflow's name is at most 63 characters, of which `generateName` takes a hyphen and five."""
CRON_NAME_LIMIT = 52
"""A CronWorkflow's name, to which Argo adds a hyphen and the time in seconds."""
OUTPUTS_ANNOTATION = "jetbridge/outputs"
"""Where each output of the workflow lies below the run root, as JSON of binding texts."""

_LABELS = {"app.kubernetes.io/managed-by": "jetbridge"}
_KEYWORDS = frozenset({"in", "not", "and", "or", "let", "true", "false", "nil", "if", "else"})


def object_name(plan: Plan) -> str:
    """The name of the WorkflowTemplate."""
    return dns_label(plan.name, NAME_LIMIT)


def workflow_template(plan: Plan, tasks: Tasks, settings: Settings, options: ArgoOptions) -> m.WorkflowTemplate:
    """The template: one DAG, and one template for each distinct task."""
    distinct = tasks.distinct()
    # Once a type, because a look-up reads the metadata of every installed distribution.
    overrides = {name: registry.lowering("argo", name) for name in {task.step.task_type for task in distinct}}
    leaves = [lower(task, overrides[task.step.task_type], settings, options) for task in distinct]
    metadata = _metadata(plan, options).model_copy(update={"name": object_name(plan)})
    spec = m.WorkflowSpec(
        entrypoint=tasks.entrypoint,
        arguments=m.Arguments(parameters=_workflow_parameters(plan.inputs, options)),
        service_account_name=options.service_account or None,
        templates=[_dag(plan, tasks), *leaves],
    )
    return m.WorkflowTemplate(api_version=API_VERSION, kind="WorkflowTemplate", metadata=metadata, spec=spec)


def run_workflow(plan: Plan, tasks: Tasks, options: ArgoOptions) -> m.Workflow:
    """The Workflow that starts a run."""
    metadata = _metadata(plan, options).model_copy(update={"generate_name": f"{object_name(plan)}-"})
    return m.Workflow(api_version=API_VERSION, kind="Workflow", metadata=metadata, spec=_run_spec(plan, tasks, options))


def cron_workflow(plan: Plan, tasks: Tasks, options: ArgoOptions, schedule: Schedule) -> m.CronWorkflow:
    """The CronWorkflow that starts a run by itself."""
    metadata = _metadata(plan, options).model_copy(update={"name": dns_label(plan.name, CRON_NAME_LIMIT)})
    spec = m.CronWorkflowSpec(
        schedules=[cron(schedule)],
        # Flyte's schedules are in UTC; Argo's are in the controller's time zone unless one is given.
        timezone="UTC",
        workflow_spec=_run_spec(plan, tasks, options, schedule.kickoff_time_input),
    )
    return m.CronWorkflow(api_version=API_VERSION, kind="CronWorkflow", metadata=metadata, spec=spec)


def _run_spec(plan: Plan, tasks: Tasks, options: ArgoOptions, kickoff: str = "") -> m.WorkflowSpec:
    """A run by `templateRef`: `workflowTemplateRef` would store all templates twice in the run's object."""
    parameters = _workflow_parameters([item for item in plan.inputs if item.name != kickoff], options)
    passed = [m.Parameter(name=item.name, value=_global_tag(item.name)) for item in parameters if item.name != STORE]
    started = [m.Parameter(name=parameter_name(kickoff), value=SCHEDULED_TIME)] if kickoff else []
    task = m.DAGTask(
        name="run",
        template_ref=m.TemplateRef(name=object_name(plan), template=tasks.entrypoint),
        arguments=m.Arguments(parameters=[*passed, *started]),
    )
    return m.WorkflowSpec(
        entrypoint="run",
        arguments=m.Arguments(parameters=parameters),
        service_account_name=options.service_account or None,
        templates=[m.Template(name="run", dag=m.DAGTemplate(tasks=[task]))],
    )


def _metadata(plan: Plan, options: ArgoOptions) -> m.ObjectMeta:
    texts = {output.name: bindings.render(output.bind, {}) for output in plan.outputs}
    described = {"workflows.argoproj.io/description": escape.for_reader(plan.description)} if plan.description else {}
    outputs = {OUTPUTS_ANNOTATION: bindings.json_text(texts)} if texts else {}
    return m.ObjectMeta(
        namespace=options.namespace or None, labels=_LABELS, annotations={**described, **outputs} or None
    )


def _open(inputs: Iterable[Input]) -> list[Input]:
    """The inputs that may be set."""
    return [item for item in inputs if not item.fixed]


def _workflow_parameters(inputs: Iterable[Input], options: ArgoOptions) -> list[m.Parameter]:
    run_root = m.Parameter(
        name=RUN_ROOT,
        description="URI of the folder of this run; give an earlier run's to go on with it",
        value=f"{_global_tag(STORE)}/{{{{workflow.name}}}}-{{{{workflow.uid}}}}",
    )
    return [_store(options), run_root, *map(_workflow_parameter, _open(inputs))]


def _global_tag(parameter: str) -> str:
    return f"{{{{workflow.parameters.{parameter}}}}}"


def _store(options: ArgoOptions) -> m.Parameter:
    description = "URI of the folder in the object store below which each run has its own"
    return m.Parameter(name=STORE, description=description, value=options.store or None)


def _workflow_parameter(item: Input) -> m.Parameter:
    kind = f"{describe(item.type)} as JSON"
    return m.Parameter(
        name=parameter_name(item.name),
        description=escape.for_reader(f"{kind}; {item.description}" if item.description else kind),
        enum=[escape.for_json(bindings.json_text(choice)) for choice in choices(item.type)] or None,
        value=None if item.default is None else literal_json(item.default),
    )


def _dag(plan: Plan, tasks: Tasks) -> m.Template:
    names = task_names(plan)
    inputs = [RUN_ROOT, *(parameter_name(item.name) for item in _open(plan.inputs))]
    return m.Template(
        name=tasks.entrypoint,
        inputs=m.Inputs(parameters=[m.Parameter(name=name) for name in inputs]),
        dag=m.DAGTemplate(tasks=[_dag_task(step, plan, tasks.by_step[step.id], names) for step in plan.steps]),
    )


def _dag_task(step: Step, plan: Plan, task: Task, names: Mapping[str, str]) -> m.DAGTask:
    # `.Succeeded`, because a bare name also stands for a skipped task, which leaves no outputs.
    depends = " && ".join(f"{names[before]}.Succeeded" for before in step.after)
    return m.DAGTask(
        name=names[step.id],
        template=task.name,
        depends=depends or None,
        arguments=m.Arguments(parameters=_arguments(step, plan, task)),
    )


def _arguments(step: Step, plan: Plan, task: Task) -> list[m.Parameter]:
    unbound = JsonConstant("null")
    return [
        m.Parameter(name=RUN_ROOT, value=input_tag(RUN_ROOT)),
        m.Parameter(name=NODE_PATH, value=step.path),
        *(
            m.Parameter(name=parameter_name(name), value=binding_text(step.args.get(name, unbound), plan.inputs))
            for name in task.variables
        ),
    ]


def task_names(plan: Plan) -> dict[str, str]:
    """The DAG task of each node id: the id itself where Argo's expressions can name it, else one by position."""
    taken = {step.id for step in plan.steps if _is_task_name(step.id)}
    names: dict[str, str] = {}
    for position, step in enumerate(plan.steps):
        name = step.id if step.id in taken else next(_free(position, taken))
        taken = taken | {name}
        names[step.id] = name
    return names


def _is_task_name(name: str) -> bool:
    return name.isascii() and name.isalnum() and name[0].isalpha() and len(name) <= 128 and name not in _KEYWORDS


def _free(position: int, taken: set[str]) -> Iterator[str]:
    candidates = (f"n{position}{'x' * extra}" for extra in count())
    return (name for name in candidates if name not in taken)
