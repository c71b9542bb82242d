"""What was judged, as files: JSON, JUnit, pages, summaries, figures."""
