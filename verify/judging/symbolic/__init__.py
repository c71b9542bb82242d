"""The first judge's mathematics: SymPy expressions prepared for a cover of the domain.

What `verify.judging.exact` does for the second judge on its polynomials is done again on its own:
charts, atlases and angles of SymPy's expressions. The two share the parser of expressions and the
sign covers with their boxes and jets, and take the claim's meaning for granted; see there.
"""
