"""`jetbridge export`: a registered version as a package again."""

from __future__ import annotations

from pathlib import Path

import click

from jetbridge.cli.console import messages, print_json
from jetbridge.cli.options import json_option
from jetbridge.cli.registry.options import reading, registry_option, scope_options
from jetbridge.files import write_whole
from jetbridge.package import package_bytes
from jetbridge.registry.entity_id import Scope
from jetbridge.registry.export import exported


@click.command("export", short_help="Write a registered version as a package.")
@click.argument("version")
@scope_options
@click.option("-o", "--output", default="flyte-package.tgz", show_default=True, type=click.Path(path_type=Path))
@registry_option
@json_option
def command(version: str, project: str, domain: str, output: Path, url: str, as_json: bool) -> None:
    """Write everything that was registered as VERSION as a package, which Flyte's own tools read too.

    \b
    Example:
      jetbridge export v1 --project shop --domain production -o shop-v1.tgz
    """
    with reading(url) as connection:
        entities = exported(connection, Scope(project, domain), version)
    write_whole(output, package_bytes(entities))
    if as_json:
        print_json({"package": str(output), "entities": len(entities)})
        return
    messages().print(f"Wrote {output}: {len(entities)} entities of {project}/{domain}@{version}.")
