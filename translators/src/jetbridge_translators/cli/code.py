"""`--copy`: the user's code beside the runs in the store, so that tasks find it in an image that lacks it."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from jetbridge.cli.console import messages
from jetbridge.cli.target import Target
from jetbridge.code_bundle import CodeBundle, CopyMode, bundle_uri, make_bundle, publish_bundle
from jetbridge.errors import UsageError
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
    """The mode for a back end: what the user chose, or `auto` when tasks run elsewhere and the target has code."""
    if chosen:
        return chosen
    has_code = bool(target.source_root or target.bundle)
    return "auto" if has_code and registry.backend(backend_name).is_remote(settings) else NONE


def code_of(target: Target, mode: str, store: str) -> Code:
    """The code of a target; nothing is written yet.

    Raises:
        UsageError: the target is a package.
        CodeBundleError: there is no code to copy, or it cannot be bundled.
    """
    if mode == NONE:
        return Code()
    if target.bundle:
        raise UsageError(
            f"the package has its code in {target.bundle!r}, and code inside a package cannot be copied yet",
            hint="Give the Python file instead of the package, or `--copy none` when the image holds the code.",
        )
    if not target.source_root:
        raise UsageError(
            f"--copy {mode} needs Python code, and the target is a package without any",
            hint="Give the Python file instead of the package, or `--copy none` when the image holds the code.",
        )
    return Code(store, make_bundle(Path(target.source_root), cast("CopyMode", mode), sys.modules))


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
