"""The guide's code runs, and says what happens."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

GUIDE = (Path(__file__).parents[3] / "docs/guide/sql.md").read_text()


def test_the_code_runs() -> None:
    first, second = re.findall(r"```python\n(.*?)```", GUIDE, re.S)
    names: dict[str, Any] = {}
    exec(first, names)  # noqa: S102 -- the guide's own
    exec(second, names)  # noqa: S102
    import pandas as pd

    frame = names["weighed"](mass=4.2).open(pd.DataFrame).all()
    assert frame.to_dict("records") == [{"name": "it's; DROP TABLE birds", "grams": 4200.0}]
    assert names["WAREHOUSE"].connection == "warehouse"


def test_every_task_type_is_named() -> None:
    for word in ("sql_task", "sqlalchemy", "presto", "bigquery_query_job_task"):
        assert f"`{word}`" in GUIDE
