"""A step of a derivation, and how it is checked."""
