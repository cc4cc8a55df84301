"""Airflow's parse of DAG files: `python -m benchmarks.dag_parse FOLDER REPEATS` prints seconds for each file as JSON.

A process of its own, because Airflow reads its settings when it is imported. The file is loaded as Airflow's own
`airflow.dag_processing` does it, with cached bytecode; the first time, which imports the operators, is not counted.
"""

from __future__ import annotations

import json
import os
import sys
import time
from functools import partial
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader
from pathlib import Path

from benchmarks.rounds import interleaved


def parse(path: Path) -> float:
    """CPU seconds to run a DAG file."""
    started = time.process_time()
    loader = SourceFileLoader(f"unusual_prefix_{path.stem}", str(path))
    spec = spec_from_loader(loader.name, loader)
    if spec is not None:
        loader.exec_module(module_from_spec(spec))
    return time.process_time() - started


def main(folder: str, repeats: str) -> None:
    """Parses all files of a folder in turn."""
    os.environ.update(AIRFLOW_HOME=folder, AIRFLOW__CORE__LOAD_EXAMPLES="False")
    files = sorted(Path(folder).glob("*.py"))
    seconds = interleaved({file.name: partial(parse, file) for file in files}, int(repeats))
    sys.stdout.write("\n" + json.dumps(seconds) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
