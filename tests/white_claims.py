"""Claims on white noise that take no time, one true and one false."""

from verify import make_claim

WHITE = {
    "autocorrelation": "KroneckerDelta(Delta, 0)",
    "quantity": "second_moment",
    "relation": "==",
    "formula": "1/(1 - lambda**2)",
    "domain": ["-1 < lambda < 1"],
}
TRUE = make_claim({"id": "true", **WHITE})
FALSE = make_claim({"id": "false", **WHITE, "formula": "1/(1 - lambda)"})
