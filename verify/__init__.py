"""The judge: claims, evidence and verdicts.

>>> from verify import make_claim, verify_claim
>>> claim = make_claim(
...     {
...         "id": "white-state",
...         "autocorrelation": "KroneckerDelta(Delta, 0)",
...         "quantity": "second_moment",
...         "relation": "==",
...         "formula": "1/(1 - lambda**2)",
...         "domain": ["-1 < lambda < 1"],
...     }
... )
>>> verify_claim(claim).verdict.value
'proved'
"""

import sys

try:
    from theory import FormerModule, Package
except ImportError:
    import theory

    raise ImportError(f"curseproof's `theory` is hidden by {theory.__file__}") from None

sys.modules[__name__].__class__ = Package
FormerModule("verify.sweep", "verify.running.sweep")
