"""What TARGET can name: a file of modules of ours, a package or a folder of FlyteIDL, a file of flytekit's."""
