"""Formulas, sentences and derivations as text, LaTeX, HTML and PDF."""
