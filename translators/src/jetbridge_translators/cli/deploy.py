"""`jetbridge deploy`: workflows to where an engine finds them."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import click
from rich.syntax import Syntax

from jetbridge.cli.console import messages, print_json, results
from jetbridge.cli.options import image_option, json_option, serialization_settings, target_argument
from jetbridge.cli.target import Target, load_targets
from jetbridge.errors import UsageError
from jetbridge.store import normalize_uri
from jetbridge_translators import registry
from jetbridge_translators.api import Engine, complete_settings
from jetbridge_translators.base import Backend, Settings
from jetbridge_translators.cli.code import NONE, Code, code_of, copy_mode, publish
from jetbridge_translators.cli.options import (
    BackendCommand,
    backend_settings,
    complete_backends,
    copy_option,
    default_store,
    deploy_options,
    deploy_values,
    parse_target_version,
    reject_foreign,
)
from jetbridge_translators.deployment import KEEP, Change, Deploy, Deployment, Prepared
from jetbridge_translators.plan.model import Plan


class DeployCommand(BackendCommand):
    """A command that also takes what back ends need to know for deploying."""

    def get_params(self, ctx: click.Context) -> list[click.Parameter]:
        """The command's own options, the back ends', and those of deploying."""
        return [*super().get_params(ctx), *deploy_options()]


@click.command("deploy", cls=DeployCommand, short_help="Put workflows where an engine finds them.")
@target_argument
@click.option(
    "--to",
    "backend_name",
    shell_complete=complete_backends,
    required=True,
    metavar="BACKEND",
    help="The back end, such as argo or airflow.",
)
@click.option("--target", "version", default="", metavar="BACKEND=VERSION", help="The engine's version.")
@click.option("--store", default="", metavar="URI", help="Where runs keep their data (JETBRIDGE_STORE).")
@click.option(
    "--name",
    "owner",
    default="",
    help="The deployment's name. [default: the workflow's, or that of the file or module]",
)
@click.option("--dry-run", is_flag=True, help="Show the difference, and change nothing.")
@click.option("--yes", is_flag=True, help="Do it without asking.")
@click.option("--prune/--no-prune", default=True, show_default=True, help="Remove what this deployment holds no more.")
@click.option("--take-over", is_flag=True, help="Make what others have made or changed this deployment's.")
@copy_option(f"auto where tasks run on another machine, else {NONE}")
@image_option
@json_option
def command(target: str, backend_name: str, images: tuple[str, ...], as_json: bool, **values: Any) -> None:
    """Put TARGET where the engine of a back end finds it: objects of a namespace, or files of a DAG folder.

    Without a name TARGET is all workflows of a file, module or package. The difference is shown first. What the same
    deployment has put there before and holds no more is removed; nothing of others is touched, and a field or a file
    that somebody else has changed is an error that names it.

    \b
    Example:
      jetbridge deploy flows.py --to argo --namespace team --store s3://bucket/runs --dry-run
    """
    reject_foreign([backend_name], values)
    settings = _settings(backend_name, values)
    backend = registry.backend(backend_name)
    deploy = _deploy(backend)
    loaded = load_targets(target, images)
    codes = _codes(loaded, values["copy"], backend_name, settings)
    plans = _plans(loaded, codes, images, backend_name, settings)
    deployment = Deployment(
        owner=values["owner"] or _owner(target, plans),
        plans=plans,
        settings=complete_settings(backend, settings),
        options=deploy_values(backend, values),
        prune=values["prune"],
        take_over=values["take_over"],
    )
    prepared = deploy.prepare(deployment)
    _show(prepared.changes, as_json)
    is_done = _is_wanted(prepared.changes, values["dry_run"], values["yes"])
    if is_done:
        _apply(prepared, codes)
    _tell(deployment, backend_name, prepared.changes, is_done=is_done, as_json=as_json)


def _settings(backend_name: str, values: Mapping[str, Any]) -> Settings:
    where = normalize_uri(values["store"]) if values["store"] else default_store()
    return backend_settings(backend_name, where, parse_target_version(values["version"], backend_name), values)


def _deploy(backend: Backend) -> Deploy:
    if backend.deploy is None:
        raise UsageError(
            f"back end {backend.name!r} has no place to deploy to",
            hint="Use `jetbridge run`, or `jetbridge translate` for its files.",
        )
    return backend.deploy


def _codes(loaded: Sequence[Target], chosen: str | None, backend_name: str, settings: Settings) -> tuple[Code, ...]:
    """The code of each target; workflows of one module share one bundle."""
    modes = (copy_mode(chosen, backend_name, settings, each) for each in loaded)
    return tuple(code_of(each, mode, settings.store) for each, mode in zip(loaded, modes, strict=True))


def _plans(
    loaded: Sequence[Target], codes: Sequence[Code], images: Sequence[str], backend_name: str, settings: Settings
) -> tuple[Plan, ...]:
    engine = Engine()
    target = complete_settings(registry.backend(backend_name), settings).target
    closures = (
        each.close(serialization_settings(images, each.source_root, code.uri))
        for each, code in zip(loaded, codes, strict=True)
    )
    return tuple(engine.plan(closure, backend_name, settings.planning, target) for closure in closures)


def _owner(target: str, plans: Sequence[Plan]) -> str:
    """The workflow's name; that of the file, module or package where it is deployed whole."""
    place, separator, name = target.rpartition(":")
    if (separator and name) or "@" in target:
        return plans[0].name
    file = Path(place or target)
    return file.name.partition(".")[0] if file.exists() else target


def _show(changes: Sequence[Change], as_json: bool) -> None:
    console = results()
    for change in changes if not as_json else ():
        if change.difference and console.is_terminal:
            console.print(Syntax(change.difference, "diff", background_color="default"))
        elif change.difference:
            console.print(change.difference, markup=False)


def _is_wanted(changes: Sequence[Change], dry_run: bool, yes: bool) -> bool:
    if dry_run or all(change.what == KEEP for change in changes):
        return False
    if yes:
        return True
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise UsageError("nobody is there to say yes", hint="Give --yes to deploy, or --dry-run to look.")
    return click.confirm("Deploy this?", err=True)


def _apply(prepared: Prepared, codes: Sequence[Code]) -> None:
    """The code first: what is deployed may run at once."""
    for code in {code.uri: code for code in codes}.values():
        publish(code)
    prepared.apply()


def _tell(
    deployment: Deployment, backend_name: str, changes: Sequence[Change], *, is_done: bool, as_json: bool
) -> None:
    if as_json:
        records = [{"change": each.what, "name": each.name, "difference": each.difference} for each in changes]
        print_json({"deployment": deployment.owner, "backend": backend_name, "deployed": is_done, "changes": records})
        return
    for change in changes:
        messages().print(f"{change.what:7} {change.name}", markup=False)
    changed = any(change.what != KEEP for change in changes)
    end = "deployed" if is_done else "nothing is changed" if changed else "is as it should be"
    messages().print(f"{deployment.owner} on {backend_name}: {end}.")
