"""T3: the graph that a back end's files hold, to be compared with that of the plan."""
