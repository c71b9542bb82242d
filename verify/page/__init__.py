"""The report as a page that opens from disk."""
