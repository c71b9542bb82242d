"""A third judge: Coq's kernel, from the definition of a moment as a double sum to the claim."""
