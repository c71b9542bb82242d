"""The sign of a function on a whole box: the part of a proof that both judges share.

A fault here would be in both proofs of a bound; of an equality, or of a limit, in neither.
"""
