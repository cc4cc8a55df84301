"""Tasks in pods of several containers, on nodes of a kind, and under the template of a name."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Any, cast

from jetbridge import PodTemplate, Resources, task, workflow

SHARED = [{"name": "shared", "mountPath": "/shared"}]
IMAGE = os.environ.get("JETBRIDGE_TEST_IMAGE", "jetbridge-task:latest")
BESIDE = PodTemplate(
    {
        "initContainers": [
            {
                "name": "first",
                "image": IMAGE,
                "command": ["sh", "-c", "echo first > /shared/first"],
                "volumeMounts": SHARED,
            }
        ],
        "containers": [
            {
                "name": "primary",
                "volumeMounts": SHARED,
                "env": [
                    {"name": "NODE", "valueFrom": {"fieldRef": {"fieldPath": "spec.nodeName"}}},
                    {"name": "TEXT", "value": "{{inputs.parameters.x}} {% raw %} $(NODE) .sh"},
                ],
            },
            {
                "name": "helper",
                "image": IMAGE,
                # Never ends by itself: the task would never end if anybody waited for it.
                "command": ["sh", "-c", "echo $0 > /shared/word; sleep 3600", "{{word}} $$ .json"],
                "volumeMounts": SHARED,
            },
        ],
        "volumes": [{"name": "shared", "emptyDir": {"sizeLimit": "8Mi"}}],
        "terminationGracePeriodSeconds": 3,
    },
    labels={"jetbridge-test": "beside"},
)
PLACED = PodTemplate(
    {
        "nodeSelector": {"kubernetes.io/os": "linux"},
        "tolerations": [{"key": "nobody", "operator": "Exists", "effect": "NoSchedule"}],
        "affinity": {
            "nodeAffinity": {
                "requiredDuringSchedulingIgnoredDuringExecution": {
                    "nodeSelectorTerms": [{"matchExpressions": [{"key": "kubernetes.io/arch", "operator": "Exists"}]}]
                }
            }
        },
        "hostAliases": [{"ip": "10.1.2.3", "hostnames": ["nowhere.example"]}],
        "dnsPolicy": "Default",
        "terminationGracePeriodSeconds": 3,
    },
    annotations={"note": "placed"},
)


@task(pod_template=BESIDE)
def talk(fails: bool) -> str:
    word = Path("/shared/word")
    while not word.exists():
        time.sleep(0.1)
    if fails:
        raise ValueError("the primary fails while the helper goes on")
    node = os.environ["NODE"]
    words = [Path("/shared/first").read_text().strip(), word.read_text().strip(), os.environ["TEXT"]]
    return " | ".join(words).replace(node, "node")


@task(pod_template=PLACED, requests=Resources(cpu="20m"))
def placed(n: int) -> str:
    return f"{n} {'nowhere.example' in Path('/etc/hosts').read_text()}"


@task(pod_template_name="cluster-wide")
def named() -> str:
    return f"{os.environ['GIVEN']} {'named.example' in Path('/etc/hosts').read_text()}"


@workflow
def pods(fails: bool = False) -> tuple[str, str]:
    return talk(fails=fails), cast("Any", placed(n=1)).with_overrides(requests=Resources(cpu="30m"))


@workflow
def under_a_name() -> str:
    return named()
