"""What may lie beside the files of inputs: FlyteIDL's `DataLoadingConfig.LiteralMapFormat`."""

JSON, YAML, PROTO = "json", "yaml", "proto"
FORMATS = (JSON, YAML, PROTO)
