"""The fixtures of the comms service's tests."""

from smartstack_chassis.testing.conformance import sample
from smartstack_comms.testing import comms, open_sample, open_studio, stranger, studio

__all__ = ["comms", "open_sample", "open_studio", "sample", "stranger", "studio"]
