"""What pytest must not collect: a module that cannot be imported, on purpose."""

collect_ignore = ["lacking.py"]
