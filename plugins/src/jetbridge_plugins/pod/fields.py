"""What a pod may ask for: the fields of Kubernetes 1.34's PodSpec, and those that no back end can keep."""

from __future__ import annotations

from collections.abc import Iterator

from jetbridge.errors import JetbridgeError
from jetbridge_plugins.pod.carried import Carried
from jetbridge_translators.plan.macros import holds_flyte_template

_KNOWN = frozenset(
    (
        *("activeDeadlineSeconds", "affinity", "automountServiceAccountToken", "containers", "dnsConfig", "dnsPolicy"),
        *("enableServiceLinks", "hostAliases", "hostIPC", "hostNetwork", "hostPID", "hostUsers", "hostname"),
        *("imagePullSecrets", "initContainers", "nodeName", "nodeSelector", "os", "overhead", "preemptionPolicy"),
        *("priority", "priorityClassName", "readinessGates", "resourceClaims", "resources", "restartPolicy"),
        *("runtimeClassName", "schedulerName", "schedulingGates", "securityContext", "serviceAccount"),
        *("serviceAccountName", "setHostnameAsFQDN", "shareProcessNamespace", "subdomain"),
        *("terminationGracePeriodSeconds", "tolerations", "topologySpreadConstraints", "volumes"),
    )
)
_Finding = tuple[str, str]


def check_pod(task: str, pod: Carried) -> None:
    """Raises `JetbridgeError` with everything in a pod that cannot be kept."""
    found = list(_findings(pod))
    if found:
        messages, hints = zip(*found, strict=True)
        raise JetbridgeError(f"the pod of task {task!r}: {'; '.join(messages)}", hint=" ".join(dict.fromkeys(hints)))


def _findings(pod: Carried) -> Iterator[_Finding]:
    for name in sorted(set(pod.spec) - _KNOWN):
        yield f"{name!r} is no field of a pod that a task may have", "Remove it."
    policy = pod.spec.get("restartPolicy") or "Never"
    if policy != "Never":
        yield f"restartPolicy {policy!r}", "Use `retries=` of the task: a container of a task is not started again."
    names = [container.get("name") for container in (*pod.containers, *pod.init_containers)]
    for name in sorted({str(name) for name in names if names.count(name) > 1}):
        yield f"two containers are called {name!r}", "Give each a name of its own."
    yield from _other_findings(pod)


def _other_findings(pod: Carried) -> Iterator[_Finding]:
    for container in (*pod.containers, *pod.init_containers):
        name = container.get("name")
        if name == pod.primary:
            continue
        if not container.get("image"):
            yield f"the container {name!r} names no image", "Give it one."
        for text in (*(container.get("command") or ()), *(container.get("args") or ())):
            if holds_flyte_template(str(text)):
                hint = "Only the task's own container is told of inputs: hand them on by a volume."
                yield f"the container {name!r} holds {text!r}, which only Flyte's propeller fills in", hint
