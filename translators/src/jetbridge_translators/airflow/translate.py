"""From a plan to a DAG file."""

from __future__ import annotations

import re

from jetbridge_translators.airflow.assemble import assemble
from jetbridge_translators.airflow.emit import emit
from jetbridge_translators.airflow.scope import dag_id
from jetbridge_translators.base import Artifact, Settings
from jetbridge_translators.plan.model import Plan


def translate(plan: Plan, settings: Settings, run_root: str = "") -> Artifact:
    """One DAG file: same plan and settings, same bytes.

    Args:
        plan: The workflow.
        settings: The store, the target and the options of this back end.
        run_root: Where the data of the one run lies that the file is for; empty for a file of any number of runs.

    Raises:
        UsageError: no store, or an option's value is wrong.
        TranslationError: everything that Airflow cannot express.
    """
    return Artifact({file_name(plan): emit(assemble(plan, settings, run_root=run_root)).encode()})


def file_name(plan: Plan) -> str:
    """The DAG file's name.

    Example:
        >>> file_name(Plan(name="penguins.pipeline", description="", inputs=(), nodes=(), outputs=()))
        'penguins_pipeline.py'
    """
    return re.sub(r"\W+", "_", dag_id(plan.name)) + ".py"
