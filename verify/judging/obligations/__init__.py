"""Obligations: what has to hold all over a claim's domain, for it to mean something or be proved.

Algebra proves generically; each step that is right only where something is not zero, positive,
inside the disc or off a branch cut emits an obligation. It is discharged by exact factors or by a
sign cover, fails at a place, or stays open; it is shown with the evidence.
"""
