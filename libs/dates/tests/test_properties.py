"""What holds for any text: mentions in order, inside the text, in the zone asked for."""

from datetime import datetime
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from smartstack_dates import find_dates

ZONES = [ZoneInfo(name) for name in ("Europe/London", "America/New_York", "Pacific/Auckland", "Asia/Kolkata", "UTC")]
WORDS = """
Could you please send fix update the logo a file by before Friday tomorrow next week end of month the 15th 2/10 10 2
in three days 5pm at noon and or , . ? ! : ; - – — ( ) " ' ’ “ I'll we'll won't isn't is down broken need needs to
Thanks Hi Sam \n \n\n - * 1. 2) > On Mon wrote: -- Best, 🙏 👩‍💻 é e\u0301 \u200b \u202e \ufeff \u00a0 İ ß ﬁ 𝔘 www.x.com
a@b.co $12 31st February 2027-02-30 29/02 99/99 24:00 25:61 0 00 9999 from since until Monday's every today now ago
last January May march sat sun half past six quarter to Christmas EOD two weeks after within 48 hours don't forget
"""

EARLIEST, LATEST = datetime.fromisoformat("1990-01-01"), datetime.fromisoformat("2100-01-01")
MONDAY = datetime.fromisoformat("2026-11-23T09:30")

moments = st.datetimes(EARLIEST, LATEST)
likely_texts = st.lists(st.sampled_from(WORDS.split(" ")), max_size=60).map(" ".join)
texts = likely_texts | st.text(max_size=300)


@given(texts, moments, st.sampled_from(ZONES))
@settings(max_examples=200, deadline=None)
def test_date_mentions_lie_in_order_inside_the_text(text: str, at: datetime, zone: ZoneInfo) -> None:
    mentions = find_dates(text, at.replace(tzinfo=zone), zone)
    ends = [0]
    for mention in mentions:
        assert ends[-1] <= mention.start < mention.end <= len(text)
        assert mention.value.tzinfo is zone
        ends.append(mention.end)
