"""What Argo or Kubernetes would refuse, found before anything is written."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from jetbridge.bindings import render
from jetbridge.errors import Problem
from jetbridge.types.json_codec import is_exact
from jetbridge_translators.argo import metadata, schedule
from jetbridge_translators.argo.distinct import Tasks, work_variables
from jetbridge_translators.argo.input_types import is_nullable
from jetbridge_translators.argo.parts import MAX_TASKS, count_tasks, parts_of
from jetbridge_translators.argo.pods import pod_findings
from jetbridge_translators.argo.secrets import MOUNTS
from jetbridge_translators.argo.text import container_string, plain_text, texts
from jetbridge_translators.plan.committed import CommittedWork
from jetbridge_translators.plan.controls import nodes_of
from jetbridge_translators.plan.model import Branch, Gate, MapNode, Plan, Step
from jetbridge_translators.work import ContainerWork, ForeignWork, PodWork, ResourceWork, SecretRef, Work

MAX_TEMPLATES = 200
"""Argo 4.0's full CRDs allow so many (`maxItems` in workflow_types.go)."""
MAX_ARGUMENTS = 128 * 1024
"""Bytes of command and args of a container; beyond, Argo moves them to a ConfigMap, where `$(NAME)` is not expanded."""

_IMAGE_HINT = "Give the task an image: --image NAME:TAG; or --runner-image for a statement whose task can name none."
_IMAGE = re.compile(r"[A-Za-z0-9][\w./:@-]*")
_ENV_NAME = re.compile(r"[-._a-zA-Z][-._a-zA-Z0-9]*")
_SECRET_NAME = re.compile(r"[a-z0-9]([-a-z0-9.]*[a-z0-9])?")
_SECRET_KEY = re.compile(r"[-._a-zA-Z0-9]+")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_SPLIT_HINT = "Move some of the nodes into a workflow of their own, and call it as one node."


def problems_of(plan: Plan, tasks: Tasks, store: str) -> list[Problem]:
    """All problems of a plan whose runs lie in a store, or one that is named only when they start."""
    by_task = (problem for task in tasks.distinct() for problem in _task_problems(task.step))
    by_step = (problem for step in steps_of(tasks) for problem in (*_binding_problems(step), *_constant_problems(step)))
    return [
        *_size_problems(plan, tasks),
        *_input_problems(plan),
        *schedule.problems_of(plan, store),
        *by_task,
        *by_step,
    ]


def _size_problems(plan: Plan, tasks: Tasks) -> Iterator[Problem]:
    templates = count_templates(tasks)
    if not plan.nodes:
        yield Problem(
            code="NoNodesFound",
            message="the workflow has no nodes, and Argo takes no DAG without tasks",
            where=f"workflow {plan.name}",
            hint="Call at least one task in the workflow.",
        )
    for body in tasks.bodies:
        parts = len(parts_of(body))
        size = max((count_tasks(node) for node in body.nodes), default=0)
        if max(parts, size) > MAX_TASKS:
            what = f"{parts} parts" if parts > MAX_TASKS else f"a branch of {size} cases"
            yield _too_many(body.name, f"{what}; Argo takes at most {MAX_TASKS} tasks in a DAG")
    if templates > MAX_TEMPLATES:
        yield _too_many(
            plan.name,
            f"{templates} distinct tasks, maps, gates and workflows; Argo takes at most {MAX_TEMPLATES} templates",
        )


def steps_of(tasks: Tasks) -> Iterator[Step]:
    """Every task node of every workflow, each once; the elements of maps too."""
    for body in tasks.bodies:
        found = (node.element if isinstance(node, MapNode) else node for node in nodes_of(body))
        yield from (node for node in found if isinstance(node, Step))


def count_templates(tasks: Tasks) -> int:
    """How many templates the plan needs."""
    nodes = [node for body in tasks.bodies for node in nodes_of(body)]
    helpers = 4 if any(isinstance(node, Branch | MapNode | Gate) for node in nodes) else 0
    failures = sum(body.failure_node is not None for body in tasks.bodies)
    split = sum(len(parts_of(body)) for body in tasks.bodies)
    # A map has two where it may lose elements, and a gate two where a person opens it.
    parts = 2 * len({*tasks.fans.values(), *tasks.gates.values()})
    return len(tasks.distinct()) + len(tasks.bodies) + failures + parts + split + helpers


def _too_many(workflow: str, what: str) -> Problem:
    return Problem(
        code="ArgoLimitExceeded", message=f"the workflow has {what}", where=f"workflow {workflow}", hint=_SPLIT_HINT
    )


def _input_problems(plan: Plan) -> Iterator[Problem]:
    for item in plan.inputs:
        if item.default is not None and not item.fixed and not is_exact(item.default, item.type):
            yield Problem(
                code="InvalidForArgo",
                message=f"the default of input {item.name!r} cannot be written as JSON, which Argo's parameters hold",
                where=f"workflow {plan.name}",
                hint="Give it no default, or fix it in a launch plan: LaunchPlan.create(fixed_inputs=…).",
            )


