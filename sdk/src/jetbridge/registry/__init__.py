"""The registry: FlyteIDL entities in a database, by project, domain, name and version. A version never changes."""
