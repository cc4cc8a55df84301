"""The names of a DAG file: Python variables, and the ids of tasks that Airflow needs beside the workflow's own."""

from __future__ import annotations

import keyword
from collections.abc import Iterable, Sequence


def local(name: str) -> str:
    """A node's name within its group.

    Example:
        >>> local("middle_n1.inner_n0.add")
        'add'
    """
    return name.rpartition(".")[2]


class Variables:
    """A variable for each task and group.

    Args:
        names: The full names of all nodes, such as `middle_n1.add`; each comes before those in it.
        reserved: What the file uses otherwise.
    """

    def __init__(self, names: Sequence[str], reserved: Iterable[str]) -> None:
        self._ids = set(names)
        self._taken = {*reserved, *keyword.kwlist}
        self._own = {local(name) for name in names}
        outer_first = sorted(names, key=lambda name: name.count("."))
        self._of = {name: self._new(name) for name in outer_first}

    def __getitem__(self, name: str) -> str:
        """The variable of a node."""
        return self._of[name]

    def added(self, name: str) -> tuple[str, str]:
        """The id and the variable of a task that the workflow does not have, called `name` where that is free."""
        free = name
        while free in self._ids:
            free += "_"
        self._ids.add(free)
        self._of[free] = self._new(free)
        return free, self._of[free]

    def _new(self, name: str) -> str:
        short, long = local(name), name.replace(".", "_")
        found = next((word for word in (short, long) if self._is_free(word, short)), f"{short}_")
        while not self._is_free(found, short):
            found += "_"
        self._taken.add(found)
        return found

    def _is_free(self, word: str, short: str) -> bool:
        return word not in self._taken and (word == short or word not in self._own)
