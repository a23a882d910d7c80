"""Finds personal data in text and masks it: for good before it is logged, reversibly before it leaves.

    mask("write to ann@example.com")       -> "write to [email]"
    masking = Masking()
    masking.hide("write to ann@example.com")   -> "write to [email 1]"
    masking.reveal("ask [email 1]")            -> "ask ann@example.com"

What counts: e-mail addresses, phone numbers, IBANs and card numbers whose check digits are right, US social security
numbers, IP addresses, and keys and tokens that speak for themselves. Names and postal addresses are not found: no rule
separates them from other words. Standard library only.
"""

from smartstack_redaction.find import Found, Kind, find
from smartstack_redaction.masking import Masking, mask, mask_all

__all__ = ["Found", "Kind", "Masking", "find", "mask", "mask_all"]
