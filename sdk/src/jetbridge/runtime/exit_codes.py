"""The entrypoint's exit codes: they tell an engine the class of a failure.

64 and 65 are left out because Argo's own executor uses them (argo-workflows `workflow/executor`, 3.7 and 4.1).
"""

from __future__ import annotations

DONE = 0
"""The outputs are committed."""
USAGE = 2
"""The entrypoint's arguments cannot be read: a mistake of whoever wrote the command."""
USER_ERROR = 80
"""The user's code failed: another attempt would fail the same way."""
RECOVERABLE = 81
"""The user's code raised `FlyteRecoverableException`: another attempt may succeed, if retries are left."""
SYSTEM = 82
"""Something around the user's code failed (store, conversion, session)."""
