"""A Spark task's function on this machine, in a real Spark session."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from jetbridge.errors import UsageError
from jetbridge_plugins.spark import session
from jetbridge_plugins.spark.session import store_conf

ROOT = Path(__file__).parents[2]
FRAMES = """
import pandas as pd
import pyarrow as pa
from pyspark.sql import DataFrame
from jetbridge import current_context, task, workflow
from jetbridge_plugins.spark import Spark

HERE = Spark(spark_conf={"spark.sql.shuffle.partitions": "1", "spark.default.parallelism": "1"})


@task
def made() -> pd.DataFrame:
    return pd.DataFrame({"n": [1, 2, 3], "word": ["a", "b", "c"]})


@task(task_config=HERE)
def doubled(frame: DataFrame) -> DataFrame:
    session = current_context().spark_session
    assert session.conf.get("spark.sql.shuffle.partitions") == "1"
    assert session is current_context().get("SPARK_SESSION")
    return frame.selectExpr("n * 2 AS n", "word").coalesce(1)


@task
def summed(frame: pa.Table) -> int:
    return sum(frame.column("n").to_pylist())


@workflow
def frames() -> int:
    return summed(frame=doubled(frame=made()))
"""


def run(target: str, folder: Path, *arguments: str) -> Any:
    program = "from jetbridge.cli.main import main; main()"
    command = [sys.executable, "-c", program, "run", target, "--on", "local", "--json", *arguments]
    environ = {**os.environ, "JETBRIDGE_STORE": str(folder / "store"), "PYTHONWARNINGS": "default"}
    return subprocess.run(command, capture_output=True, text=True, env=environ, check=False)


def test_the_example_runs_here(tmp_path: Path) -> None:
    done = run(f"{ROOT}/examples/hello_spark.py:my_spark", tmp_path, "--input", "partitions=1")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["outputs"] == {"o0": 3.15324}


def test_frames_of_spark_and_of_other_libraries_are_exchanged(tmp_path: Path) -> None:
    (tmp_path / "spark_frames.py").write_text(FRAMES)
    done = run(f"{tmp_path}/spark_frames.py:frames", tmp_path)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["outputs"] == {"o0": 12}


def test_without_java_the_error_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JAVA_HOME", "")
    monkeypatch.setenv("PATH", str(Path(sys.executable).parent))
    done = run(f"{ROOT}/examples/hello_spark.py:my_spark", tmp_path, "--input", "partitions=1")
    assert done.returncode == 1
    assert "Spark needs Java, and there is none: not on PATH" in done.stderr
    assert "openjdk-17-jre-headless" in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stderr.count("Spark needs Java") < 4, "another attempt would find no Java either"


def test_without_pyspark_the_error_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyspark.sql", None)
    monkeypatch.setenv("PYSPARK_GATEWAY_PORT", "1")
    with pytest.raises(UsageError, match="needs pyspark") as caught, session.spark_session({}, {}):
        pass
    assert caught.value.hint == "pip install 'jetbridge-plugins[spark]'"


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        ({}, {}),
        ({"AWS_REGION": "eu-west-1"}, {"fs.s3a.endpoint.region": "eu-west-1"}),
        (
            {"AWS_ENDPOINT_URL": "https://minio:9000", "AWS_DEFAULT_REGION": "here"},
            {
                "fs.s3a.endpoint": "https://minio:9000",
                "fs.s3a.path.style.access": "true",
                "fs.s3a.connection.ssl.enabled": "true",
                "fs.s3a.endpoint.region": "here",
            },
        ),
    ],
)
def test_hadoop_finds_the_store_that_the_task_uses(environ: dict[str, str], expected: dict[str, str]) -> None:
    assert store_conf(environ) == expected
