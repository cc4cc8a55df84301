"""`jetbridge translate`: a workflow as the files of a back end."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from jetbridge.cli.console import messages, print_json
from jetbridge.cli.options import image_option, json_option, serialization_settings, target_argument
from jetbridge.cli.target import load_target
from jetbridge.errors import UsageError
from jetbridge.files import write_all
from jetbridge.store import normalize_uri
from jetbridge_translators.api import Engine
from jetbridge_translators.cli.code import NONE, code_of, files_copy_mode, publish
from jetbridge_translators.cli.options import (
    BackendCommand,
    backend_settings,
    complete_backends,
    copy_option,
    default_store,
    parse_target_version,
    reject_foreign,
)


@click.command("translate", cls=BackendCommand, short_help="Write a workflow as another engine's own files.")
@target_argument
@click.option(
    "--to",
    "backend_name",
    shell_complete=complete_backends,
    required=True,
    metavar="BACKEND",
    help="The back end, such as argo or airflow.",
)
@click.option("-o", "--output", required=True, type=click.Path(path_type=Path), help="The folder for the files.")
@click.option(
    "--target", "version", default="", metavar="BACKEND=VERSION", help="The engine's version, such as argo=3.7."
)
@click.option("--store", default="", metavar="URI", help="Where runs keep their data (JETBRIDGE_STORE).")
@copy_option(f"{NONE}, but the code that a package brings")
@image_option
@json_option
def command(
    target: str,
    backend_name: str,
    output: Path,
    version: str,
    store: str,
    images: tuple[str, ...],
    as_json: bool,
    **values: Any,
) -> None:
    """Write TARGET as the files of a back end. The same input gives the same bytes.

    \b
    Example:
      jetbridge translate examples/penguins.py:pipeline --to argo -o manifests --store s3://bucket/runs
    """
    reject_foreign([backend_name], values)
    settings = backend_settings(
        backend_name,
        normalize_uri(store) if store else default_store(),
        parse_target_version(version, backend_name),
        values,
    )
    if output.exists() and not output.is_dir():
        raise UsageError(f"{str(output)!r} is not a folder", hint="Choose another place with `-o`.")
    loaded = load_target(target, images)
    code = code_of(loaded, files_copy_mode(values["copy"], loaded), settings.store)
    closure = loaded.close(serialization_settings(images, loaded.source_root, code.uri))
    artifact = Engine().translate(closure, backend_name, settings)
    publish(code)
    paths = write_all(output, artifact.files)
    if as_json:
        print_json({"backend": backend_name, "files": [str(path) for path in paths]})
        return
    for path in paths:
        messages().print(f"Wrote {path}")
