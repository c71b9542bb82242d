"""Accuracy and speed beside what people use instead, measured in turn in one process."""
