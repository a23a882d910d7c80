"""Percentiles from histogram buckets."""

import bisect
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartstack_ops.telemetry.percentiles import percentile

BOUNDS = [0.005, 0.01, 0.05, 0.1, 0.5, 1.0]
values = st.lists(st.floats(0, 2), min_size=1, max_size=50)
shares = st.floats(0, 1)


def counted(found: list[float], bounds: list[float] = BOUNDS) -> list[int]:
    counts = [0] * (len(bounds) + 1)
    for value in found:
        counts[bisect.bisect_left(bounds, value)] += 1
    return counts


def test_within_a_bucket_values_are_taken_to_lie_evenly() -> None:
    assert percentile(0.5, [0, 10, 20], [0, 0, 100, 0]) == pytest.approx(15)
    assert percentile(0.95, [0, 10, 20], [0, 50, 50, 0]) == pytest.approx(19)


def test_the_last_bucket_ends_at_the_largest_value_or_else_is_not_exaggerated() -> None:
    assert percentile(1, [1.0], [0, 10], largest=4.0) == pytest.approx(4)
    assert percentile(0.99, [1.0], [0, 10]) == 1.0


def test_no_values_have_no_percentile() -> None:
    assert percentile(0.5, BOUNDS, [0] * 7) is None
    assert percentile(0.5, BOUNDS, []) is None


def test_without_bounds_smallest_and_largest_are_all_there_is() -> None:
    assert percentile(0.5, [], [10], 2.0, 4.0) == pytest.approx(3)
    assert percentile(0.5, [], [10]) == 0.0


@given(values, shares, st.booleans())
def test_it_lies_in_the_bucket_of_the_true_one(found: list[float], share: float, known: bool) -> None:
    ends = (min(found), max(found)) if known else (None, None)
    answer = percentile(share, BOUNDS, counted(found), *ends)
    assert answer is not None
    true = sorted(found)[max(0, math.ceil(share * len(found)) - 1)]
    index = bisect.bisect_left(BOUNDS, true)
    low = 0.0 if index == 0 else BOUNDS[index - 1]
    high = BOUNDS[index] if index < len(BOUNDS) else max(*found, BOUNDS[-1])
    assert low - 1e-9 <= answer <= high + 1e-9
    if known:
        assert min(found) <= answer <= max(found)


@given(values, shares, shares)
def test_a_larger_share_is_never_smaller(found: list[float], one: float, other: float) -> None:
    low, high = sorted((one, other))
    first, second = percentile(low, BOUNDS, counted(found)), percentile(high, BOUNDS, counted(found))
    assert first is not None
    assert second is not None
    assert first <= second + 1e-12
