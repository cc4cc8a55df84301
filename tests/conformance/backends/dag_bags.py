"""Imports each folder below FOLDER with Airflow, as its DAG processor does, and prints the problems as JSON."""

# pyright: basic
# Airflow is typed in part only.

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Iterator
from pathlib import Path


def problems(folder: Path) -> Iterator[str]:
    from airflow.dag_processing.dagbag import DagBag
    from airflow.serialization.serialized_objects import DagSerialization

    bag = DagBag(dag_folder=str(folder))
    for path, text in bag.import_errors.items():
        yield f"{_place(path)}: {text}"
    for path, warnings in bag.captured_warnings.items():
        yield from (f"{_place(path)}: {warning}" for warning in warnings)
    for dag in bag.dags.values():
        DagSerialization.to_dict(dag)
    missing = len(list(folder.rglob("*.py"))) - len(bag.dags)
    if missing:
        yield f"{folder.name}: {missing} files hold no DAG"


def _place(path: str) -> str:
    return " ".join([Path(path).parent.name, Path(path).parent.parent.name])


if __name__ == "__main__":
    logging.disable(logging.CRITICAL)
    found = [problem for folder in sorted(Path(sys.argv[1]).iterdir()) for problem in problems(folder)]
    sys.stdout.write(f"\n{json.dumps(found)}\n")
