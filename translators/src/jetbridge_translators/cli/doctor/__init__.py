"""`jetbridge doctor`: what must be there for runs, looked at one by one."""
