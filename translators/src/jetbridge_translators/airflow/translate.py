"""From a plan to a DAG file."""

from __future__ import annotations

import re

from jetbridge_translators.airflow.assemble import assemble
from jetbridge_translators.airflow.emit import emit
from jetbridge_translators.airflow.scope import dag_id
from jetbridge_translators.base import Artifact, Settings
from jetbridge_translators.plan.model import Plan


def translate(plan: Plan, settings: Settings) -> Artifact:
    """One DAG file: same plan and settings, same bytes.

    Raises:
        UsageError: no store, or an option's value is wrong.
        TranslationError: everything that Airflow cannot express.
    """
    return Artifact({file_name(plan): emit(assemble(plan, settings)).encode()})


def file_name(plan: Plan) -> str:
    """The DAG file's name.

    Example:
        >>> file_name(Plan(name="penguins.pipeline", description="", inputs=(), nodes=(), outputs=()))
        'penguins_pipeline.py'
    """
    return re.sub(r"\W+", "_", dag_id(plan.name)) + ".py"
