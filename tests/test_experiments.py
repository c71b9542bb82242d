"""Claims that only a run can judge: what they measure, and what a claim about them may say."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from scipy.stats import binom

from verify.claim import ClaimError
from verify.claim_file import make_claim
from verify.engine import Settings, Tier, verify_claim
from verify.experiments import EXPERIMENTS
from verify.experiments.eigenvalue_learning import Adam
from verify.statistics import median

LEARNING = {
    "id": "learning",
    "experiment": "eigenvalue_learning",
    "settings": {"angle": "plain", "optimiser_state": "carried"},
    "quantity": "largest_final_loss",
    "relation": "<=",
    "formula": "1e-10",
}
ANGLES = {
    "id": "angles",
    "experiment": "hessian_against_angles",
    "settings": {"wider": "pi/10", "narrower": "pi/100"},
    "quantity": "diagonal_mass_wider_over_narrower",
    "relation": ">=",
    "formula": "1",
}
SMALL = Settings(Tier(points=1, chains=1, replicas=64, seconds=60))


def test_adam_is_torchs():
    parameter = torch.tensor([1.0, -2.0], dtype=torch.float64, requires_grad=True)
    theirs, ours = torch.optim.Adam([parameter], lr=1e-3), Adam()
    mine = parameter.detach().numpy().copy()
    for _ in range(50):
        theirs.zero_grad()
        (parameter**4).sum().backward()
        theirs.step()
        mine -= ours.step(list(4 * mine**3))
    np.testing.assert_allclose(mine, parameter.detach().numpy(), rtol=1e-12)


def test_a_measured_claim_is_supported_refuted_or_undecided():
    run = EXPERIMENTS["hessian_against_angles"].run
    middle = np.median(run(ANGLES["settings"], ANGLES["quantity"], np.random.default_rng(0), 64))
    bounds = {"supported": "1", "undecided": f"{middle:.6f}", "refuted": "100"}
    for expected, bound in bounds.items():
        result = verify_claim(make_claim({**ANGLES, "formula": bound}), SMALL)
        assert str(result.verdict) == expected
        assert (result.counterexample is not None) == (expected == "refuted")


def test_few_replicas_decide_nothing():
    few = Settings(Tier(points=1, chains=1, replicas=8, seconds=60))
    assert str(verify_claim(make_claim(ANGLES), few).verdict) == "undecided"


def test_same_seed_same_numbers():
    run = EXPERIMENTS["hessian_of_equivalent_systems"].run

    def numbers(seed):
        generator = np.random.default_rng(seed)
        return list(run({"eigenvectors": "random"}, "dense_over_diagonal", generator, 3))

    assert numbers(1) == numbers(1) != numbers(2)


@pytest.mark.parametrize("n", [40, 64, 100])
def test_the_median_is_held_at_the_stated_rate(n):
    values = np.arange(float(n))
    interval = median(values, 1e-10)
    below = np.flatnonzero(values == interval.lower)[0]  # so many draws lie left of the interval
    assert 2 * binom.cdf(below, n, 0.5) <= 1e-10 < 2 * binom.cdf(below + 1, n, 0.5)
    assert interval.upper == values[n - 1 - below]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"experiment": "nothing"}, ["'experiment'", "eigenvalue_learning"]),
        ({"quantity": "sensitivity"}, ["'quantity'", "largest_final_loss"]),
        ({"settings": {"angle": "plain"}}, ["'settings'", "optimiser_state", "dropped"]),
        ({"settings": {**LEARNING["settings"], "rate": "1"}}, ["'settings'", "rate"]),
        ({"settings": 3}, ["'settings'", "table"]),
        ({"relation": "=="}, ["'relation'", "<="]),
        ({"formula": "lambda"}, ["'formula'", "constant"]),
        ({"gamma": "1"}, ["'gamma'", "experiment"]),
        ({"formula": None}, ["'formula'", "missing"]),
    ],
)
def test_refused(change, words):
    entry = {key: value for key, value in {**LEARNING, **change}.items() if value is not None}
    with pytest.raises(ClaimError) as caught:
        make_claim(entry)
    for word in words:
        assert word in str(caught.value)
