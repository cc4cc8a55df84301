"""What a task may ask of the place it runs in, one wish each: a back end keeps it or refuses it."""

import os

from jetbridge import Cache, PodTemplate, Secret, accelerators, current_context, task, workflow


@task(environment={"GREETING": "hello {{x}}"})
def greet() -> str:
    return os.environ["GREETING"]


@workflow
def environment() -> str:
    return greet()


@task(
    secret_requests=[
        Secret("conformance", "word"),
        Secret("conformance", "other", mount_requirement=Secret.MountType.ENV_VAR),
    ]
)
def open_sesame() -> str:
    secrets = current_context().secrets
    return f"{secrets.get('conformance', 'word')}, {secrets.get('conformance', 'other')}"


@workflow
def secrets() -> str:
    return open_sesame()


@task(labels={"team": "birds"}, annotations={"example.com/note": "$(HOME) of birds"})
def labelled(n: int) -> int:
    return n


@workflow
def labels(n: int = 1) -> int:
    return labelled(n=n)


@task(cache=Cache(version="1"))
def remembered(n: int) -> int:
    return n


@workflow
def cache(n: int = 1) -> int:
    return remembered(n=n)


@task(enable_deck=True)
def decked(n: int) -> int:
    return n


@workflow
def deck(n: int = 1) -> int:
    return decked(n=n)


@task(pod_template_name="big")
def templated(n: int) -> str:
    return f"{n} {os.environ['SIZE']}"


@workflow
def pod_template_name(n: int = 1) -> str:
    return templated(n=n)


@task(
    pod_template=PodTemplate(
        {
            "nodeSelector": {"kubernetes.io/os": "linux"},
            "tolerations": [{"key": "dedicated", "operator": "Exists", "effect": "NoSchedule"}],
            "containers": [{"name": "primary", "env": [{"name": "WORD", "value": "{{x}} {% raw %} $(WORD) .sh"}]}],
            "terminationGracePeriodSeconds": 5,
        },
        labels={"team": "birds"},
    ),
    environment={"OTHER": "$$ {# ' \n"},
)
def in_a_pod(n: int) -> str:
    return f"{n} {os.environ['WORD']} {len(os.environ['OTHER'])}"


@workflow
def pod(n: int = 1) -> str:
    return in_a_pod(n=n)


@task(interruptible=True)
def movable(n: int) -> int:
    return n


@workflow(interruptible=True)
def interruptible(n: int = 1) -> int:
    return movable(n=n)


@task(shared_memory="64Mi", accelerator=accelerators.T4)
def roomy(n: int) -> int:
    return n


@workflow
def shared_memory(n: int = 1) -> int:
    return roomy(n=n)
