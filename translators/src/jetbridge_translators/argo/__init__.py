"""The Argo Workflows back end."""
