"""What is not collected here: the project of a user of flytekit, of which the packages were made."""

collect_ignore = ["packages"]
