"""Tasks whose outputs are reused, on this machine and on Argo."""

import time
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from jetbridge import Cache, map_task, task, workflow
from jetbridge.types.file import FlyteFile

NUMBERS = [1, 2, 3]


@dataclass
class Asked:
    token: str
    share: float = 1.0
    tags: dict[str, int] | None = None


@task(cache=True, cache_version="{{1}} of $(HOME)")
def made(asked: Asked, hint: str | None) -> FlyteFile:
    print("made was called")
    path = Path("/tmp/made.txt")  # noqa: S108 -- the folder that a pod may write to
    path.write_text(f"{asked.token} {hint}")
    return FlyteFile(str(path))


@task(cache=Cache(version="1", ignored_inputs=("run",)))
def doubled(number: int, text: FlyteFile, run: int) -> int:
    print("doubled was called")
    return 2 * number + 0 * len(Path(text).read_text())


@workflow
def reused(asked: Asked, hint: str | None = "{{x}}", run: int = 0) -> tuple[FlyteFile, int]:
    text = made(asked=asked, hint=hint)
    return text, doubled(number=21, text=text, run=run)


@task(cache=True, cache_version="1")
def tripled(number: int, token: str) -> int:
    print("tripled was called")
    return 3 * number


@workflow
def each(token: str) -> list[int]:
    return map_task(partial(tripled, token=token))(number=NUMBERS)


@task(cache=Cache(version="1", serialize=True))
def slow(token: str) -> int:
    print("slow was called")
    time.sleep(3)
    return len(token)


@workflow
def in_turn(token: str) -> int:
    return slow(token=token)
