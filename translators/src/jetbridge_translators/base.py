"""The seam of a back end: one record of plain functions, found by the entry point group `jetbridge.backends`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from jetbridge.errors import JetbridgeError
from jetbridge.idl import Literal, LiteralMap
from jetbridge_translators.capability import Capability
from jetbridge_translators.option import ConnectionSetting, Option
from jetbridge_translators.plan.model import Gate, Plan, Step
from jetbridge_translators.planning import Planning
from jetbridge_translators.work import Work

if TYPE_CHECKING:
    from jetbridge_translators.deployment import Deploy
    from jetbridge_translators.diagnosis import Check


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What the user decides about a translation, the same for every back end.

    Attributes:
        store: URI of the folder in the object store below which each run has its root.
        target: The version of the back end's engine, such as `3.7`; empty for the back end's default.
        options: The back end's own options by name; defaults filled in.
        planning: What holds for the plan, whatever the back end.
        connection: How the engine is reached, by the names of environment variables; never written down.
    """

    store: str = ""
    target: str = ""
    options: Mapping[str, str] = field(default_factory=dict[str, str])
    planning: Planning = field(default_factory=Planning)
    connection: Mapping[str, str] = field(default_factory=dict[str, str], repr=False)


@dataclass(frozen=True, slots=True)
class Artifact:
    """What a translation writes: file names and their bytes; the first file is the one to read."""

    files: Mapping[str, bytes]


