"""Which branch a value comes from: each decision is made once for all bindings of a run, however they build on another.

Names that a `let(…)` defines are decided when they are needed: what a branch that was not taken compares may never have
been made. A long chain of decisions is a loop here, so that its length is not that of Python's stack.
"""

from __future__ import annotations

from typing import TypeAlias

from jetbridge.bindings import Bind, Choice, Let, OutputRef, follow
from jetbridge.errors import BindingError
from jetbridge.runtime.conditions import Resolve, holds

_Name: TypeAlias = tuple[str, str]


class _UndecidedError(Exception):
    """A decision needs that of `name` first."""

    def __init__(self, name: _Name) -> None:
        super().__init__(name)
        self.name = name


class Decisions:
    """The decisions that the bindings of one run need.

    Args:
        resolve: The literal of a binding, for a type.
    """

    def __init__(self, resolve: Resolve) -> None:
        self._resolve = resolve
        self._defined: dict[_Name, Bind] = {}
        self._decided: dict[_Name, Bind] = {}
        self._deciding = False

    def source(self, bind: Bind) -> Bind:
        """Where a value comes from: no choice, and no name that is defined. Raises `BindingError` for no value."""
        while True:
            try:
                return self._source(bind)
            except _UndecidedError as undecided:
                if self._deciding:
                    raise
                self._decide(undecided.name)

    def _decide(self, name: _Name) -> None:
        waiting = {name: None}
        self._deciding = True
        try:
            while waiting:
                self._try(next(reversed(waiting)), waiting)
        finally:
            self._deciding = False

    def _try(self, name: _Name, waiting: dict[_Name, None]) -> None:
        """Decides a name that nobody waits for in vain any more, or puts what it needs on top."""
        try:
            self._decided[name] = self._source(self._defined[name])
            del waiting[name]
        except _UndecidedError as undecided:
            if undecided.name in waiting:
                message = f"{'.'.join(undecided.name)} is defined by itself"
                raise BindingError(message, hint="Translate the workflow again.") from None
            waiting[undecided.name] = None

    def _source(self, bind: Bind) -> Bind:
        while True:
            match bind:
                case Let():
                    self._defined.update({(each.node, each.var): each.bind for each in bind.definitions})
                    bind = bind.value
                case Choice():
                    bind = self._taken(bind)
                case OutputRef() if (bind.node, bind.var) in self._defined:
                    bind = follow(self._known((bind.node, bind.var)), bind.attr_path)
                case _:
                    return bind

    def _known(self, name: _Name) -> Bind:
        if name not in self._decided:
            raise _UndecidedError(name)
        return self._decided[name]

    def _taken(self, bind: Choice) -> Bind:
        holding = (then for condition, then in bind.cases if holds(condition, self._resolve))
        taken = next(holding, bind.otherwise)
        if taken is None:
            raise BindingError("no branch was taken, so there is no value", hint="End the condition with an else.")
        return taken
