"""The first judge's mathematics: SymPy expressions prepared for a cover of the domain.

What `verify.judging.exact` does for the second judge on its polynomials, done again on its own.
"""
