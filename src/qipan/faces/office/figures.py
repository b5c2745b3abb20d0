"""Printed figures that add up, as pages use them; the rounding itself is `qipan.assessment.printing`."""

from qipan.assessment.printing import DECIMALS, Parts, balanced, columns_shared, printed_rows, printed_total, total

__all__ = ["DECIMALS", "Parts", "balanced", "columns_shared", "printed_rows", "printed_total", "total"]
