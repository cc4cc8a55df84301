"""Tasks that the tests of the entrypoint run."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Generator
from contextlib import contextmanager
from multiprocessing import get_context
from pathlib import Path
from typing import Annotated

from jetbridge import Deck, FlyteRecoverableException, current_context, task
from jetbridge.errors import FlyteRecoverableException as Recoverable
from jetbridge.types.file import FlyteFile


def say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


# ---- the end of a pod ------------------------------------------------------------------------------------------------


@contextmanager
def cleaning(seconds: float) -> Generator[None]:
    try:
        yield
    finally:
        time.sleep(seconds)
        say("cleaned")


@task
def interrupted(how: str) -> int:
    checkpoint = current_context().checkpoint
    before = checkpoint.read()
    if before is not None:
        return int(before)
    if how == "deaf":
        return _deaf()
    with cleaning(0.3 if how == "slow to clean" else 0):
        checkpoint.write(b"41")
        say("working")
        time.sleep(60)
    return 0


def _deaf() -> int:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        try:
            say("working")
            time.sleep(60)
        except BaseException:
            say("not listening")
    return 0


def _child() -> None:
    say("child")
    time.sleep(60)


@task
def ends_a_child() -> int:
    """A forked child gets SIGTERM, as `multiprocessing.Pool.terminate` sends it; the task goes on."""
    child = get_context("fork").Process(target=_child)
    child.start()
    time.sleep(0.05)
    child.terminate()
    child.join()
    time.sleep(0.3)
    return abs(child.exitcode or 0)


@task
def crashes() -> int:
    os.kill(os.getpid(), signal.SIGSEGV)
    return 0


# ---- checkpoints -----------------------------------------------------------------------------------------------------


@task
def epochs(stop: int) -> int:
    """Counts on from the checkpoint, and fails at `stop`."""
    context = current_context()
    done = int(context.checkpoint.read() or b"0")
    for epoch in range(done + 1, 7):
        if epoch == stop:
            raise FlyteRecoverableException(f"stopped in attempt {context.attempt}")
        context.checkpoint.write(str(epoch).encode())
    return done


@task
def files(first: bool) -> list[str]:
    context = current_context()
    if first:
        folder = context.working_directory / "model"
        (folder / "deep").mkdir(parents=True)
        (folder / "deep" / "weights.bin").write_bytes(b"w")
        (folder / "epoch.txt").write_text("3")
        context.checkpoint.save(folder)
        raise Recoverable("again")
    restored = context.checkpoint.restore()
    assert restored is not None
    return sorted(str(path.relative_to(restored)) for path in restored.rglob("*") if path.is_file())


# ---- context ---------------------------------------------------------------------------------------------------------


@task
def about() -> dict[str, str]:
    context = current_context()
    return {
        "execution": str(context.execution_id),
        "name": context.execution_id.name,
        "project": context.execution_id.project,
        "domain": context.execution_id.domain,
        "task": context.task_id.name,
        "version": context.task_id.version,
        "attempt": str(context.attempt),
        "raw": context.raw_output_prefix,
        "output": context.output_metadata_prefix,
        "folder": str(context.working_directory.is_dir()),
        "logger": context.logging.name,
        "dated": str(context.execution_date.tzinfo),
        "secret": context.secrets.get("db", "password") if "_FSEC_DB_PASSWORD" in os.environ else "",
    }


# ---- decks -----------------------------------------------------------------------------------------------------------


class Shout:
    def to_html(self, python_value: str) -> str:
        return f"<strong>{python_value.upper()}</strong>"


class Breaks:
    def to_html(self, python_value: str) -> str:
        raise ValueError("no <picture>")


@task(enable_deck=True)
def decked(n: int, text: str, fail: bool = False) -> tuple[Annotated[str, Shout()], FlyteFile]:
    Deck("Fit", "<p>r² = 0.76</p>").append("<p>more</p>")
    context = current_context()
    context.default_deck.append("<p>first</p>")
    context.default_deck.append("<p>second</p>")
    if fail:
        raise ValueError("after the decks")
    path = context.working_directory / "out.txt"
    path.write_text("never shown")
    return text, FlyteFile(str(path))


@task(enable_deck=True)
def badly_decked(text: Annotated[str, Breaks()]) -> str:
    Deck("Surrogate", "\udce9")
    return text


@task(enable_deck=True)
def published() -> str:
    Deck("Early", "<p>half</p>")
    Deck.publish()
    prefix = current_context().output_metadata_prefix.removeprefix("file://")
    return (Path(prefix) / "deck.html").read_text()


@task
def undecked() -> int:
    Deck("Never", "<p>lost</p>")
    Deck.publish()
    return len(current_context().decks)


# ---- errors ----------------------------------------------------------------------------------------------------------


class Mute(Exception):
    def __str__(self) -> str:
        raise RuntimeError("no text")


class CodeBreaks(Exception):
    @property
    def error_code(self) -> str:
        raise RuntimeError("no code")


def _deep(n: int) -> int:
    return _deep(n + 1) + 1


def _chained() -> None:
    try:
        raise KeyError("inner")
    except KeyError as error:
        raise ValueError("outer") from error


def _in_context() -> None:
    try:
        raise KeyError("inner")
    except KeyError:
        raise ValueError("while handling")  # noqa: B904 -- the context is meant


def _group() -> None:
    raise ExceptionGroup("several", [ValueError("one"), ExceptionGroup("more", [KeyError("two")])])


def _raise(error: BaseException) -> None:
    raise error


_FAILURES = {
    "chained": _chained,
    "context": _in_context,
    "group": _group,
    "deep": lambda: _deep(0),
    "mute": lambda: _raise(Mute()),
    "code breaks": lambda: _raise(CodeBreaks("odd")),
    "surrogate": lambda: _raise(ValueError("caf\udce9 \0 €")),
    "gigantic": lambda: _raise(ValueError("a" * 5_000_000 + "end")),
    "cancelled": lambda: _raise(GeneratorExit("base")),
    "memory": lambda: _raise(MemoryError()),
}


@task
def errs(how: str) -> int:
    _FAILURES[how]()
    return 0
