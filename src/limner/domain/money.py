"""Money, in whole micro-dollars: 1,000,000 are one US dollar."""

from __future__ import annotations

from decimal import ROUND_CEILING, Decimal
from typing import NewType

Micros = NewType("Micros", int)

DOLLAR = 1_000_000


def dollars(amount: Decimal | int | float | str) -> Micros:
    """This many dollars, rounded up to a whole micro-dollar: an estimate never falls short by rounding."""
    return Micros(int((Decimal(str(amount)) * DOLLAR).to_integral_value(ROUND_CEILING)))


def spell(amount: int) -> str:
    """As members read it: `$1.20`; below ten cents with the digits that matter, `$0.006`; never `$0.00` for a cost."""
    value = Decimal(amount) / DOLLAR
    if amount == 0 or abs(value) >= Decimal("0.1"):
        return f"${value:.2f}"
    if abs(value) >= Decimal("0.01"):
        return f"${value:.3f}".removesuffix("0")
    return f"${max(value, Decimal('0.0001')):.4f}".rstrip("0")
