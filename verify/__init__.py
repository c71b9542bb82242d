"""The judge: claims, evidence and verdicts."""
