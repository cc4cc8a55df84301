"""TARGET as `file.py:workflow` or `module:workflow`, written with our SDK: it is imported into this process."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from types import ModuleType

from jetbridge.cli.console import author_output
from jetbridge.cli.targets.model import Target
from jetbridge.cli.targets.registered import closure_with_references
from jetbridge.code_bundle import CodeBundle, CopyMode, make_bundle
from jetbridge.errors import UsageError
from jetbridge.launch_plan import LaunchPlan
from jetbridge.module_names import module_name_for, source_root_of
from jetbridge.serialize.closure import Closure, deployable_closure_of, refers_elsewhere
from jetbridge.serialize.settings import SerializationSettings
from jetbridge.suggest import did_you_mean
from jetbridge.workflow_base import WorkflowBase


def load_module(place: str) -> tuple[ModuleType, str]:
    """The module of a file or a dotted name, and the folder it is imported from. Raises `UsageError`."""
    if not place.endswith(".py"):
        sys.path.insert(0, str(Path.cwd()))
        return _import(place, place), str(Path.cwd())
    file = Path(place)
    if not file.is_file():
        raise UsageError(f"there is no file {place!r}", hint=_near_file(file))
    root = source_root_of(file)
    sys.path.insert(0, str(root))
    module = _import(module_name_for(file), place)
    _check_origin(module, file)
    return module, str(root)


def _check_origin(module: ModuleType, file: Path) -> None:
    """Another module of the same name would be found on a worker as well."""
    origin = getattr(module, "__file__", None)
    if origin is None or not file.samefile(origin):
        raise UsageError(
            f"{str(file)!r} cannot be imported as {module.__name__!r}, which is {origin or 'a part of Python'}",
            hint="Rename the file.",
        )


def _import(module: str, shown: str) -> ModuleType:
    try:
        with author_output():
            return importlib.import_module(module)
    except ModuleNotFoundError as error:
        if error.name and f"{module}.".startswith(f"{error.name}."):
            raise UsageError(
                f"there is no module {shown!r}", hint="Give a `.py` file, or a module that Python can import from here."
            ) from error
        raise UsageError(
            f"{shown!r} needs the module {error.name!r}, which is not installed", hint=f"pip install {error.name}"
        ) from error
    except SyntaxError as error:
        raise UsageError(
            f"{shown!r} is not valid Python: {error.msg} ({error.filename}:{error.lineno})", hint="Mend that line."
        ) from error
    except UsageError:
        raise
    except (Exception, SystemExit) as error:
        raise UsageError(
            _import_failure(shown, error), hint="The file must be importable without side effects."
        ) from error


def _import_failure(shown: str, error: BaseException) -> str:
    trace = error.__traceback__
    place = ""
    while trace is not None:
        file = trace.tb_frame.f_code.co_filename
        if not file.startswith("<frozen") and "importlib" not in file:
            place = f" ({file}:{trace.tb_lineno})"
        trace = trace.tb_next
    return f"importing {shown!r} raised {type(error).__name__}: {error}{place}"


def module_target(text: str, module: ModuleType, root: str, name: str) -> Target:
    """The workflows of a module; `text` is TARGET for messages. Raises `UsageError`."""
    found = _launchables(module, name)
    if name and name not in found:
        raise UsageError(f"{module.__name__!r} has no workflow {name!r}", hint=_hint(name, module, found))
    if not found:
        raise UsageError(f"{module.__name__!r} has no workflow", hint="Decorate a function with `@workflow`.")
    chosen = [found[name]] if name else list(found.values())
    return _target(text, tuple(chosen), root, lambda: _only(chosen, found, text))


def module_targets(text: str, module: ModuleType, root: str) -> tuple[Target, ...]:
    """Each workflow of a module by itself. Raises `UsageError`."""
    plans = module_target(text, module, root, "").launch_plans
    return tuple(_one(plan, root) for plan in plans)


def _one(plan: LaunchPlan, root: str) -> Target:
    return _target(plan.name, (plan,), root, lambda: plan)


def _target(name: str, plans: tuple[LaunchPlan, ...], root: str, chosen: Callable[[], LaunchPlan]) -> Target:
    def close(settings: SerializationSettings) -> Closure:
        with author_output():
            plan = chosen()
            if refers_elsewhere(plan):
                return closure_with_references(plan, settings)
            return deployable_closure_of(plan, settings)

    def bundle(mode: CopyMode) -> CodeBundle:
        return make_bundle(Path(root), mode, sys.modules)

    return Target(name, root, plans, close, bundle)


def _only(chosen: list[LaunchPlan], found: Mapping[str, LaunchPlan], text: str) -> LaunchPlan:
    if len(chosen) == 1:
        return chosen[0]
    raise UsageError(f"{text!r} holds {len(found)} workflows: {', '.join(found)}", hint=f"Name one: `{text}:NAME`.")


def _launchables(module: ModuleType, name: str) -> dict[str, LaunchPlan]:
    """Workflows (as their default launch plans) and launch plans by attribute, in the author's order.

    A workflow that the module only imports counts when it is asked for by name.
    """
    found: dict[str, LaunchPlan] = {}
    for attribute, value in vars(module).items():
        if isinstance(value, WorkflowBase):
            if attribute == name or value.module == module.__name__:
                found[attribute] = LaunchPlan.get_or_create(value)
        elif isinstance(value, LaunchPlan):
            found[attribute] = value
    return found


def _hint(name: str, module: ModuleType, found: Mapping[str, LaunchPlan]) -> str:
    if hasattr(module, name):
        return f"{name!r} is a {type(getattr(module, name)).__name__}. {did_you_mean('', found)}"
    return did_you_mean(name, found)


def _near_file(file: Path) -> str:
    folder = file.parent if file.parent.is_dir() else Path()
    return did_you_mean(str(file), [str(path) for path in sorted(folder.glob("*.py"))])
