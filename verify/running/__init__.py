"""Many claims at once: processes, clusters, and what was found before."""
