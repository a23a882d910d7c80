"""Conformance of every service, checked from outside: its tables and its OpenAPI operations are enumerated.

A service's tests subclass these classes, and name the service and good bodies; a new table or endpoint is then covered
without being named. The classes ask for two fixtures: `open_sample` opens a workspace with a row in every table, and
`sample` is one that the tests of a module share.
"""

import pytest

from smartstack_chassis.testing.conformance.consumers import ConsumerConformance
from smartstack_chassis.testing.conformance.database import failing_commits, statements
from smartstack_chassis.testing.conformance.operations import CHANGING, OpenSample, Operation, Sample, call, operations
from smartstack_chassis.testing.conformance.promises import CommitConformance
from smartstack_chassis.testing.conformance.schema import HistoryConformance, SchemaConformance, check_models
from smartstack_chassis.testing.conformance.tenancy import (
    ForeignConformance,
    TableConformance,
    TenancyConformance,
    TokenConformance,
)


@pytest.fixture(scope="module")
async def sample(open_sample: OpenSample) -> Sample:
    """A workspace with a row in every table, for the tests of a module that only read it."""
    return await open_sample()


__all__ = [
    "CHANGING",
    "CommitConformance",
    "ConsumerConformance",
    "ForeignConformance",
    "HistoryConformance",
    "OpenSample",
    "Operation",
    "Sample",
    "SchemaConformance",
    "TableConformance",
    "TenancyConformance",
    "TokenConformance",
    "call",
    "check_models",
    "failing_commits",
    "operations",
    "sample",
    "statements",
]