def _task_problems(step: Step) -> Iterator[Problem]:
    for message, hint in _CHECKS[type(step.work)](step.work):
        yield _problem(step, "InvalidForArgo", message, hint)
    for message, hint in metadata.findings_of(step.template.metadata.metadata):
        yield _problem(step, "InvalidForArgo", message, hint)


def _problem(step: Step, code: str, message: str, hint: str) -> Problem:
    where = f"task {step.template.id.name or step.name}"
    return Problem(code=code, message=message, where=where, location=step.location, hint=hint)


_Finding = tuple[str, str]


def _container_findings(work: Work) -> Iterator[_Finding]:
    assert isinstance(work, ContainerWork)  # noqa: S101 -- the table below picks by this very type
    yield from _image_findings(work)
    yield from _string_findings(work)
    yield from _env_findings(work)
    for secret in work.secrets:
        yield from _secret_findings(secret)


def _image_findings(work: ContainerWork) -> Iterator[_Finding]:
    if not _IMAGE.fullmatch(work.image):
        yield f"{work.image!r} is not the name of a container image", _IMAGE_HINT
    if not work.command:
        yield (
            "the container has no command, which Argo needs (it would ask the image's registry for one)",
            "Name the command; the image's own is shown by `docker inspect`.",
        )


def _string_findings(work: ContainerWork) -> Iterator[_Finding]:
    strings = [*map(container_string, (*work.command, *work.args)), *(value for _, value in work.env)]
    if any("\0" in text for text in strings):
        yield "a string of the container holds a NUL character, which no process can be given", "Remove it."
    size = sum(len(text.encode()) for text in strings)
    if size > MAX_ARGUMENTS:
        yield (
            f"command, args and env have {size} bytes; a pod takes at most {MAX_ARGUMENTS}",
            "Pass the data as an input, which travels through the store.",
        )


def _env_findings(work: ContainerWork) -> Iterator[_Finding]:
    for name, _ in work.env:
        if not _ENV_NAME.fullmatch(name):
            yield f"{name!r} is not the name of an environment variable", "Use letters, digits, `_`, `-` and `.`."


def _secret_findings(secret: SecretRef) -> Iterator[_Finding]:
    shown = f"the secret with group {secret.group!r} and key {secret.key!r}"
    if not _SECRET_NAME.fullmatch(secret.group) or not _SECRET_KEY.fullmatch(secret.key):
        yield f"{shown} does not name a Kubernetes Secret and its key", "Set group=SECRET and key=KEY, both as there."
    if secret.mount not in MOUNTS:
        yield f"{shown} asks for the unknown mount {secret.mount!r}", f"Use one of {', '.join(sorted(MOUNTS))}."
    if secret.env_var and not _ENV_NAME.fullmatch(secret.env_var):
        yield f"{shown} asks for the variable {secret.env_var!r}", "Use letters, digits and `_`."


def _resource_findings(work: Work) -> Iterator[_Finding]:
    assert isinstance(work, ResourceWork)  # noqa: S101 -- the table below picks by this very type
    missing = [key for key in ("apiVersion", "kind") if not isinstance(work.manifest.get(key), str)]
    if missing:
        yield f"the manifest has no {' and no '.join(missing)}", "The plugin of the task type must give both."
    found = sorted({char for text in texts(dict(work.manifest)) for char in _CONTROL.findall(plain_text(text))})
    if found:
        # Argo writes the manifest anew to add the owner, with characters that it cannot read then (go-yaml, DEL).
        shown = ", ".join(f"U+{ord(char):04X}" for char in found)
        yield f"the manifest holds control characters ({shown}), which Argo cannot write", "Remove them."


def _pod_findings(work: Work) -> Iterator[_Finding]:
    assert isinstance(work, PodWork)  # noqa: S101 -- the table below picks by this very type
    yield from _container_findings(work.main)
    yield from pod_findings(work)


_CHECKS: dict[type[Work], Callable[[Work], Iterator[_Finding]]] = {
    ContainerWork: _container_findings,
    PodWork: _pod_findings,
    ForeignWork: _container_findings,
    ResourceWork: _resource_findings,
    CommittedWork: lambda work: iter(()),
}


def _binding_problems(step: Step) -> Iterator[Problem]:
    variables = step.template.interface.inputs.variables
    for name in work_variables(step.work):
        if name not in step.args and not (name in variables and is_nullable(variables[name].type)):
            yield _problem(
                step, "ParameterNotBound", f"input {name!r} of node {step.id} has no value", f"Pass {name}=… there."
            )


def _constant_problems(step: Step) -> Iterator[Problem]:
    """Constants stand in the pod's arguments, and in a variable in which Argo hands the template to its containers."""
    size = sum(len(render(bind, {})) for bind in step.args.values())
    if size > MAX_ARGUMENTS:
        yield _problem(
            step,
            "ArgoLimitExceeded",
            f"the constants of node {step.id} have {size} bytes; a pod takes at most {MAX_ARGUMENTS}",
            "Let a task make the data, or give it as a file: it then travels through the store.",
        )
