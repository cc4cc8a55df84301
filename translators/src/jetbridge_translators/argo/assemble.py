"""A plan as a WorkflowTemplate, and the small Workflow that starts it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence, Set

import hera.workflows.models as m

from jetbridge import bindings
from jetbridge.types.describe import describe
from jetbridge_translators import registry
from jetbridge_translators.argo import escape
from jetbridge_translators.argo.dag import (
    FAILED,
    failure_name,
    failure_template,
    gate_name,
    no_case_template,
    open_inputs,
)
from jetbridge_translators.argo.distinct import Tasks
from jetbridge_translators.argo.fan import fan_templates, judging_templates
from jetbridge_translators.argo.gates import gate_templates, refusing_template
from jetbridge_translators.argo.input_types import choices
from jetbridge_translators.argo.lower import lower
from jetbridge_translators.argo.options import ArgoOptions
from jetbridge_translators.argo.parameters import (
    OVERWRITE_CACHE,
    RUN_ROOT,
    STORE,
    global_tag,
    literal_json,
    parameter_name,
)
from jetbridge_translators.argo.schedule import SCHEDULED_TIME, cron
from jetbridge_translators.argo.scope import Scope, scope_of
from jetbridge_translators.argo.split import dag_templates
from jetbridge_translators.base import Settings
from jetbridge_translators.plan.cache_options import is_cached
from jetbridge_translators.plan.controls import nodes_of
from jetbridge_translators.plan.data_flow import outputs_of
from jetbridge_translators.plan.dynamic import is_dynamic
from jetbridge_translators.plan.model import AnyNode, Branch, Gate, Input, MapNode, Plan, Schedule, Sleep
from jetbridge_translators.plan.names import dns_label

API_VERSION = "argoproj.io/v1alpha1"
NAME_LIMIT = 57
"""A Workflow's name is at most 63 characters, of which `generateName` takes a hyphen and five."""
CRON_NAME_LIMIT = 52
"""A CronWorkflow's name, to which Argo adds a hyphen and the time in seconds."""
OUTPUTS_ANNOTATION = "jetbridge/outputs"
"""Where each output of the workflow lies below the run root, as JSON of binding texts."""

_OF_ALL = frozenset((STORE, OVERWRITE_CACHE))
"""Parameters that every template takes from the Workflow itself."""
_LABELS = {"app.kubernetes.io/managed-by": "jetbridge"}


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
        arguments=m.Arguments(parameters=_workflow_parameters(plan, plan.inputs, options)),
        service_account_name=options.service_account or None,
        parallelism=plan.max_parallelism or None,
        templates=[*_dags(tasks), *leaves, *_helpers(tasks)],
        hooks=failure_hooks(plan, tasks, None),
    )
    return m.WorkflowTemplate(api_version=API_VERSION, kind="WorkflowTemplate", metadata=metadata, spec=spec)


def _dags(tasks: Tasks) -> Iterator[m.Template]:
    """The DAG of each workflow, then those of its failure node, its maps and its gates, each once."""
    made: set[str] = set()
    for body in tasks.bodies:
        scope = scope_of(body, tasks)
        yield from dag_templates(tasks.names[body.name], scope)
        if body.failure_node is not None:
            yield failure_template(failure_name(tasks.names[body.name]), body.failure_node, scope)
        for name, parts in (found for node in nodes_of(body) for found in _parts(node, scope, made)):
            made.add(name)
            yield from parts


def _parts(node: AnyNode, scope: Scope, made: Set[str]) -> Iterator[tuple[str, Sequence[m.Template]]]:
    """The templates of a map or gate, by the name of the first, unless they are made already."""
    place = (scope.body.name, node.id)
    if isinstance(node, Gate) and scope.tasks.gates[place] not in made:
        yield gate_name(node, scope), gate_templates(gate_name(node, scope), node)
    if isinstance(node, MapNode) and scope.tasks.fans[place] not in made:
        yield scope.tasks.fans[place], fan_templates(scope.tasks.fans[place], node, scope.tasks.by_step[place])


def _helpers(tasks: Tasks) -> Iterator[m.Template]:
    """Templates without pods that branches and maps need."""
    nodes = [node for body in tasks.bodies for node in nodes_of(body)]
    if any(isinstance(node, Branch) and node.error for node in nodes):
        yield no_case_template()
    yield from judging_templates([node for node in nodes if isinstance(node, MapNode)])
    if any(isinstance(node, Gate) and not isinstance(node.wait, Sleep) for node in nodes):
        yield refusing_template()


