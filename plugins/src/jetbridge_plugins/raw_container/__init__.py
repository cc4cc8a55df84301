"""Programs in images of their own: FlyteIDL's `raw-container` (`ContainerTask`)."""
