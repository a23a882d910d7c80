"""The fixtures of the tasks service's tests."""

from smartstack_chassis.testing.conformance import sample
from smartstack_tasks.testing import open_sample, open_studio, stranger, studio, tasks

__all__ = ["open_sample", "open_studio", "sample", "stranger", "studio", "tasks"]
