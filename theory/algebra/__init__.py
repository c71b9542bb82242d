"""Algebra that SymPy lacks or gets wrong: conjugates, phases, leading terms, proofs of 0."""
