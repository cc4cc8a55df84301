"""Tasks in pods of several containers: FlyteIDL's `k8s_pod`, and named pod templates of a cluster."""
