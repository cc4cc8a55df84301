"""One hop of one file, in a process that does nothing else: `python -m benchmarks.huge_file SOURCE STORE FOLDER`.

What was read is deleted at once, so that the disk needs room for one stored and one read copy only.
"""

from __future__ import annotations

import sys
from pathlib import Path

from benchmarks.hops import Place, file_by_jetbridge

if __name__ == "__main__":
    source, store, folder = sys.argv[1:]
    file_by_jetbridge(Place(Path(folder), store), Path(source))
