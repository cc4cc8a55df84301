"""`jetbridge register`: a package's entities into the registry."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import click

from jetbridge.cli.completion.names import complete_target
from jetbridge.cli.console import author_output, messages, print_json
from jetbridge.cli.options import image_option, json_option, serialization_settings
from jetbridge.cli.registry.options import registry, registry_option, scope_options
from jetbridge.cli.target import load_target
from jetbridge.errors import UsageError
from jetbridge.package import Package, read_package
from jetbridge.registry.entity_id import KINDS, EntityId, Scope
from jetbridge.registry.references import package_of
from jetbridge.registry.register import Registration, register
from jetbridge.serialize.entities import entities_of


@click.command("register", short_help="Put a package's tasks, workflows and launch plans into the registry.")
@click.argument("target", metavar="PACKAGE|TARGET", shell_complete=complete_target)
@scope_options
@click.option("-v", "--version", required=True, help="The version; what it holds never changes.")
@registry_option
@image_option
@json_option
def command(
    target: str, project: str, domain: str, version: str, url: str, images: tuple[str, ...], as_json: bool
) -> None:
    """Register everything that a package (or TARGET, packaged now) holds: all of it or nothing.

    The same version with the same content changes nothing; with another content it is an error that shows the
    difference.

    \b
    Example:
      jetbridge register penguins.tgz --project shop --domain production --version v1
    """
    _check(version)
    package = _package(target, images)
    with registry(url) as engine:
        done = register(engine, package, Scope(project, domain), version, datetime.now(UTC))
    if as_json:
        print_json({"new": _records(done.new), "unchanged": _records(done.unchanged)})
        return
    messages().print(f"{project}/{domain}@{version}: {_summary(done)}.")


def _check(version: str) -> None:
    if not version.strip() or "@" in version or any(sign.isspace() for sign in version):
        raise UsageError(f"{version!r} is no version", hint="Use letters, digits, dots and dashes, such as `v1.2`.")


def _package(target: str, images: tuple[str, ...]) -> Package:
    if target.endswith((".tgz", ".tar.gz")):
        return _without_code(read_package(Path(target)), target)
    loaded = load_target(target)
    with author_output():
        return package_of(entities_of(loaded.launch_plans, serialization_settings(images, loaded.source_root)))


def _without_code(package: Package, target: str) -> Package:
    if package.bundle:
        raise UsageError(
            f"{target!r} carries code ({package.bundle.name}), which the registry does not keep",
            hint="Put the code into the image and package without `--copy`.",
        )
    return package


def _records(ids: tuple[EntityId, ...]) -> list[dict[str, str]]:
    return [{"kind": KINDS[each.kind], "name": each.name, "version": each.version} for each in ids]


def _summary(done: Registration) -> str:
    if not done.new:
        return f"nothing new, {len(done.unchanged)} as they were"
    counts = Counter(KINDS[each.kind] for each in done.new)
    new = ", ".join(f"{number} {kind}{'s' if number != 1 else ''}" for kind, number in counts.items())
    return f"{new} registered" + (f", {len(done.unchanged)} as they were" if done.unchanged else "")
