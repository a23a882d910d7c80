"""The grammar of English dates: tokens, clock times, days, periods and holidays.

Hand-written recursive descent over tokens, so a phrase is read only where a rule says so; nothing is guessed
from words that merely resemble a date. :mod:`smartstack_ai.engines.offline.dates` is the way in.
"""
