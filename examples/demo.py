"""`make demo`: the main job on real data, with the commands a user would type."""

import shlex
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).parent
WORKFLOW = "examples/penguins.py:pipeline"


def main() -> int:
    """Packages, translates, runs on two back ends, and compares."""
    build = HERE.parent / "build" / "demo"
    shutil.rmtree(build, ignore_errors=True)
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="jetbridge-demo-") as store:
        status = run_all(steps(build.relative_to(HERE.parent), store))
    print(f"\nThe files are in {build.relative_to(HERE.parent)}. Done in {time.monotonic() - started:.0f} s.")
    return status


def steps(build: Path, store: str) -> list[tuple[str, str]]:
    """What each command is for, and the command."""
    package = build / "penguins.tgz"
    return [
        ("Package the workflow as FlyteIDL", f"jetbridge package {WORKFLOW} -o {package}"),
        (
            "Translate it to Argo Workflows",
            f"jetbridge translate {WORKFLOW} --to argo -o {build}/argo --store s3://demo",
        ),
        (
            "Translate it to Airflow",
            f"jetbridge translate {WORKFLOW} --to airflow -o {build}/airflow --store s3://demo",
        ),
        (
            "Run it here and as a real Airflow DAG run, and compare every output",
            f"jetbridge compare {WORKFLOW} --on local,airflow --containers process --store {store}",
        ),
    ]


def run_all(commands: list[tuple[str, str]]) -> int:
    """Runs commands one after the other; the first that fails ends it."""
    for number, (purpose, command) in enumerate(commands, 1):
        print(f"\n[{number}/{len(commands)}] {purpose}\n$ {command}", flush=True)
        status = subprocess.run(shlex.split(command), cwd=HERE.parent, check=False).returncode
        if status:
            return status
    return 0


if __name__ == "__main__":
    sys.exit(main())
