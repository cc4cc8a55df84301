"""What a task asks for beside its code."""

import os
from datetime import timedelta

import flytekit
from flytekit import Cache, Deck, PodTemplate, Resources, Secret, current_context, task, workflow
from flytekit.extras.accelerators import T4
from kubernetes.client import V1Container, V1EnvVar, V1PodSpec, V1Toleration

POD = PodTemplate(
    primary_container_name="primary",
    labels={"team": "birds"},
    pod_spec=V1PodSpec(
        containers=[V1Container(name="primary", env=[V1EnvVar(name="POD_GREETING", value="hello from the pod")])],
        tolerations=[V1Toleration(key="birds", operator="Exists")],
    ),
)


@task(
    requests=Resources(cpu="100m", mem="100Mi"),
    limits=Resources(cpu="500m", mem="300Mi"),
    environment={"GREETING": "hello $(HOME) {{x}}"},
    timeout=timedelta(minutes=5),
    retries=1,
    interruptible=True,
    labels={"team": "birds"},
    annotations={"note": "a b"},
)
def asks(n: int) -> str:
    return f"{os.environ['GREETING']} {n}"


@task(cache=Cache(version="1", ignored_inputs=("verbose",)))
def cached(n: int, verbose: bool) -> int:
    return n * 2


@task(cache=True, cache_version="2", cache_serialize=True)
def cached_once(n: int) -> int:
    return n * 3


@task(secret_requests=[Secret(group="birds", key="token", mount_requirement=Secret.MountType.ENV_VAR)])
def with_secret(n: int) -> int:
    return n + len(current_context().secrets.get("birds", "token"))


@task(enable_deck=True)
def with_deck(n: int) -> int:
    Deck("numbers", f"<b>{n}</b>")
    return n


@task(retries=2)
def with_checkpoint(n: int) -> int:
    checkpoint = current_context().checkpoint
    before = checkpoint.read() if checkpoint else None
    if checkpoint:
        checkpoint.write(f"{n}".encode())
    return n + (int(before.decode()) if before else 0)


@task(pod_template=POD, requests=Resources(cpu="100m"))
def with_pod(n: int) -> str:
    return f"{n}"


@task(pod_template_name="of-the-cluster")
def with_named_pod(n: int) -> int:
    return n


@task(requests=Resources(gpu="1"), accelerator=T4)
def with_gpu(n: int) -> int:
    return n


@task(container_image="ghcr.io/birds/other:3")
def other_image(n: int) -> int:
    return n


@task
def where() -> int:
    return len(flytekit.current_context().working_directory) // 10000


@workflow
def asked(n: int = 3) -> str:
    return asks(n=n)


@workflow
def caches(n: int = 3) -> tuple[int, int, int]:
    return cached(n=n, verbose=True), cached(n=n, verbose=False), cached_once(n=n)


@workflow
def secret(n: int = 3) -> int:
    return with_secret(n=n)


@workflow
def decks(n: int = 3) -> int:
    return with_deck(n=n)


@workflow
def checkpoints(n: int = 3) -> int:
    return with_checkpoint(n=n)


@workflow
def pods(n: int = 3) -> str:
    return with_pod(n=n)


@workflow
def named_pod(n: int = 3) -> int:
    return with_named_pod(n=n)


@workflow
def accelerated(n: int = 3) -> int:
    return with_gpu(n=n)


@workflow
def images(n: int = 3) -> int:
    return other_image(n=n)


@workflow
def overridden(n: int = 3) -> tuple[str, int]:
    """What a node asks for instead of its task."""
    a = asks(n=n).with_overrides(
        requests=Resources(cpu="200m"), limits=Resources(mem="400Mi"), timeout=timedelta(minutes=1)
    )
    return a, where().with_overrides(retries=3, interruptible=False, container_image="ghcr.io/birds/third:1")
