"""The history of the registry's tables, for Alembic."""
