"""A real one-node Kubernetes with Argo Workflows and an S3 gateway, built and started from package registries.

`python3 -m tests.cluster up` needs only a Python >= 3.11 with its standard library, Go and a Debian-like
Linux with root. Nothing here is a mock: every part is the released program, built from its own module.
"""
