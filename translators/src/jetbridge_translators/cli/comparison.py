"""Whether several runs of one workflow gave the same outputs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from jetbridge.store import Store
from jetbridge.types.digest import content_digest
from jetbridge_translators.cli.execution import Execution


@dataclass(frozen=True, slots=True)
class Comparison:
    """Per output whether all runs agree, and each run's digest of the content."""

    equal: Mapping[str, bool]
    digests: Mapping[str, Mapping[str, str]]

    @property
    def all_equal(self) -> bool:
        """Whether every output agrees."""
        return all(self.equal.values())


def compare(store: Store, executions: Sequence[Execution]) -> Comparison:
    """Compares by content: values, bytes of files, rows of tables. Raises `StoreError` when data is gone."""
    digests = {
        output.name: {
            execution.backend: content_digest(store, execution.outputs[output.name]) for execution in executions
        }
        for output in executions[0].plan.outputs
    }
    return Comparison({name: len(set(by.values())) == 1 for name, by in digests.items()}, digests)
