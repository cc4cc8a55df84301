"""Decisions that build on another: made once, only when they are needed, and to any depth."""

from __future__ import annotations

from pathlib import Path

import pytest

from jetbridge.errors import BindingError
from tests.sdk.runtime.test_run_data import INTEGER, Run, integer, integers


@pytest.fixture
def run(tmp_path: Path) -> Run:
    return Run(tmp_path)


def _chain(length: int) -> str:
    """`n1.o0` compares `n0.o0`, and each of the others the one before, twice."""
    parts = [
        f"n{at}.o0 = if(lt(integer, n{at - 1}.o0, json:0), n{at}/n0.o0, gt(integer, n{at - 1}.o0, json:9), "
        f"n{at}/n1.o0, n{at}/n2.o0)"
        for at in range(1, length + 1)
    ]
    return f"let({', '.join(parts)}, n{length}.o0)"


def test_a_long_chain_is_decided(run: Run) -> None:
    run.commit("n0", o0=integer(5))
    for at in range(1, 601):
        run.commit(f"n{at}/n2", o0=integer(5))
    assert run.value(_chain(600)) == 5


def test_a_name_has_attributes(run: Run) -> None:
    run.commit("n0", o0=integer(1))
    run.commit("n1/n0", o0=integers(7, 8))
    choice = "if(eq(integer, n0.o0, json:1), n1/n0.o0, n1/n1.o0)"
    assert run.value(f"let(n1.o0 = {choice}, n1.o0[1])") == 8
    assert run.value(f"let(n1.o0 = {choice}, n1.o0)[0]") == 7
    assert run.value(f"let(n1.o0 = {choice}, let(n2.o0 = n1.o0[1], n2.o0))") == 8


def test_what_was_not_taken_is_not_decided(run: Run) -> None:
    """The branch `n2` stands in a workflow that did not run: what it compares was never made."""
    run.commit("n0", o0=integer(1))
    run.commit("n1/n1", o0=integer(4))
    lost = "n1/n0/n2.o0 = if(eq(integer, n1/n0/n0.o0, json:1), n1/n0/n2/n0.o0, n1/n0/n2/n1.o0)"
    assert run.value(f"let({lost}, if(eq(integer, n0.o0, json:0), n1/n0/n2.o0, n1/n1.o0))") == 4


def test_an_input_of_a_workflow_has_a_name(run: Run) -> None:
    run.commit("n0", o0=integer(3))
    text = "let(n1/.x = let(n0.o1 = n0.o0, n0.o1), if(lt(integer, n1/.x, json:2), n1/.x, gt(integer, n1/.x, json:2), "
    assert run.value(f"{text}n1/.x, json:9))") == 3


def test_what_is_defined_by_itself_is_said(run: Run) -> None:
    run.commit("n0", o0=integer(3))
    with pytest.raises(BindingError, match="is defined by itself"):
        run.value("let(n1.o0 = if(eq(integer, n2.o0, json:1), n0.o0, n0.o0), n2.o0 = n1.o0, n2.o0)", INTEGER)


def test_a_map_over_a_namedintegers(run: Run) -> None:
    run.commit("n0", o0=integer(1))
    run.commit("n1/n0", o0=integers(7, 8))
    for index in range(2):
        run.commit(f"n2/{index}", o0=integer(index))
    choice = "if(eq(integer, n0.o0, json:1), n1/n0.o0, n1/n1.o0)"
    assert run.value(f"let(n1.o0 = {choice}, each(n1.o0, n2.o0)[1])") == 1