def failure_hooks(plan: Plan, tasks: Tasks, template: str | None) -> dict[str, m.LifecycleHook] | None:
    """The hook that runs the plan's failure node; `template` names the WorkflowTemplate that holds it."""
    if plan.failure_node is None:
        return None
    name = failure_name(tasks.entrypoint)
    parameters = [RUN_ROOT, *(parameter_name(item.name) for item in open_inputs(plan))]
    hook = m.LifecycleHook(
        template=None if template else name,
        template_ref=m.TemplateRef(name=template, template=name) if template else None,
        expression=FAILED,
        arguments=m.Arguments(parameters=[m.Parameter(name=item, value=global_tag(item)) for item in parameters]),
    )
    return {"exit": hook}


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
        # A start that would make a second run is skipped, as Flyte's admin refuses it.
        concurrency_policy="Forbid" if plan.max_runs == 1 else None,
        workflow_metadata=_run_metadata(plan, options),
        workflow_spec=_run_spec(plan, tasks, options, schedule.kickoff_time_input),
    )
    return m.CronWorkflow(api_version=API_VERSION, kind="CronWorkflow", metadata=metadata, spec=spec)


def _run_spec(plan: Plan, tasks: Tasks, options: ArgoOptions, kickoff: str = "") -> m.WorkflowSpec:
    """A run by `templateRef`: `workflowTemplateRef` would store all templates twice in the run's object."""
    parameters = _workflow_parameters(plan, [item for item in plan.inputs if item.name != kickoff], options)
    names = [item.name for item in parameters if item.name not in _OF_ALL]
    passed = [m.Parameter(name=name, value=global_tag(name)) for name in names]
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
        parallelism=plan.max_parallelism or None,
        templates=[m.Template(name="run", dag=m.DAGTemplate(tasks=[task]))],
        hooks=failure_hooks(plan, tasks, object_name(plan)),
    )


def _metadata(plan: Plan, options: ArgoOptions) -> m.ObjectMeta:
    texts = {output.name: bindings.render(output.bind, {}) for output in outputs_of(plan)}
    described = {"workflows.argoproj.io/description": escape.for_reader(plan.description)} if plan.description else {}
    outputs = {OUTPUTS_ANNOTATION: bindings.json_text(texts)} if texts else {}
    return m.ObjectMeta(
        namespace=options.namespace or None,
        labels={**plan.labels, **_LABELS},
        annotations={**plan.annotations, **described, **outputs} or None,
    )


def _run_metadata(plan: Plan, options: ArgoOptions) -> m.ObjectMeta:
    """What the controller gives to the Workflows that a schedule starts: it copies nothing of the CronWorkflow's."""
    metadata = _metadata(plan, options)
    return m.ObjectMeta(labels=metadata.labels, annotations=metadata.annotations)


def _workflow_parameters(plan: Plan, inputs: Iterable[Input], options: ArgoOptions) -> list[m.Parameter]:
    run_root = m.Parameter(
        name=RUN_ROOT,
        description="URI of the folder of this run; give an earlier run's to go on with it",
        value=f"{global_tag(STORE)}/{{{{workflow.name}}}}-{{{{workflow.uid}}}}",
    )
    # A dynamic task may call cached ones.
    cached = is_cached(plan) or any(map(is_dynamic, plan.steps))
    cache = [_overwrite_cache(plan)] if cached else []
    return [_store(options), run_root, *cache, *(_workflow_parameter(item) for item in inputs if not item.fixed)]


def _store(options: ArgoOptions) -> m.Parameter:
    description = "URI of the folder in the object store below which each run has its own"
    return m.Parameter(name=STORE, description=description, value=options.store or None)


def _overwrite_cache(plan: Plan) -> m.Parameter:
    value = "true" if plan.overwrite_cache else "false"
    return m.Parameter(
        name=OVERWRITE_CACHE,
        description="whether cached tasks run in any case, and their outputs replace those in the cache",
        enum=["false", "true"],
        value=value,
    )


def _workflow_parameter(item: Input) -> m.Parameter:
    kind = f"{describe(item.type)} as JSON"
    return m.Parameter(
        name=parameter_name(item.name),
        description=escape.for_reader(f"{kind}; {item.description}" if item.description else kind),
        enum=[escape.for_json(bindings.json_text(choice)) for choice in choices(item.type)] or None,
        value=None if item.default is None else literal_json(item.default),
    )
