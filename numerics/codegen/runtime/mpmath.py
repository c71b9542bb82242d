"""1 − x² − y² without cancellation, of exported mpmath modules."""

import mpmath


def _one_minus_squares(x, y):
    """1 - x**2 - y**2, rounded once."""
    return mpmath.fsum([1, mpmath.fmul(-x, x, exact=True), mpmath.fmul(-y, y, exact=True)])
