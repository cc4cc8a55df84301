"""A run as one Workflow that holds its templates: nothing has to be registered, and nothing is left behind."""

from __future__ import annotations

from collections.abc import Mapping

import hera.workflows.models as m

from jetbridge.errors import UsageError
from jetbridge.idl import Literal
from jetbridge_translators.argo import check, guard
from jetbridge_translators.argo.assemble import API_VERSION, workflow_template
from jetbridge_translators.argo.distinct import tasks_of
from jetbridge_translators.argo.emit import tree
from jetbridge_translators.argo.options import read_options
from jetbridge_translators.argo.parameters import RUN_ROOT, literal_json, parameter_name
from jetbridge_translators.argo.translate import raise_problems
from jetbridge_translators.argo.yaml_text import Tree
from jetbridge_translators.base import Settings
from jetbridge_translators.plan.model import Plan
from jetbridge_translators.plan.runners import with_runners

MAX_INPUTS = 96 * 1024
"""Bytes of all inputs as JSON. They end in a pod's arguments, of which Linux takes 128 KiB, and in a variable of the
same limit, in which Argo hands the whole template to its own containers."""


def standalone(
    plan: Plan, settings: Settings, name: str, run_root: str, inputs: Mapping[str, Literal]
) -> dict[str, Tree]:
    """The Workflow of a run, with the same templates as the WorkflowTemplate that `translate` writes.

    Args:
        plan: The workflow.
        settings: The settings of the translation.
        name: The Workflow's name.
        run_root: URI of the run's folder.
        inputs: A literal for each workflow input.

    Raises:
        UsageError: a setting cannot be used, or the inputs are too large.
        TranslationError: Argo or Kubernetes cannot express something.
    """
    options = read_options(settings)
    plan = with_runners(plan, options.runner_image)
    tasks = tasks_of(plan)
    raise_problems(plan, check.problems_of(plan, tasks, options.store))
    template = workflow_template(plan, tasks, settings, options)
    metadata = template.metadata.model_copy(update={"name": name})
    spec = template.spec
    arguments = _with_values(spec.arguments, {**_values(plan, inputs), RUN_ROOT: run_root})
    workflow = m.Workflow(
        api_version=API_VERSION,
        kind="Workflow",
        metadata=metadata,
        spec=spec.model_copy(update={"arguments": arguments}),
    )
    root = tree(workflow)
    raise_problems(plan, guard.problems_of(root, plan.name))
    return root


def _values(plan: Plan, inputs: Mapping[str, Literal]) -> dict[str, str]:
    values = {parameter_name(item.name): literal_json(inputs[item.name]) for item in plan.inputs if not item.fixed}
    size = sum(map(len, values.values()))
    if size <= MAX_INPUTS:
        return values
    raise UsageError(
        f"the workflow's inputs are {size} bytes of JSON, and a run on Argo takes {MAX_INPUTS}",
        hint="Give large data as a file or a data frame in the object store.",
    )


def _with_values(arguments: m.Arguments | None, values: Mapping[str, str]) -> m.Arguments:
    given = (arguments.parameters if arguments else None) or []
    return m.Arguments(
        parameters=[item.model_copy(update={"value": values.get(item.name, item.value)}) for item in given]
    )
