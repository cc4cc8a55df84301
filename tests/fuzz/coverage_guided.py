"""Coverage-guided fuzzing of the same entries, with atheris (Google's libFuzzer for Python).

    uv sync --all-groups
    python tests/fuzz/coverage_guided.py inputs --seconds 3600 --corpus /tmp/corpus

An exception that is no JetbridgeError stops it and leaves the input in `crash-…`; so does an input that takes more than
ten seconds (`timeout-…`) or 2 GiB (`oom-…`). `python tests/fuzz/coverage_guided.py inputs crash-…` runs one again.
"""

from __future__ import annotations

import argparse
import importlib
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]


def arguments() -> argparse.Namespace:
    """What the command line says."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("entry", help="inputs, run, template, closure, plan, package, binding, times or msgpack")
    parser.add_argument("again", nargs="*", type=Path, help="Inputs to run once instead of fuzzing.")
    parser.add_argument("--seconds", type=int, default=900)
    parser.add_argument("--corpus", type=Path, help="Where inputs that reach new code are kept.")
    return parser.parse_args()


def entry(name: str, atheris: Any) -> Callable[[bytes], None]:
    """The function that is fuzzed; `jetbridge` is instrumented while it is imported, much of it by the first inputs."""
    with atheris.instrument_imports(include=["jetbridge", "jetbridge_translators"], enable_loader_override=False):
        entries = importlib.import_module("tests.fuzz.entries")
        for kind, seed in importlib.import_module("tests.fuzz.seeds").SEEDS.items():
            entries.BYTES[kind](seed)
    if name in entries.TEXTS:
        return lambda data: entries.TEXTS[name](data.decode(errors="surrogateescape"))
    return entries.BYTES[name]


def seeded(corpus: Path, name: str) -> Path:
    """The corpus with a sound input to start from."""
    seeds: dict[str, bytes] = importlib.import_module("tests.fuzz.seeds").SEEDS
    corpus.mkdir(parents=True, exist_ok=True)
    (corpus / "seed").write_bytes(seeds.get(name, b'[n0.o0, json:{"a": 1}, {"b": inputs.n.a[0]}]'))
    return corpus


def main() -> None:
    """Fuzzes one entry until the time is over or it fails."""
    given = arguments()
    sys.path.insert(0, str(ROOT))
    atheris = importlib.import_module("atheris")
    run = entry(given.entry, atheris)
    corpus = seeded(given.corpus or Path(tempfile.mkdtemp(prefix="fuzz-")), given.entry)
    limits = [f"-max_total_time={given.seconds}", "-timeout=10", "-rss_limit_mb=2048", "-max_len=65536"]
    what = [str(path) for path in given.again] or [str(corpus)]
    atheris.Setup([sys.argv[0], *limits, "-print_final_stats=1", *what], run)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
