"""What a person has settled once: `jetbridge.toml` with named profiles, and environment variables over it."""
