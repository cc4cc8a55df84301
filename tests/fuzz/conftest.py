"""`pytest tests/fuzz --hypothesis-profile=long` runs for about an hour; without it the tests take seconds.

The profile is registered here, before pytest reads its name.
"""

from __future__ import annotations

from tests.fuzz.profiles import register

register()
