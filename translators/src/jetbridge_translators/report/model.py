"""What is known of runs that are compared. What nobody knows is None, and is told as unknown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from jetbridge.errors import Location
from jetbridge.types.difference import Difference
from jetbridge_translators.cli.analysis.model import Verdict

QUEUE, START, PLUMBING, USER, UPLOAD, END, RUN = "queue", "start", "plumbing", "user", "upload", "end", "run"
PHASES: Mapping[str, str] = {
    QUEUE: "waiting for the engine, or for a free place",
    START: "from the engine's start to our first line: pod, image, process, interpreter, our modules",
    PLUMBING: "code bundle, the author's imports, inputs",
    USER: "the author's function",
    UPLOAD: "outputs converted and committed",
    END: "until the engine has seen the end",
    RUN: "from start to end where no entrypoint of ours tells more",
}
"""What an attempt's time is split into, in order."""


@dataclass(frozen=True, slots=True)
class Span:
    """A phase of an attempt; seconds since the run was started."""

    phase: str
    begin: float
    end: float

    @property
    def seconds(self) -> float:
        """How long it took."""
        return self.end - self.begin


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptReport:
    """One attempt of a task.

    Attributes:
        number: From 0.
        outcome: `succeeded`, `failed`, `cached`, `committed` (an earlier attempt had), or the engine's word.
        spans: Its phases in order.
        pod: The name of its pod; empty without one.
        pods: How many pods it has, 0 or 1.
        containers: How many containers that has.
        cpu_seconds: CPU time of the task's process and its children.
        peak_memory: The most memory that the process held, in bytes.
        bytes_read: What came through the store's client.
    """

    number: int
    outcome: str
    spans: tuple[Span, ...]
    pod: str = ""
    pods: int | None = None
    containers: int | None = None
    cpu_seconds: float | None = None
    peak_memory: int | None = None
    bytes_read: int | None = None

    def seconds(self, phase: str) -> float:
        """How long a phase took."""
        return sum(span.seconds for span in self.spans if span.phase == phase)

    @property
    def is_split(self) -> bool:
        """Whether the entrypoint has told its phases."""
        return all(span.phase != RUN for span in self.spans)


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeReport:
    """A node that ran a task, or an element of a map.

    Attributes:
        path: Its path below the run root.
        name: Its readable name.
        task_type: FlyteIDL's; empty for a node that a dynamic task has made.
        requests: What its container asks for, by resource; None where that is not known.
        attempts: In their order.
        bytes_written: The size of all that it left in the store.
    """

    path: str
    name: str
    task_type: str
    location: Location | None
    requests: Mapping[str, str] | None
    attempts: tuple[AttemptReport, ...]
    bytes_written: int

    @property
    def outcome(self) -> str:
        """How it ended."""
        return self.attempts[-1].outcome if self.attempts else ""


@dataclass(frozen=True, slots=True)
class CriticalPath:
    """The longest chain of user code; `complete` where the time of every node on any chain is known."""

    seconds: float
    paths: tuple[str, ...]
    complete: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RunReport:
    """One run.

    Attributes:
        run: Its name.
        group: What it is compared as: runs of one group are repeats.
        backend: The back end's name.
        target: The version of its engine, where the settings say it.
        run_root: Where its data lies.
        state: `succeeded`, `failed`, `interrupted`, `refused` by the back end before it began, or `unknown`.
        error: What the user was told of a failure.
        started: When, as seconds since 1970.
        seconds: How long it took; None where nobody waited for its end.
    """

    run: str
    group: str
    backend: str
    target: str
    run_root: str
    state: str
    error: str
    started: float
    seconds: float | None
    nodes: tuple[NodeReport, ...]
    critical: CriticalPath

    @property
    def overhead(self) -> float | None:
        """What the run took beyond the critical path of user code."""
        return None if self.seconds is None else max(0.0, self.seconds - self.critical.seconds)

    @property
    def attempts(self) -> tuple[AttemptReport, ...]:
        """Every attempt of every node."""
        return tuple(attempt for node in self.nodes for attempt in node.attempts)


@dataclass(frozen=True, slots=True, kw_only=True)
class OutputReport:
    """One output of the workflow in each run.

    Attributes:
        name: The output's.
        type: Its type in words.
        values: What a person sees of it, one a run; empty where the run has none.
        plain: The values for machines; None where the run has none.
        digests: Of its content; empty where the run has none.
        differences: For each run where it differs from the first one.
    """

    name: str
    type: str
    values: tuple[str, ...]
    plain: tuple[object, ...]
    digests: tuple[str, ...]
    differences: Mapping[int, tuple[Difference, ...]]

    @property
    def equal(self) -> bool:
        """Whether every run has it, and the same."""
        return "" not in self.digests and len(set(self.digests)) == 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """Runs of one workflow side by side.

    Attributes:
        workflow: Its name.
        runs: In the order in which they ran, or were named.
        outputs: In the order of the workflow.
        verdicts: What each back end makes of each feature that the workflow uses.
    """

    workflow: str
    runs: tuple[RunReport, ...]
    outputs: tuple[OutputReport, ...]
    verdicts: tuple[Verdict, ...]

    @property
    def equal(self) -> bool:
        """Whether all runs have succeeded with the same outputs."""
        return all(run.state == "succeeded" for run in self.runs) and all(each.equal for each in self.outputs)
