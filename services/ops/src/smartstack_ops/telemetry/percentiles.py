"""Percentiles of a histogram that knows only how many values fell between its bounds. Pure."""

from collections.abc import Sequence


def percentile(
    share: float,
    bounds: Sequence[float],
    counts: Sequence[int],
    smallest: float | None = None,
    largest: float | None = None,
) -> float | None:
    """Return the value below which `share` (0 to 1) of all values lie; None when there are none.

    `counts` has one entry more than `bounds`: bucket i holds what is above bound i-1 and at most bound i. The bucket in
    which the rank falls is found by adding up, and within it values are taken to lie evenly, so that the answer is
    interpolated between its bounds. The first bucket begins at `smallest` where that is known, else at 0 or the first
    bound, whichever is less; the last one ends at `largest`, and where that is not known the answer is the last bound:
    the least that it can be. `smallest` and `largest` also narrow the answer down.
    """
    total = sum(counts)
    if total == 0 or len(counts) != len(bounds) + 1:
        return None
    rank, below = share * total, 0.0
    for index, count in enumerate(counts):
        if count and below + count >= rank:
            low, high = _ends(index, bounds, smallest, largest)
            return _within(low + (high - low) * (rank - below) / count, smallest, largest)
        below += count
    return _within(_ends(len(bounds), bounds, smallest, largest)[1], smallest, largest)


def _ends(index: int, bounds: Sequence[float], smallest: float | None, largest: float | None) -> tuple[float, float]:
    if not bounds:
        low = smallest if smallest is not None else 0.0
        return low, largest if largest is not None else low
    first = min(0.0, bounds[0]) if smallest is None else min(smallest, bounds[0])
    last = bounds[-1] if largest is None else max(largest, bounds[-1])
    low = first if index == 0 else bounds[index - 1]
    high = last if index == len(bounds) else bounds[index]
    return low, high


def _within(value: float, smallest: float | None, largest: float | None) -> float:
    if smallest is not None:
        value = max(value, smallest)
    if largest is not None:
        value = min(value, largest)
    return value
