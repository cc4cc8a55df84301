"""Completion in shells: a script for each shell, and what it is answered."""
