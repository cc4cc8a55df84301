"""What the command line and scripts call: closure in, files or a run out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache

from jetbridge.entry_points import Discover, discover
from jetbridge.errors import UsageError
from jetbridge.idl import Literal
from jetbridge.runtime.run_data import RunData
from jetbridge.serialize.closure import Closure
from jetbridge.store import open_store
from jetbridge.suggest import did_you_mean
from jetbridge_translators import registry
from jetbridge_translators.base import Artifact, Backend, Lower, RunRequest, RunResult, Settings
from jetbridge_translators.plan.build import build
from jetbridge_translators.plan.check import check
from jetbridge_translators.plan.data_flow import outputs_of
from jetbridge_translators.plan.model import Plan
from jetbridge_translators.planning import Planning


@dataclass(frozen=True, slots=True)
class Engine:
    """Back ends and task types as they are installed.

    Attributes:
        find: Where entry points come from; a test may pass its own.
    """

    find: Discover = discover

    def plan(self, closure: Closure, backend_name: str, planning: Planning | None = None, target: str = "") -> Plan:
        """The plan of a closure, checked for a back end at a version of its engine, or at its newest.

        Raises:
            TranslationError: the back end refuses something.
            UsageError: what `planning` asks cannot be done.
        """
        asked = planning or Planning()

        # Entry points are read from disk, so each task type is looked up once a plan, not once a node.
        @cache
        def override(task_type: str) -> Lower | None:
            return registry.lowering(backend_name, task_type, self.find)

        plan = build(closure, registry.handlers(asked, self.find), asked)
        check(plan, registry.backend(backend_name, self.find), override, target)
        return plan

    def translate(self, closure: Closure, backend_name: str, settings: Settings) -> Artifact:
        """The files of a back end.

        Raises:
            UsageError: the back end does not translate, or the settings are not its own.
            TranslationError: the back end refuses something.
        """
        backend = registry.backend(backend_name, self.find)
        complete = complete_settings(backend, settings)
        if backend.translate is None:
            raise UsageError(
                f"back end {backend.name!r} runs workflows but writes no files", hint="Use `jetbridge run --on`."
            )
        return backend.translate(self.plan(closure, backend_name, settings.planning, complete.target), complete)

    def run_settings(self, backend_name: str, settings: Settings) -> Settings:
        """The settings with which a run starts: for the engine that is here, unless they name a version.

        Raises:
            UsageError: the settings are not the back end's own.
        """
        backend = registry.backend(backend_name, self.find)
        return complete_settings(backend, replace(settings, target=settings.target or backend.installed()))

    def run(self, plan: Plan, backend_name: str, request: RunRequest) -> RunResult:
        """Runs a plan and waits. Raises `RunError`, and `UsageError` when the back end cannot run."""
        backend = registry.backend(backend_name, self.find)
        if backend.run is None:
            raise UsageError(
                f"back end {backend.name!r} writes files but runs nothing itself",
                hint=f"Use `jetbridge translate --to {backend.name}` and give the files to the engine.",
            )
        overwrite = plan.overwrite_cache or request.overwrite_cache
        settings = self.run_settings(backend_name, request.settings)
        return backend.run(
            replace(plan, overwrite_cache=overwrite), replace(request, settings=settings, overwrite_cache=overwrite)
        )


def complete_settings(backend: Backend, settings: Settings) -> Settings:
    """The settings with the back end's defaults. Raises `UsageError` for what the back end does not know."""
    target = settings.target or backend.default_target
    if target not in backend.targets:
        raise UsageError(
            f"{backend.name} {target!r} is not a version this translator writes for",
            hint=f"Known: {', '.join(backend.targets)}.",
        )
    known = {option.name: option for option in backend.options}
    for name, value in settings.options.items():
        if name not in known:
            raise UsageError(f"back end {backend.name!r} has no option {name!r}", hint=did_you_mean(name, known))
        choices = known[name].choices
        if choices and value not in choices:
            raise UsageError(f"--{name} cannot be {value!r}", hint=f"Choose one of: {', '.join(choices)}.")
    defaults = {option.name: option.default for option in backend.options}
    return replace(settings, target=target, options={**defaults, **settings.options})


def read_outputs(plan: Plan, run_root: str) -> Mapping[str, Literal]:
    """The workflow's outputs of a finished run. Raises `BindingError` when a node has none."""
    data = RunData(open_store(), run_root)
    return {output.name: data.resolve(output.bind, output.type) for output in outputs_of(plan)}
