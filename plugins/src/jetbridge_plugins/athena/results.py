"""What Athena leaves in S3 for a statement: one CSV file, whose columns have the types that Athena tells."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

from jetbridge.idl import TypedInterface
from jetbridge.runtime.context import current_context
from jetbridge.types.structured_dataset.libraries import load
from jetbridge_plugins.sql.results import outputs_of
from jetbridge_plugins.sql.rows import ArrowRows

_DECIMAL = re.compile(r"decimal\((\d+),\s*(\d+)\)")
_BLOCK_BYTES = 4 << 20


def outputs(athena: Any, s3: Any, execution: Mapping[str, Any], interface: TypedInterface) -> Any:
    """The task's outputs; nothing is read for a task without outputs."""
    if not interface.outputs.variables:
        return None
    told = athena.get_query_results(QueryExecutionId=execution["QueryExecutionId"], MaxResults=1)
    columns = told["ResultSet"]["ResultSetMetadata"]["ColumnInfo"]
    reader = _reader(s3, execution["ResultConfiguration"]["OutputLocation"], columns) if columns else None
    return outputs_of(ArrowRows(reader), interface, current_context().working_directory)


def _reader(s3: Any, uri: str, columns: list[Mapping[str, Any]]) -> Any:
    """The file as a pyarrow.RecordBatchReader, fetched as it is read."""
    csv, arrow = load("pyarrow.csv"), load("pyarrow")
    place = urlsplit(uri)
    body = s3.get_object(Bucket=place.netloc, Key=place.path.lstrip("/"))["Body"]
    types = {each["Name"]: _type(arrow, each) for each in columns}
    return csv.open_csv(
        arrow.PythonFile(body, mode="r"),
        read_options=csv.ReadOptions(block_size=_BLOCK_BYTES),
        parse_options=csv.ParseOptions(newlines_in_values=True),
        # Athena quotes every value, an empty text too; what is not quoted is NULL.
        convert_options=csv.ConvertOptions(
            column_types=types,
            null_values=[""],
            strings_can_be_null=True,
            quoted_strings_can_be_null=False,
            true_values=["true"],
            false_values=["false"],
        ),
    )


def _type(arrow: Any, column: Mapping[str, Any]) -> Any:
    """The type of a column; what Athena writes as text (arrays, rows, times with a zone) stays text."""
    name = str(column["Type"]).lower()
    if name == "decimal":
        return arrow.decimal128(column.get("Precision") or 38, column.get("Scale") or 0)
    sized = _DECIMAL.fullmatch(name)
    if sized is not None:
        return arrow.decimal128(int(sized[1]), int(sized[2]))
    return _TYPES[name](arrow) if name in _TYPES else arrow.string()


_TYPES: Mapping[str, Callable[[Any], Any]] = {
    **dict.fromkeys(("tinyint", "smallint", "int", "integer", "bigint"), lambda arrow: arrow.int64()),
    **dict.fromkeys(("float", "real", "double"), lambda arrow: arrow.float64()),
    "boolean": lambda arrow: arrow.bool_(),
    "date": lambda arrow: arrow.date32(),
    "timestamp": lambda arrow: arrow.timestamp("us"),
}
