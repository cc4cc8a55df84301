"""`--copy`: the user's code beside the runs in the store, so that tasks find it in an image that lacks it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import cast

import click

from jetbridge.cli.console import messages
from jetbridge.cli.target import Target
from jetbridge.code_bundle import CodeBundle, CopyMode, bundle_uri, publish_bundle
from jetbridge.errors import UsageError
from jetbridge.runtime.unpack import unpack
from jetbridge.store import open_store
from jetbridge_translators import registry
from jetbridge_translators.base import Settings

NONE = "none"
COPY_MODES = ("auto", "all", NONE)


@dataclass(frozen=True, slots=True)
class Code:
    """The code of one target; without a bundle the tasks' images have it.

    Attributes:
        uri: Where tasks find it, known before it is there; empty without a bundle.
    """

    store: str = ""
    bundle: CodeBundle | None = None

    @property
    def uri(self) -> str:
        return bundle_uri(self.store, self.bundle) if self.bundle else ""


def copy_mode(chosen: str | None, backend_name: str, settings: Settings, target: Target) -> str:
    """The mode for a run: what the user chose, or `auto` when tasks run elsewhere and the target has code.

    What a package brings is unpacked for tasks that run here, as `local_root` says.
    """
    is_remote = registry.backend(backend_name).is_remote(settings)
    if chosen and (is_remote or not target.brings_code):
        return chosen
    return "auto" if target.bundle is not None and is_remote else NONE


def files_copy_mode(chosen: str | None, target: Target) -> str:
    """The mode for files: what the user chose, or the code that the target brings."""
    return chosen or ("auto" if target.brings_code else NONE)


def local_root(target: Target, backend_name: str, settings: Settings) -> str:
    """The folder from which tasks of this machine import the target's modules; empty where the path leads to them.

    The code in a package is unpacked until the command ends. Raises `CodeBundleError` when it cannot be.
    """
    if not target.brings_code or target.bundle is None or registry.backend(backend_name).is_remote(settings):
        return target.source_root
    folder = Path(click.get_current_context().with_resource(TemporaryDirectory(prefix="jetbridge-code-")))
    (folder / "bundle").write_bytes(target.bundle("auto").data)
    unpack(folder / "bundle", folder / "code")
    return str(folder / "code")


def code_of(target: Target, mode: str, store: str) -> Code:
    """The code of a target; nothing is written yet.

    Raises:
        UsageError: the target is a package without code.
        CodeBundleError: there is no code to copy, or it cannot be bundled.
    """
    if mode == NONE:
        return Code()
    if target.bundle is None:
        raise UsageError(
            f"--copy {mode} needs Python code, and the target is a package without any",
            hint="Give the Python file instead of the package, or `--copy none` when the image holds the code.",
        )
    return Code(store, target.bundle(cast("CopyMode", mode)))


def publish(code: Code) -> None:
    """Puts the code into the store, unless it is there already, and says so. Raises `StoreError`."""
    if code.bundle is None:
        return
    with messages().status(f"Code: {len(code.bundle.data) / 2**20:.1f} MiB to {code.store}"):  # only on a terminal
        uri = publish_bundle(open_store(), code.store, code.bundle)
    count = len(code.bundle.files)
    messages().print(f"Code: {count} file{'s' if count != 1 else ''} in {uri}")
    if code.bundle.left_out:
        messages().print(f"Not copied, because they are links or no files: {', '.join(code.bundle.left_out)}")
