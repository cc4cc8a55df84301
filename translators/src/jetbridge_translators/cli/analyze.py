"""`jetbridge analyze`: what back ends make of a workflow, before anything is written."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from jetbridge.cli.console import print_json, results
from jetbridge.cli.options import image_option, target_argument
from jetbridge.errors import UsageError
from jetbridge.store import normalize_uri
from jetbridge.suggest import did_you_mean
from jetbridge_translators import registry
from jetbridge_translators.base import Settings
from jetbridge_translators.cli.analysis.markdown import as_markdown
from jetbridge_translators.cli.analysis.model import Analysis
from jetbridge_translators.cli.analysis.record import as_record
from jetbridge_translators.cli.analysis.sarif import as_sarif
from jetbridge_translators.cli.analysis.subjects import subjects_of
from jetbridge_translators.cli.analysis.survey import survey
from jetbridge_translators.cli.analysis.text import report
from jetbridge_translators.cli.options import BackendCommand, backend_settings, complete_backends, reject_foreign

ANY_STORE = "s3://bucket/runs"
"""Stands for the store that a translation will be given."""


@click.command("analyze", cls=BackendCommand, short_help="Show what back ends make of a workflow.")
@target_argument
@click.option(
    "--to",
    "backend_names",
    shell_complete=complete_backends,
    required=True,
    metavar="A,B",
    help="The back ends, such as argo,airflow.",
)
@click.option(
    "--target",
    "versions",
    multiple=True,
    metavar="BACKEND=VERSION",
    help="An engine's version, such as argo=4.0; repeat for each back end.",
)
@click.option("--store", default=ANY_STORE, show_default=True, metavar="URI", help="Where runs keep their data.")
@image_option
@click.option("--json", "as_json", is_flag=True, help="Short for `--format json`.")
@click.option(
    "--format", "form", type=click.Choice(["text", "json", "markdown", "sarif"]), help="How it is printed. [text]"
)
def command(
    target: str,
    backend_names: str,
    versions: tuple[str, ...],
    store: str,
    images: tuple[str, ...],
    as_json: bool,
    form: str | None,
    **values: Any,
) -> None:
    """Show what back ends make of TARGET: each feature that it uses, with its lines, and everything that is refused.

    A package or module without a name is looked at as a whole. The exit code is 1 when something is refused.

    \b
    Example:
      jetbridge analyze examples/penguins.py:pipeline --to argo,airflow --target argo=4.0
    """
    names = _backend_names(backend_names)
    reject_foreign(names, values)
    chosen = _versions(versions, names)
    where = normalize_uri(store)
    settings = {name: _assumed(name, backend_settings(name, where, chosen.get(name, ""), values)) for name in names}
    analyses, source_root = _analyses(target, images, settings)
    _PRINT[_form(form, as_json)](analyses, source_root)
    sys.exit(0 if all(analysis.translatable for analysis in analyses) else 1)


def _analyses(target: str, images: Sequence[str], settings: Mapping[str, Settings]) -> tuple[tuple[Analysis, ...], str]:
    found = subjects_of(target, images)
    return tuple(survey(subject.name, subject.close, settings) for subject in found.subjects), found.source_root


def _assumed(name: str, settings: Settings) -> Settings:
    """The settings with a value for each option that has to have one and decides nothing here."""
    assumed = {option.name: option.assumed for option in registry.backend(name).options if option.assumed}
    given = {key: value for key, value in settings.options.items() if value or key not in assumed}
    return replace(settings, options={**assumed, **given})


def _backend_names(text: str) -> tuple[str, ...]:
    names = tuple(dict.fromkeys(name.strip() for name in text.split(",") if name.strip()))
    known = registry.backend_names()
    if not names:
        raise UsageError("no back end is named", hint=f"Give `--to {','.join(known)}`.")
    for name in names:
        if name not in known:
            raise UsageError(f"there is no back end {name!r}", hint=did_you_mean(name, known))
    return names


def _versions(texts: Sequence[str], names: Sequence[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for text in texts:
        name, separator, version = text.partition("=")
        if not separator or name not in names:
            raise UsageError(
                f"--target {text!r} is not of the form BACKEND=VERSION with a back end of --to",
                hint=f"--target {names[0]}=…",
            )
        if name in found:
            raise UsageError(f"--target names two versions of {name}", hint="Analyze them one after the other.")
        found[name] = version
    return found


def _form(form: str | None, as_json: bool) -> str:
    if as_json and form not in (None, "json"):
        raise UsageError(f"--json and --format {form} exclude each other", hint="Give one of them.")
    return "json" if as_json else form or "text"


def _print_text(analyses: Sequence[Analysis], source_root: str) -> None:
    results().print(report(analyses), markup=False)


def _print_markdown(analyses: Sequence[Analysis], source_root: str) -> None:
    results().print(as_markdown(analyses), markup=False)


def _print_record(analyses: Sequence[Analysis], source_root: str) -> None:
    print_json(as_record(analyses))


def _print_sarif(analyses: Sequence[Analysis], source_root: str) -> None:
    print_json(as_sarif(analyses, _below_here(source_root)))


def _below_here(source_root: str) -> str:
    """The folder relative to the current one, where a repository is checked out; itself when it lies elsewhere."""
    folder, here = Path(source_root).resolve(), Path.cwd()
    return str(folder.relative_to(here)) if source_root and folder.is_relative_to(here) else source_root


_PRINT: Mapping[str, Callable[[Sequence[Analysis], str], None]] = {
    "text": _print_text,
    "json": _print_record,
    "markdown": _print_markdown,
    "sarif": _print_sarif,
}
