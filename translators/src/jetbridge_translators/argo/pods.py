"""A pod around a task's container as an Argo template: Argo's own fields where it has them, else a podSpecPatch.

Argo calls the container that decides `main`, starts the others as `sidecars` through its executor, and ends them with
it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any, cast

import hera.workflows.models as m
from pydantic import ValidationError

from jetbridge.bindings import json_text
from jetbridge.idl import TaskTemplate
from jetbridge_translators.argo.escape import OPEN_BRACE, for_container, uses_open_brace
from jetbridge_translators.argo.options import ArgoOptions
from jetbridge_translators.argo.security import FOLDER, SCRATCH, container_security, pod_security
from jetbridge_translators.plan.model import Step
from jetbridge_translators.plan.pods import renamed
from jetbridge_translators.work import PodWork

MAIN = "main"
TAKEN = (MAIN, "wait", "init")
"""The containers that Argo has in every pod."""
Json = dict[str, Any]
Finding = tuple[str, str]
_FIELDS = (
    *("affinity", "automountServiceAccountToken", "hostAliases", "nodeSelector", "priorityClassName"),
    *("schedulerName", "tolerations"),
)
_ELSEWHERE = (*_FIELDS, "securityContext", "serviceAccount", "serviceAccountName", "volumes")
_LISTS = ("env", "envFrom", "volumeMounts", "volumeDevices")


def pod_template(step: Step, container: Callable[[Step], m.Template], options: ArgoOptions) -> m.Template:
    """The template of a task whose work is a pod; `container` makes that of its own container alone."""
    work = step.work
    assert isinstance(work, PodWork)  # noqa: S101 -- the table of shapes picks by this very type
    alone = container(replace(step, work=work.main, template=_without_extended(step.template)))
    return m.Template.model_validate(_filled(renamed(work, MAIN), _json(alone), options))


def _without_extended(template: TaskTemplate) -> TaskTemplate:
    """The task without what its pod has already: shared memory, and nodes with its accelerator."""
    copy = TaskTemplate()
    copy.CopyFrom(template)
    copy.ClearField("extended_resources")
    return copy


def _json(model: Any) -> Json:
    return cast("Json", model.model_dump(exclude_none=True, by_alias=True, mode="json"))


def _filled(work: PodWork, alone: Json, options: ArgoOptions) -> Json:
    spec: Json = dict(work.spec)
    patch = {key: value for key, value in spec.items() if key not in _ELSEWHERE}
    account = alone.get("serviceAccountName") or spec.get("serviceAccountName") or spec.get("serviceAccount")
    filled: Json = {
        **alone,
        **{key: spec[key] for key in _FIELDS if key in spec},
        "metadata": _metadata(work, alone.get("metadata", {})),
        "serviceAccountName": account,
        "securityContext": {**_json(pod_security(options)), **spec.get("securityContext", {})},
        "container": _main(work, alone["container"]),
        "initContainers": [*alone.get("initContainers", []), *(_other(each, options) for each in work.init_containers)],
        "sidecars": [_other(each, options) for each in work.containers],
        "volumes": [*alone.get("volumes", []), *spec.get("volumes", [])],
        "podSpecPatch": json_text(patch) if patch else None,
    }
    return {key: value for key, value in filled.items() if value not in (None, [], {})}


def _metadata(work: PodWork, given: Json) -> Json:
    kinds = {"labels": work.labels, "annotations": work.annotations}
    merged = {kind: {**dict(own), **given.get(kind, {})} for kind, own in kinds.items()}
    return {kind: dict(sorted(entries.items())) for kind, entries in merged.items() if entries}


def _main(work: PodWork, alone: Json) -> Json:
    own: Json = dict(work.container)
    mounts = {mount.get("mountPath") for mount in own.get("volumeMounts", [])}
    ours = [each for each in alone.get("volumeMounts", []) if not (each["name"] == SCRATCH and FOLDER in mounts)]
    lists = {key: [*alone.get(key, []), *own.get(key, [])] for key in _LISTS} | {
        "volumeMounts": [*ours, *own.get("volumeMounts", [])]
    }
    security = {**alone.get("securityContext", {}), **own.get("securityContext", {})}
    merged = {**own, **alone, **{key: value for key, value in lists.items() if value}, "securityContext": security}
    return _escaped(merged, lambda text: text)


def _other(manifest: Mapping[str, Any], options: ArgoOptions) -> Json:
    """Another container, which may write to its own root: nobody knows its image here."""
    ours = {**_json(container_security(options)), "readOnlyRootFilesystem": None}
    limits = {**ours, **manifest.get("securityContext", {})}
    security = {key: value for key, value in limits.items() if value is not None}
    return _escaped({**manifest, "securityContext": security}, for_container)


def _escaped(manifest: Json, text: Callable[[str], str]) -> Json:
    """A container whose strings come through Argo as they are; Kubernetes still expands `$(NAME)` in them."""
    changed = {key: [text(str(part)) for part in manifest[key]] for key in ("command", "args") if manifest.get(key)}
    variables = [_variable(entry) for entry in manifest.get("env", []) if entry.get("name") != OPEN_BRACE]
    strings = [*changed.get("command", []), *changed.get("args", []), *(str(each.get("value")) for each in variables)]
    brace = [{"name": OPEN_BRACE, "value": "{"}] if any(map(uses_open_brace, strings)) else []
    env = {"env": [*brace, *variables]} if brace or variables else {}
    return {**manifest, **changed, **env}


def _variable(entry: Json) -> Json:
    value = entry.get("value")
    if value is None:
        return entry
    # What has our reference is ours, and escaped already.
    return {**entry, "value": str(value) if uses_open_brace(str(value)) else for_container(str(value))}


def pod_findings(work: PodWork) -> Iterator[Finding]:
    """What Argo cannot keep of a pod, each with the way out."""
    for container in (*work.containers, *work.init_containers):
        if container["name"] in TAKEN:
            yield f"a container is called {container['name']!r}, as one that Argo adds is", "Give it another name."
    for container in work.containers:
        if not container.get("command"):
            yield (
                f"the container {container['name']!r} has no command, which Argo needs to end it with the task",
                "Name the command; the image's own is shown by `docker inspect`.",
            )
    for place, text in _elsewhere(work):
        if "{{" in text:
            yield f"{place} holds {text!r}, which Argo would take for a template", "Write it without `{{`."
    yield from _model_findings(work)


def _elsewhere(work: PodWork) -> Iterator[tuple[str, str]]:
    """The texts of a pod that are neither arguments nor variables, nor in the patch."""
    for container in (work.container, *work.containers, *work.init_containers):
        kept = {key: value for key, value in container.items() if key not in ("command", "args", "env")}
        yield from _strings(f"container {container.get('name', work.name)!r}", kept)
    yield from _strings("the pod's spec", {key: work.spec[key] for key in _ELSEWHERE if key in work.spec})
    yield from _strings("the pod's metadata", [*map(list, work.labels), *map(list, work.annotations)])


def _strings(place: str, tree: Any) -> Iterator[tuple[str, str]]:
    if isinstance(tree, str):
        yield place, tree
    elif isinstance(tree, Mapping):
        for key, value in cast("Json", tree).items():
            yield place, key
            yield from _strings(place, value)
    elif isinstance(tree, list):
        for item in cast("list[Any]", tree):
            yield from _strings(place, item)


def _model_findings(work: PodWork) -> Iterator[Finding]:
    """What Argo's own types have no place for, or another type."""
    given: Json = {
        "container": {**work.container, "image": "image"},
        "initContainers": list(work.init_containers),
        "sidecars": list(work.containers),
        **{key: work.spec[key] for key in (*_FIELDS, "securityContext", "volumes") if key in work.spec},
    }
    try:
        kept = _json(m.Template.model_validate(given))
    except ValidationError as error:
        for each in error.errors():
            path = ".".join(map(str, each["loc"]))
            yield f"{path} of the pod is not as Kubernetes wants it: {each['msg']}", "See `kubectl explain pod.spec`."
        return
    for path in _lost(given, kept):
        yield f"Argo's templates have no {path}", "Remove it from the pod, or run the task on another back end."


def _lost(given: Any, kept: Any, path: str = "") -> Iterator[str]:
    if isinstance(given, dict):
        for key, value in cast("Json", given).items():
            below = f"{path}.{key}".lstrip(".")
            if not isinstance(kept, dict) or (key not in kept and value not in (None, [], {})):
                yield below
            elif key in kept:
                yield from _lost(value, cast("Json", kept)[key], below)
    elif isinstance(given, list) and isinstance(kept, list):
        for at, (item, other) in enumerate(zip(cast("list[Any]", given), cast("list[Any]", kept), strict=False)):
            yield from _lost(item, other, f"{path}[{at}]")
