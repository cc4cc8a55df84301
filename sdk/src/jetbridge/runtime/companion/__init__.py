"""`jetbridge-companion`: an attempt of a task whose image is not ours.

The task's own container runs the task's own program, and nothing of ours but a launcher of some kilobytes. The
companion is a container of our image beside it, in the same pod. It does what `jetbridge-execute` does around the
user's function: it resolves the bindings, looks into the cache, leaves the inputs where the program wants them, waits
for its end, reads what it left, commits, and says how the task's container has to end (`exchange`).

Without a folder to share, the program is a child process of the companion: so it runs on a laptop.
"""
