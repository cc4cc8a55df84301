"""Tables and files from task to task, beside pyarrow and a plain copy of the same bytes on the same disk.

One hop is what two tasks do: the first one's output goes to the store (`to_literal`), the second one reads its input
(`to_python`, and for a file its download). By hand a hop is pyarrow's write and read of a file, or two copies.
Throughputs count the payload once. With --store s3://BUCKET/FOLDER a file's hop is beside one plain
PUT and GET of HTTP.

Examples:
  python -m benchmarks.dataplane
  python -m benchmarks.dataplane --huge 10 --only huge     # 10 GiB under 200 MiB of memory
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

from benchmarks.frame_hops import frame_by_jetbridge, frame_by_pandas, frame_by_pyarrow, table
from benchmarks.hops import (
    Hop,
    Place,
    copy_by_chunks,
    delete_below,
    file_by_copy,
    file_by_http,
    file_by_jetbridge,
    write_random,
    write_sparse,
)
from benchmarks.options import main, parser
from benchmarks.process import Command
from benchmarks.report import Comparison, Figure, Report, compare
from benchmarks.rounds import interleaved
from jetbridge.store import normalize_uri

MIB = 2**20
KINDS = ("frame", "file", "huge")
WANTED = 0.9
LITTLE_MEMORY = 200.0


def measure(options: argparse.Namespace) -> Report:
    """All figures, from one run."""
    with tempfile.TemporaryDirectory(prefix="jetbridge-bench-", dir=options.folder) as name:
        place = Place(Path(name), f"{options.store}/{Path(name).name}" if options.store else normalize_uri(name))
        try:
            parts = [_KINDS[kind](place, options) for kind in options.only]
        finally:
            if options.store:
                delete_below(place.store)
    return Report(
        f"Data from task to task, store {options.store or 'on the same disk'}",
        [figure for part in parts for figure in part.figures],
        [comparison for part in parts for comparison in part.comparisons],
        ["The disk's cache stays warm and nothing waits for the disk: what is compared is work, not the disk."],
    )


def _frame(place: Place, options: argparse.Namespace) -> Report:
    frame = table(options.frame * MIB)
    cases: dict[str, Callable[[], Hop]] = {
        "DataFrame by Jetbridge": partial(frame_by_jetbridge, place, frame),
        "DataFrame by pandas": partial(frame_by_pandas, place, frame),
        "DataFrame by pyarrow": partial(frame_by_pyarrow, place, frame),
    }
    return _throughputs(cases, options.repeats, float(frame.memory_usage(index=True).sum()))


def _file(place: Place, options: argparse.Namespace) -> Report:
    source = place.folder / "source.bin"
    write_random(source, options.file * MIB)
    ours: dict[str, Callable[[], Hop]] = {"file by Jetbridge": partial(file_by_jetbridge, place, source)}
    cases = ours | (_bucket_cases(place, source) if place.store.startswith("s3://") else _disk_cases(place, source))
    return _throughputs(cases, options.repeats, float(source.stat().st_size))


def _disk_cases(place: Place, source: Path) -> dict[str, Callable[[], Hop]]:
    return {
        "file by a copy through memory": partial(file_by_copy, place, source, copy_by_chunks),
        "file by the kernel's copy": partial(file_by_copy, place, source, shutil.copyfile),
    }


def _bucket_cases(place: Place, source: Path) -> dict[str, Callable[[], Hop]]:
    return {"file by plain HTTP": partial(file_by_http, place, source)}


def _throughputs(cases: Mapping[str, Callable[[], Hop]], repeats: int, size: float) -> Report:
    hops = interleaved(cases, repeats)
    halves: Mapping[str, Callable[[Hop], float]] = {
        "hop": lambda hop: hop.write + hop.read,
        "write": lambda hop: hop.write,
        "read": lambda hop: hop.read,
    }
    found = {
        what: {
            case: Figure(case, f"{what} throughput", "MiB/s", [size / MIB / seconds(hop) for hop in some])
            for case, some in hops.items()
        }
        for what, seconds in halves.items()
    }
    ours, *others = cases
    return Report(
        "",
        [figure for some in found.values() for figure in some.values()],
        [
            compare(found[what][ours], found[what][other], statistic="median", at_least=bound)
            for what, bound in (("hop", WANTED), ("write", None), ("read", None))
            for other in others
        ],
    )


def _huge(place: Place, options: argparse.Namespace) -> Report:
    """One hop of a very large file in a process of its own, whose memory is what counts."""
    source = place.folder / "huge.bin"
    write_sparse(source, options.huge * 2**30)
    hop = [sys.executable, "-m", "benchmarks.huge_file", str(source), place.store, str(place.folder)]
    use = Command(hop).run()
    source.unlink()
    case = f"file of {options.huge} GiB"
    peak = Figure(case, "peak memory", "MiB", [use.peak / MIB])
    figures = [peak, Figure(case, "hop throughput", "MiB/s", [options.huge * 1024 / use.wall])]
    return Report("", figures, [Comparison(f"MiB at the peak: {case}", peak.of("min"), at_most=LITTLE_MEMORY)])


_KINDS: Mapping[str, Callable[[Place, argparse.Namespace], Report]] = {"frame": _frame, "file": _file, "huge": _huge}


def _bucket(text: str) -> str:
    if not text.startswith("s3://"):
        raise argparse.ArgumentTypeError("must be s3://BUCKET/FOLDER")
    return text.rstrip("/")


def options() -> argparse.ArgumentParser:
    """The command line."""
    made = parser("dataplane", __doc__, repeats=5)
    made.add_argument("--frame", type=int, default=200, metavar="MIB", help="size of the table (default: 200)")
    made.add_argument("--file", type=int, default=1024, metavar="MIB", help="size of the file (default: 1024)")
    made.add_argument("--huge", type=int, default=10, metavar="GIB", help="size of the huge file (default: 10)")
    made.add_argument("--only", nargs="+", choices=KINDS, default=["frame", "file"], help="what to measure")
    made.add_argument("--store", type=_bucket, help="s3://BUCKET/FOLDER (default: a folder on the same disk)")
    made.add_argument("--folder", default=None, help="a folder on the disk to use (default: the temporary one)")
    return made


if __name__ == "__main__":
    sys.exit(main(options(), measure))
