"""Numerical routes, each from a claim to evidence, at points of its domain."""
