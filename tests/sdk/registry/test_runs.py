"""Runs by name, on both databases."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, create_engine, inspect

from jetbridge.errors import UsageError
from jetbridge.registry import database
from jetbridge.registry.database import REVISION, open_registry
from jetbridge.registry.runs import FAILED, SUCCEEDED, RecordedRun, find_run, record_run, recorded_runs, run_named

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
RUN = RecordedRun(
    name="shop-sell-1a2b",
    workflow="shop.sell",
    backend="argo",
    run_root="s3://bucket/runs/shop-sell-1a2b",
    project="shop",
    domain="production",
    version="v1",
    target="shop/production/shop.sell@v1",
    started_by="me@here",
    started_at=NOW,
)


def test_a_run_comes_back_as_it_was_recorded(engine: Engine) -> None:
    with engine.begin() as connection:
        record_run(connection, RUN)
        assert find_run(connection, RUN.name) == RUN
        assert find_run(connection, "other") is None


def test_its_end_is_the_same_run(engine: Engine) -> None:
    ended = replace(RUN, state=FAILED, error="no luck", ended_at=NOW + timedelta(seconds=2))
    with engine.begin() as connection:
        record_run(connection, RUN)
        record_run(connection, ended)
        assert recorded_runs(connection) == (ended,)


def test_the_latest_come_first_and_can_be_chosen(engine: Engine) -> None:
    later = replace(RUN, name="b", backend="local", workflow="shop.buy", started_at=NOW + timedelta(seconds=1))
    done = replace(RUN, name="c", workflow="x_sell", state=SUCCEEDED, started_at=NOW + timedelta(seconds=2))
    with engine.begin() as connection:
        for run in (later, RUN, done):
            record_run(connection, run)
        assert recorded_runs(connection) == (done, later, RUN)
        assert recorded_runs(connection, limit=1) == (done,)
        assert recorded_runs(connection, workflow="sell") == (RUN,), "the last part of a dotted name"
        assert recorded_runs(connection, workflow="shop.buy") == (later,)
        assert recorded_runs(connection, backend="argo", state=SUCCEEDED) == (done,)


def test_an_unknown_name_has_a_hint(engine: Engine) -> None:
    with engine.begin() as connection:
        record_run(connection, RUN)
        with pytest.raises(UsageError) as near:
            run_named(connection, "shop-sell-1a2c")
        with pytest.raises(UsageError) as far:
            run_named(connection, "zzz")
    assert near.value.hint == "Did you mean 'shop-sell-1a2b'?"
    assert "jetbridge runs" in far.value.hint


def migrations() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(database.__file__).parent / "migrations"))
    return config


def test_the_newest_migration_is_the_one_that_opens() -> None:
    assert ScriptDirectory.from_config(migrations()).get_current_head() == REVISION


def test_a_registry_of_the_first_release_is_brought_up_to_date(url: str) -> None:
    config, old = migrations(), create_engine(url)
    with old.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
        assert not inspect(connection).has_table("runs")
    old.dispose()
    with open_registry(url) as engine, engine.begin() as connection:
        record_run(connection, RUN)
        assert find_run(connection, RUN.name) == RUN
