"""The verifier on trial: mutants, equal forms, error rates, hostile input, interruptions."""
