"""Arithmetics that one expression can be evaluated in: balls, jets, Gaussian rationals, floats."""
