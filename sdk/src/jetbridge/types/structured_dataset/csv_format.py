"""CSV, by pyarrow: for the libraries that leave it to Arrow."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from jetbridge.types.remote import names_below
from jetbridge.types.structured_dataset.arrow import ArrowLibrary
from jetbridge.types.structured_dataset.checks import check_names
from jetbridge.types.structured_dataset.libraries import load
from jetbridge.types.structured_dataset.parts import FilePart, FrameSource

CSV = "csv"
PART = ".csv"
"""flytekit's name of the one file."""


def csv_parts(source: FrameSource) -> list[str]:
    """The URIs of the files: the one that flytekit writes, or else all that are not hidden."""
    own = [uri for name, uri in names_below(source.context.store, source.uri) if name == PART]
    return own or source.parts()


@dataclass(frozen=True, slots=True)
class CsvFormat:
    """CSV files with a header; types are guessed when they are read, as CSV has none."""

    part: str = PART

    def write(self, data: Any, part: FilePart, library: ArrowLibrary) -> None:
        csv = load("pyarrow.csv")
        if hasattr(data, "num_rows"):
            csv.write_csv(data, part)
            return
        with csv.CSVWriter(part, data.schema) as writer:
            for batch in data:
                writer.write_batch(batch)

    def read(self, source: FrameSource, library: ArrowLibrary) -> Any:
        tables = [_read_part(source, uri) for uri in csv_parts(source)]
        return load("pyarrow").concat_tables(tables, promote_options="permissive")

    def batches(self, source: FrameSource, library: ArrowLibrary, rows: int) -> Iterator[Any]:
        table = load("pyarrow").Table
        for uri in csv_parts(source):
            with source.opened(uri) as part, load("pyarrow.csv").open_csv(part) as reader:
                check_names(reader.schema.names, source.declared)
                for batch in reader:
                    chosen = batch.select(source.columns or batch.schema.names)
                    starts = range(0, chosen.num_rows, rows)
                    yield from (table.from_batches([chosen.slice(start, rows)]) for start in starts)


def _read_part(source: FrameSource, uri: str) -> Any:
    with source.opened(uri) as part:
        table = load("pyarrow.csv").read_csv(part)
    check_names(table.column_names, source.declared)
    return table.select(source.columns) if source.columns else table


CSV_FORMAT = CsvFormat()
