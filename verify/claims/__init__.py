"""Claims as data: the format, its expressions, and the paper's own claims beside this file."""
