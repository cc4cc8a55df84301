"""Verbs that work with the registry; loaded only where its libraries are installed."""
