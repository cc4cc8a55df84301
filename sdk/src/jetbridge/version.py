"""The version of the three distributions, which are released in lockstep."""

VERSION = "0.1.0"
