"""What Jetbridge costs, measured beside what a user would have written without it, in the same run."""
