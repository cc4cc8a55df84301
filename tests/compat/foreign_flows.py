# flytekit's decorators are typed for the promises that a task call gives, and not for its values.
# pyright: basic, reportMissingTypeStubs=false, reportArgumentType=false, reportReturnType=false
# pyright: reportCallIssue=false, reportOperatorIssue=false, reportAttributeAccessIssue=false
# pyright: reportOptionalMemberAccess=false
"""Workflows of flytekit, for runs of their packages without flytekit's back end."""

import functools
import os
import sys
from dataclasses import dataclass
from pathlib import Path

from flytekit import PodTemplate, Resources, conditional, current_context, dynamic, map_task, task, workflow
from flytekit.exceptions.user import FlyteRecoverableException
from flytekit.types.file import FlyteFile
from kubernetes.client import V1Container, V1EnvVar, V1PodSpec


@dataclass
class Words:
    count: int
    words: list[str]


@task
def make(n: int) -> Words:
    return Words(n, [f"w{i}" for i in range(n)])


@task
def write(words: Words) -> FlyteFile:
    path = Path(current_context().working_directory, "words.txt")
    path.write_text(",".join(words.words))
    return FlyteFile(str(path))


@task
def read(file: FlyteFile) -> str:
    return Path(file.download()).read_text()


@task
def times(x: int, by: int) -> int:
    assert int(os.environ.get("FLYTE_K8S_ARRAY_INDEX", x - 1)) == x - 1
    return x * by


@task
def total(xs: list[int]) -> int:
    return sum(xs)


@task(retries=2)
def counted(n: int) -> int:
    """Fails at its first attempt, where attempts have checkpoints."""
    checkpoint = current_context().checkpoint
    if checkpoint is None or "FLYTE_ATTEMPT_NUMBER" not in os.environ:
        return n + 7
    before = checkpoint.read()
    if before is None:
        checkpoint.write(b"7")
        raise FlyteRecoverableException("again")
    assert os.environ["FLYTE_ATTEMPT_NUMBER"] == "1"
    return n + int(before)


@dynamic
def unrolled(n: int) -> int:
    return total(xs=[total(xs=[i]) for i in range(n)])


@task(
    pod_template=PodTemplate(
        primary_container_name="own",
        pod_spec=V1PodSpec(containers=[V1Container(name="own", env=[V1EnvVar(name="GREETING", value="hello")])]),
    )
)
def in_a_pod(n: int) -> str:
    return f"{os.environ.get('GREETING', 'hello')} {n}"


@task
def placed(n: int) -> str:
    return str(Path(__file__).parent)


@workflow
def located(n: int = 3) -> str:
    return placed(n=n)


@workflow
def podded(n: int = 3) -> str:
    return in_a_pod(n=n)


@dynamic
def failing_later(n: int) -> int:
    return breaks(n=total(xs=[n, -1]))


@workflow
def grown(n: int = 3) -> int:
    return total(xs=[unrolled(n=n)])


@workflow
def grown_wrong(n: int = 3) -> int:
    return failing_later(n=n)


@workflow
def everything(n: int = 3) -> tuple[str, int, int, int]:
    text = read(file=write(words=make(n=n)))
    mapped = map_task(functools.partial(times, by=2))(x=[1, 2])
    return text, total(xs=mapped), counted(n=n), unrolled(n=1)


@workflow
def most(n: int = 3) -> tuple[str, int, int]:
    text = read(file=write(words=make(n=n)))
    mapped = map_task(functools.partial(times, by=2))(x=[1, 2])
    return text, total(xs=mapped), counted(n=n)


@workflow
def deciding(n: int = 3) -> int:
    found = total(xs=[n, n])
    return conditional("size").if_(found > 5).then(times(x=found, by=10)).else_().then(times(x=found, by=100))


@task(limits=Resources(mem="300Mi"))
def hungry(n: int) -> int:
    return len(bytearray(n * 2**30))


@workflow
def starved(n: int = 1) -> int:
    return hungry(n=n)


@task
def breaks(n: int) -> int:
    if n:
        raise ValueError(f"no {n}")
    return n


@workflow
def broken(n: int = 3) -> int:
    return breaks(n=n)


@task
def leaves(n: int) -> int:
    if n:
        sys.exit(n)
    return n


@workflow
def left(n: int = 3) -> int:
    return leaves(n=n)
