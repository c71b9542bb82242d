"""The proof assistant Coq, whose kernel checks a proof of what the claim's text says.

It shares with the other methods the parser of expressions alone: the theorem starts from the double
sum of the autocorrelation. It refutes nothing: what it does not accept may be true.
"""

from __future__ import annotations

from verify.judging.evidence import Evidence, Finding
from verify.judging.kernel.certificates import attempt
from verify.judging.kernel.coq import NoCoq, version
from verify.judging.model import Model
from verify.settings import Settings

JUDGE = "coq"


def check(model: Model, settings: Settings) -> Evidence:
    """Have Coq check the claim, or say why it was not asked or does not accept."""
    try:
        found = attempt(model.claim, settings.tier.seconds)
    except NoCoq as remedy:
        return Evidence(JUDGE, Finding.ABSTAINS, str(remedy), data={"lacks": "Coq"})
    data = {"theorem": found.theorem} if found.theorem else {}
    if found.is_accepted:
        return Evidence(JUDGE, Finding.PROVES, f"Coq {version()} accepts a proof", data=data)
    return Evidence(JUDGE, Finding.ABSTAINS, found.reason, data=data)
