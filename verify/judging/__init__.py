"""The way from a claim to its verdict: what it means, who looks at it, what was found."""
