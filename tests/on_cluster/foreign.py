"""A package of the real `pyflyte package` whose image holds flytekit and nothing of ours."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

from tests.cluster.paths import default_paths
from tests.on_cluster.foreign_images import flytekit_image
from tests.on_cluster.site import ROOT

SOURCE = ROOT / "tests/compat/foreign_flows.py"
MODULE = "foreign"


def foreign_package(folder: Path, *options: str) -> Path:
    """Makes the image and the package; the package. `options` are further ones of `pyflyte package`."""
    image = flytekit_image({f"{MODULE}.py": SOURCE}, default_paths())
    folder.mkdir(exist_ok=True)
    shutil.copyfile(SOURCE, folder / f"{MODULE}.py")
    command = [str(Path(sys.executable).with_name("pyflyte")), "--pkgs", MODULE, "package", "--image", image]
    subprocess.run([*command, *options, "--output", "p.tgz"], cwd=folder, check=True, capture_output=True)
    return folder / "p.tgz"
