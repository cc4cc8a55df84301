"""The reference: processes of this machine."""

from tests.conformance.profile import Profile, Way

PROFILE = Profile(reference=True, ways=(Way(name="local"),))
