"""The runs of a comparison: started here one after the other, or found by their names."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from jetbridge.cli.console import print_error
from jetbridge.cli.inputs import read_inputs
from jetbridge.cli.options import serialization_settings
from jetbridge.cli.target import Target, load_target
from jetbridge.errors import RunError, TranslationError, UsageError
from jetbridge.idl import LiteralMap
from jetbridge.serialize.closure import Closure
from jetbridge.store import Store, normalize_uri, open_store
from jetbridge_translators.api import Engine
from jetbridge_translators.base import Settings
from jetbridge_translators.cli.analysis.model import Verdict
from jetbridge_translators.cli.analysis.survey import survey
from jetbridge_translators.cli.code import Code, code_of, copy_mode, local_root, publish
from jetbridge_translators.cli.execution import FailedRun, execute
from jetbridge_translators.cli.options import backend_settings, default_store
from jetbridge_translators.cli.record import Origin, Record, origin_of, read_record, run_root_of
from jetbridge_translators.report.critical_path import NOTHING
from jetbridge_translators.report.gather import Started, run_report
from jetbridge_translators.report.model import Report, RunReport
from jetbridge_translators.report.outputs import NO_OUTPUTS, output_reports, run_outputs
from jetbridge_translators.run_end import RunEnd, read_end


@dataclass(frozen=True)
class Asked:
    """What the command line asks for.

    Attributes:
        target: TARGET.
        backends: Where it runs; a name may occur twice.
        values: The other values of the command line.
    """

    target: str
    backends: Sequence[str]
    values: Mapping[str, Any]

    @cached_property
    def store(self) -> str:
        """URI of the folder of the runs."""
        return normalize_uri(self.values["store"]) if self.values["store"] else default_store()

    @cached_property
    def origin(self) -> Origin:
        """Where a later verb finds the target."""
        return origin_of(self.target, self.values["images"])

    @cached_property
    def loaded(self) -> Target:
        """The target."""
        return load_target(self.target, self.values["images"])

    @cached_property
    def settings(self) -> Mapping[str, Settings]:
        """By back end, for the engine that is here."""
        given = {name: backend_settings(name, self.store, "", self.values) for name in dict.fromkeys(self.backends)}
        return {name: replace(each, target=Engine().run_settings(name, each).target) for name, each in given.items()}

    @cached_property
    def modes(self) -> Mapping[str, str]:
        """How the code comes to each back end's tasks."""
        given = self.values["copy"]
        return {name: copy_mode(given, name, self.settings[name], self.loaded) for name in self.backends}

    @cached_property
    def codes(self) -> Mapping[str, Code]:
        """The code by the way it travels."""
        return {mode: code_of(self.loaded, mode, self.store) for mode in dict.fromkeys(self.modes.values())}

    @cached_property
    def closures(self) -> Mapping[str, Closure]:
        """What runs, by back end."""
        images, root = self.values["images"], self.loaded.source_root
        made = {
            mode: self.loaded.close(serialization_settings(images, root, code.uri)) for mode, code in self.codes.items()
        }
        return {name: made[self.modes[name]] for name in self.backends}

    @cached_property
    def roots(self) -> Mapping[str, str]:
        """Where each back end's tasks of this machine import the target's modules."""
        return {name: local_root(self.loaded, name, self.settings[name]) for name in dict.fromkeys(self.backends)}


def run_all(asked: Asked) -> Report:
    """Runs the target on each back end, as often as asked, in turn. A run that fails is part of the report.

    Raises:
        UsageError: the target, its inputs or the settings cannot be used.
        StoreError: the store is away.
    """
    closure = asked.closures[asked.backends[0]]
    literals = read_inputs(closure, asked.values["inputs"], asked.values["inputs_file"])
    for code in asked.codes.values():
        publish(code)
    groups = list(zip(_groups(asked.backends), asked.backends, strict=True))
    # In turn: what else the machine does meanwhile falls on all of them.
    turns = [pair for _ in range(asked.values["repeat"]) for pair in groups]
    runs = [_run(asked, group, name, literals) for group, name in turns]
    verdicts = survey(asked.target, lambda: closure, asked.settings).verdicts
    return _report(open_store(), closure.launch_plan.id.name, runs, verdicts)


def _groups(names: Sequence[str]) -> Iterator[str]:
    """What the runs are compared as: the back end's name, with a number where it occurs again."""
    seen: Counter[str] = Counter()
    for name in names:
        seen[name] += 1
        yield name if seen[name] == 1 else f"{name} ({seen[name]})"


@dataclass(frozen=True, slots=True)
class _Refused:
    """A run that a back end has refused before it began."""

    group: str
    backend: str
    error: str


_Run = Started | _Refused


def _run(asked: Asked, group: str, name: str, literals: LiteralMap) -> _Run:
    closure, settings, origin = asked.closures[name], asked.settings[name], asked.origin
    try:
        # Else a cached task would give the second back end what the first one has made.
        done = execute(closure, name, literals, settings, asked.roots[name], origin, overwrite_cache=True)
    except FailedRun as error:
        print_error(error)
        plan = Engine().plan(closure, name, settings.planning, settings.target)
        return Started(group=group, run_root=error.run_root, plan=plan, backend=name, settings=settings)
    except (RunError, TranslationError) as error:
        print_error(error)
        return _Refused(group, name, str(error))
    return Started(group=group, run_root=done.result.run_root, plan=done.plan, backend=name, settings=settings)


def stored_runs(store: Store, runs: Sequence[str], where: str) -> Report:
    """Runs that have been started earlier, by their names or the URIs of their data.

    Raises:
        UsageError: there is no such run, or they are runs of different workflows.
        StoreError: the store is away.
    """
    records = {root: read_record(store, root) for root in (run_root_of(run, where) for run in runs)}
    found = [_started(run_root, record) for run_root, record in records.items()]
    workflows = dict.fromkeys(started.plan.name for started in found)
    if len(workflows) > 1:
        raise UsageError(
            f"these are runs of different workflows: {', '.join(workflows)}", hint="Name runs of one workflow."
        )
    by_backend = {record.backend: (root, record) for root, record in records.items()}
    verdicts = [_verdict(record, read_end(store, root)) for root, record in by_backend.values()]
    return _report(store, found[0].plan.name, found, tuple(verdicts))


def _started(run_root: str, record: Record) -> Started:
    plan = Engine().plan(record.closure, record.backend, record.settings.planning)
    group = run_root.rpartition("/")[2]
    return Started(group=group, run_root=run_root, plan=plan, backend=record.backend, settings=record.settings)


def _verdict(record: Record, end: RunEnd | None) -> Verdict:
    settings = replace(record.settings, target=end.target if end else record.settings.target)
    found = survey(record.origin.target, lambda: record.closure, {record.backend: settings})
    return found.verdicts[0]


def _report(store: Store, workflow: str, runs: Sequence[_Run], verdicts: tuple[Verdict, ...]) -> Report:
    outputs = [run_outputs(run.plan, run.run_root) if isinstance(run, Started) else NO_OUTPUTS for run in runs]
    return Report(
        workflow=workflow,
        runs=tuple(_refused(run) if isinstance(run, _Refused) else run_report(store, run) for run in runs),
        outputs=output_reports(store, outputs),
        verdicts=verdicts,
    )


def _refused(run: _Refused) -> RunReport:
    return RunReport(
        run=f"{run.group} (refused)",
        group=run.group,
        backend=run.backend,
        target="",
        run_root="",
        state="refused",
        error=run.error,
        started=0.0,
        seconds=None,
        nodes=(),
        critical=NOTHING,
    )
