"""A plugin whose library is not installed."""

import nowhere_at_all  # pyright: ignore[reportMissingImports, reportUnusedImport] # noqa: F401
