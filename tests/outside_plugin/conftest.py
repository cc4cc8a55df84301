"""The package is not installed here: its modules are imported by processes that have it."""

collect_ignore_glob = ["src/*"]
