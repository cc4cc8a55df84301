"""Random workflows, deep and wide, written with the SDK."""
