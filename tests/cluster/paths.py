"""Where the cluster keeps its things: everything lies under one cache folder, nothing in the work tree."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

REPO = Path(__file__).resolve().parents[2]
MODULES = Path(__file__).resolve().parent / "go"


@dataclass(frozen=True)
class Paths:
    """The folders of one user's cluster. `run` is gone after `down`; the others are caches."""

    cache: Path

    @property
    def binaries(self) -> Path:
        """Built programs, one folder per part and hash."""
        return self.cache / "bin"

    @property
    def images(self) -> Path:
        """Root file systems and layers of our images, by hash."""
        return self.cache / "images"

    @property
    def containerd_root(self) -> Path:
        """containerd's image store: kept, so that a warm start imports nothing."""
        return self.cache / "cluster" / "containerd"

    @property
    def run(self) -> Path:
        """All that one run of the cluster writes: state, logs, sockets, keys, etcd and S3 data."""
        return self.cache / "cluster" / "run"

    @property
    def logs(self) -> Path:
        """One log file per part."""
        return self.run / "logs"

    @property
    def pki(self) -> Path:
        """Keys and certificates of this run."""
        return self.run / "pki"

    @property
    def kubeconfig(self) -> Path:
        """The administrator's kubeconfig."""
        return self.run / "kubeconfig"

    @property
    def s3_env(self) -> Path:
        """The S3 credentials and endpoint for programs on the host, as NAME=value lines."""
        return self.run / "s3.env"

    @property
    def buckets(self) -> Path:
        """The folder that versitygw serves: one sub-folder per bucket."""
        return self.run / "s3"

    @property
    def socket(self) -> Path:
        """containerd's socket."""
        return self.run / "containerd" / "containerd.sock"

    @property
    def state(self) -> Path:
        """The JSON file that says what was started."""
        return self.run / "state.json"


def default_paths() -> Paths:
    """`$XDG_CACHE_HOME/jetbridge`, by default `~/.cache/jetbridge`."""
    base = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Paths(cache=Path(base) / "jetbridge")