@dataclass(frozen=True, slots=True, kw_only=True)
class StepEvent:
    """Progress of a run: `state` is `running`, `retrying`, `succeeded`, `failed` or `skipped`."""

    step: str
    state: str
    seconds: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineAttempt:
    """One attempt of a task as the engine has seen it; times are seconds since 1970, None where it does not say.

    Attributes:
        path: The node's path below the run root, `n2/7` for an element of a map.
        number: Number of the attempt, from 0.
        state: `succeeded`, `failed`, or another word of the engine.
        queued: When the engine took it up.
        started: When its process, pod or worker began.
        ended: When the engine saw its end.
        pod: The name of its pod; empty where it has none, or the engine does not keep it.
        containers: How many containers its pod has, 0 for a process of this machine; None where that is not known.
    """

    path: str
    number: int
    state: str
    queued: float | None = None
    started: float | None = None
    ended: float | None = None
    pod: str = ""
    containers: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RunRequest:
    """One run: the workflow's inputs as literals, where its data lies, and who hears of progress.

    Attributes:
        inputs: A literal for every workflow input.
        source_root: The folder from which the user's modules are imported; empty when they are installed.
        overwrite_cache: Whether cached outputs are made anew.
        on_event: Hears of each step's progress.
        on_output: Hears of each line a step prints: the step's name and the line.
        on_attempt: Hears of each attempt when it, or the run, has ended; from any thread.
        on_start: Hears of the run root before anything runs.
        ask: Asks the person at the terminal, as long as the second argument says that an answer is wanted; None where
            there is nobody, or no answer came.
        recovers: Whether the run root holds outputs of an earlier run.
    """

    run_id: str
    inputs: LiteralMap
    settings: Settings
    source_root: str = ""
    overwrite_cache: bool = False
    on_event: Callable[[StepEvent], None] = lambda event: None
    on_output: Callable[[str, str], None] = lambda step, line: None
    on_attempt: Callable[[EngineAttempt], None] = lambda attempt: None
    on_start: Callable[[str], None] = lambda run_root: None
    ask: Callable[[str, Callable[[], bool]], str | None] = lambda question, wanted: None
    recovers: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RunResult:
    """How a run ended; outputs are read from the store below `run_root`."""

    run_id: str
    run_root: str
    seconds: float
    steps: tuple[StepEvent, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class StartedRun:
    """A run that somebody started earlier, with the plan and the settings it was started with."""

    run_id: str
    run_root: str
    plan: Plan
    settings: Settings


@dataclass(frozen=True, slots=True)
class Answer:
    """What a person says to a gate.

    Attributes:
        value: The value of a signal; None for an approval and for a rejection.
        rejection: Why the gate shall fail; empty when it shall open.
    """

    value: Literal | None = None
    rejection: str = ""


@dataclass(frozen=True, slots=True)
class Gates:
    """How a back end's engine hears of answers; the store holds each of them before.

    Attributes:
        is_waiting: Whether a gate waits now. Raises `RunError` when the engine cannot be asked.
        tell: Opens or fails a gate that waits. Raises `RunError` when the engine does not take it.
    """

    is_waiting: Callable[[StartedRun, Gate], bool]
    tell: Callable[[StartedRun, Gate, Answer], None] = lambda run, gate, answer: None


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeLog:
    """What an attempt of a step has printed, as its engine keeps it.

    Attributes:
        step: The step's name.
        attempt: Counted from 0.
        lines: May be read from the engine as they are asked for; may raise `RunError`.
        gone: Why the engine has it no more, in words that follow the step's name; empty where it has it.
    """

    step: str
    attempt: int = 0
    lines: Iterable[str] = ()
    gone: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Backend:
    """A back end.

    Attributes:
        name: The entry point's name.
        targets: The engine versions it writes for, oldest first.
        default_target: The one taken when the user names none.
        options: The settings that only this back end has.
        capabilities: Every feature of FlyteIDL, and what this back end makes of it.
        shapes: The kinds of work it can run natively.
        translate: Plan to files; None for a back end that only runs. Pure: same plan and settings, same bytes.
        run: Runs a plan and waits; None for a back end that only translates. Raises `RunError`.
        is_remote: Whether tasks run where this machine's modules are not, so that code must be copied there.
        recovers: Whether a run root may hold outputs of an earlier run: `on_start` is called before anything runs.
        gates: How answers of persons reach it; None where no gate can be answered from the command line.
        installed: The version of the engine that a run would use; empty where that is not known.
        logs: What the engine has kept of the steps whose names the function says yes to; None where it keeps nothing.
            Raises `RunError` when the engine cannot be asked.
        connection: What its engine is reached by, for `Settings.connection`.
        diagnose: What it finds of its engine, for `jetbridge doctor`; None where there is nothing to look at.
        deploy: How workflows are put where the engine finds them; None where it has no such place.
    """

    name: str
    targets: tuple[str, ...]
    default_target: str
    options: tuple[Option, ...]
    capabilities: Sequence[Capability]
    shapes: frozenset[type[Work]]
    translate: Callable[[Plan, Settings], Artifact] | None = None
    run: Callable[[Plan, RunRequest], RunResult] | None = None
    is_remote: Callable[[Settings], bool] = lambda settings: False
    recovers: bool = False
    gates: Gates | None = None
    installed: Callable[[], str] = lambda: ""
    logs: Callable[[StartedRun, Callable[[str], bool]], Iterable[NodeLog]] | None = None
    connection: tuple[ConnectionSetting, ...] = ()
    diagnose: Callable[[Settings], Iterable[Check]] | None = None
    deploy: Deploy | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LowerContext:
    """What a native override is told beside the step."""

    settings: Settings
    names: Mapping[str, str] = field(default_factory=dict[str, str])


Lower = Callable[[Step, LowerContext], object]
"""A native override (entry point group `jetbridge.lower.<back end>`): a step to the back end's own operator."""


@dataclass(frozen=True, slots=True)
class Unsupported:
    """In place of a native override: this back end must not run the task type, whatever the shape of its work.

    Example:
        >>> Unsupported("the engine cannot reach it", "Use another back end.").reason
        'the engine cannot reach it'
    """

    reason: str
    workaround: str

    def __call__(self, step: Step, context: LowerContext) -> object:
        """Raises `JetbridgeError`: `plan.check` has found it before."""
        raise JetbridgeError(self.reason, hint=self.workaround)
