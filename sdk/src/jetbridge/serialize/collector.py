"""Gathers what is wrong, so that an author sees all of it at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import TypeVar

from jetbridge.errors import CompileError, JetbridgeError, Location, Problem, ProblemsError
from jetbridge.graph import Graph
from jetbridge.source import build_problem, relative_to
from jetbridge.workflow import AnyWorkflow

T = TypeVar("T")


class Collector:
    """Problems of one compilation.

    Args:
        title: The first line of the error.
        source_root: Lines are shown relative to it.

    Attributes:
        failed: Whether an action failed, so that its result is missing.
    """

    def __init__(self, title: str, source_root: str) -> None:
        self.title = title
        self.source_root = source_root
        self.problems: list[Problem] = []
        self.failed = False
        self._graphs: dict[str, Graph | None] = {}

    def graph(self, workflow: AnyWorkflow) -> Graph | None:
        """The graph of a workflow, built once; None when it cannot be, and then the problem is kept."""
        if workflow.name not in self._graphs:
            self._graphs[workflow.name] = self.attempt(workflow.location, lambda: workflow.graph)
        return self._graphs[workflow.name]

    def attempt(self, location: Location | None, action: Callable[[], T]) -> T | None:
        """The result of an action; None when it failed, and then the problem is kept."""
        try:
            return action()
        except ProblemsError as error:
            self.add(error.problems)
        except JetbridgeError as error:
            lines = error.message.splitlines()
            self.add(
                Problem(code="InvalidInterface", message=line, location=location, hint=error.hint) for line in lines
            )
        except Exception as error:  # the author's own code failed while the workflow was built
            self.add([build_problem(error, location)])
        self.failed = True
        return None

    def add(self, problems: Iterable[Problem]) -> None:
        """Keeps problems that are not known yet."""
        shown = [self._relative(problem) for problem in problems]
        self.problems.extend(problem for problem in shown if problem not in self.problems)

    def error(self) -> CompileError:
        """All problems, in the order of the author's lines."""
        return CompileError(self.title, sorted(self.problems, key=_order))

    def raise_if_any(self) -> None:
        """Raises `CompileError` when there are problems."""
        if self.problems:
            raise self.error()

    def _relative(self, problem: Problem) -> Problem:
        if problem.location is None:
            return problem
        return replace(problem, location=relative_to(problem.location, self.source_root))


def _order(problem: Problem) -> tuple[str, int]:
    return ("", 0) if problem.location is None else (problem.location.file, problem.location.line)
