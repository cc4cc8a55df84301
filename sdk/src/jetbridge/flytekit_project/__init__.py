"""Python files that were written for flytekit, packaged by flytekit itself in a process of its own."""
