"""The second judge's mathematics: claims as elements of a field of exact polynomials.

It derives nothing with `theory`: it reads the checked syntax tree, not SymPy's expression; takes
a complex pole apart as modulus times a unit-circle variable; writes the kernel's derivatives
out by Leibniz' rule and sums series by falling factorials, where SymPy differentiates a
closed form. An equality that both judges prove is proved twice.

A sign on a domain it certifies by exact coefficients of one sign (`Field.sign`), a way of its own.
With the first judge it shares the parser of expressions, which decides what a claim says, and,
where such coefficients do not settle a sign, the sign covers (`verify.judging.covers`: boxes, jets
in ball arithmetic). A bound that both prove by a cover rests twice on those. Both take the claim's
meaning for granted (`verify.judging.obligations`): it is certain, or nothing is proved.
"""
