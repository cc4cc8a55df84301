"""Workflows with shell tasks."""

from __future__ import annotations

from jetbridge import task, workflow
from jetbridge_shell.task import ShellTask

greet = ShellTask(
    "flows.greet",
    "printf '%s' {inputs.name} | tee {outputs.text} | wc -c > {outputs.size}; echo $MOOD > {outputs.mood}",
    {"name": str},
    {"text": str, "size": int, "mood": str},
    environment={"MOOD": "{{glad}}"},
)
fail = ShellTask("flows.fail", "exit 3")


@task
def double(n: int) -> int:
    return 2 * n


@workflow
def greeted(name: str = "it's $(HOME) {{inputs.parameters.x}} ü") -> tuple[str, int, str]:
    text, size, mood = greet(name=name)
    return text, double(n=size), mood


@workflow
def broken() -> None:
    fail()
