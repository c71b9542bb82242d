"""The second judge's mathematics: claims as elements of a field of exact polynomials.

It shares no code with `theory`: it reads the checked syntax tree, not SymPy's expression; takes
a complex pole apart as modulus times a unit-circle variable; writes the kernel's derivatives
out by Leibniz' rule and sums series by falling factorials, where SymPy differentiates a
closed form.
"""
