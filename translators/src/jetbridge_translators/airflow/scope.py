"""What the macros of a step mean in an Airflow DAG."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace

from jetbridge.errors import UsageError
from jetbridge_translators.airflow.jinja import OVERWRITE_CACHE, TEMPLATE_ENDINGS, Jinja, Piece, Scope
from jetbridge_translators.base import LowerContext, Settings
from jetbridge_translators.plan.model import Step
from jetbridge_translators.plan.names import dns_label

DAG_ID = "dag-id"
ROOT = "run-root"
FIXED = "inputs."
NUMBER = "number."
KICKOFF = "kickoff"
INDEX = "index"
MAPPED = "mapped."
_DAG_ID = re.compile(r"[\w.-]{1,250}")


def dag_id(workflow: str) -> str:
    """The DAG's id: the workflow's name, where Airflow allows it (`airflow.sdk` `validate_key`)."""
    return workflow if _DAG_ID.fullmatch(workflow) else dns_label(workflow)


def run_root(settings: Settings, names: Mapping[str, str]) -> tuple[Piece, ...]:
    """The folder of a run: below the store, the DAG's id and Airflow's own run id, unless the file is for one run.

    Args:
        settings: The store.
        names: Those of a `LowerContext`.

    Raises:
        UsageError: no store is given, so that tasks could not exchange data.
    """
    if not settings.store:
        raise UsageError(
            "an Airflow DAG needs an object store, through which its tasks exchange their data",
            hint="Give one that every worker reaches: --store s3://bucket/folder",
        )
    if ROOT in names:
        return (names[ROOT],)
    return (f"{settings.store.rstrip('/')}/{names[DAG_ID]}/", Jinja("{{ run_id }}"))


def scope_of(
    step: Step, context: LowerContext, *, expands_dollars: bool, endings: tuple[str, ...] = TEMPLATE_ENDINGS
) -> Scope:
    """The scope of one step; a native override needs nothing else to fill in its texts."""
    return Scope(
        run_root=run_root(context.settings, context.names),
        node_path=step.path,
        args=step.args,
        fixed=_below(FIXED, context.names),
        numbers=frozenset(_below(NUMBER, context.names)),
        index=Jinja(context.names[INDEX]) if INDEX in context.names else None,
        mapped=frozenset(_below(MAPPED, context.names)),
        store=context.settings.store,
        overwrite_cache=OVERWRITE_CACHE in context.names,
        kickoff=context.names.get(KICKOFF, ""),
        expands_dollars=expands_dollars,
        endings=endings,
    )


def of_element(context: LowerContext, mapped: Iterable[str], start: int) -> LowerContext:
    """The context of a task that runs elements of a map, the first of which has the index `start`."""
    index = f"{{{{ ti.map_index + {start} }}}}" if start else "{{ ti.map_index }}"
    return replace(context, names={**context.names, INDEX: index, **{MAPPED + name: "" for name in mapped}})


def _below(prefix: str, names: Mapping[str, str]) -> dict[str, str]:
    return {name.removeprefix(prefix): text for name, text in names.items() if name.startswith(prefix)}
