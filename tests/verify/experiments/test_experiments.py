"""Claims that only a run can judge: what they measure, and what a claim about them may say."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
import torch
from scipy.stats import binom

import verify.judging.routes.experiment
from numerics.arithmetic.evaluation import NotEvaluated
from numerics.recurrences import dense, lru
from verify.claims.claim import ClaimError
from verify.claims.file import make_claim
from verify.claims.trial import looks, trials
from verify.experiments import (
    EXPERIMENTS,
    deep_networks,
    eigenvalue_learning,
    gated_learning,
    hessian_structure,
    linear_systems,
    nonlinear_units,
)
from verify.experiments.eigenvalue_learning import Adam
from verify.experiments.released_systems import batches, teacher
from verify.judging.engine import verify_claim
from verify.judging.evidence import Evidence, Finding
from verify.judging.routes.experiment import compare, compared, try_out
from verify.judging.statistics import RATE_OF_EXPERIMENT, median
from verify.running.store import Store
from verify.running.sweep import SweepError, grid
from verify.running.workers import run
from verify.settings import TIERS, Settings, Tier

LEARNING = {
    "id": "learning",
    "experiment": "eigenvalue_learning",
    "settings": {"angle": "plain", "optimiser_state": "carried", "arithmetic": "double"},
    "quantity": "largest_final_loss",
    "relation": "<=",
    "formula": "1e-10",
}
ANGLES = {
    "id": "angles",
    "experiment": "hessian_against_angles",
    "settings": {"angles": ["pi/10", "pi/100"]},
    "quantity": "diagonal_mass",
    "relation": ">=",
    "formula": "1",
}
RANDOM = {"eigenvectors": "random"}
HESSIANS = {
    "id": "hessians",
    "experiment": "hessian_of_equivalent_systems",
    "quantity": "spread",
    "relation": ">=",
    "formula": "1",
}
FULL = Settings(TIERS["full"])
SMALL = Settings(Tier(points=1, replicas=64, seconds=60))


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
    claim = make_claim(ANGLES)
    needed = trials(claim, SMALL.tier)
    measured = {trial: try_out(trial, SMALL).data for trial in needed}
    middle = np.median(compared(claim.quantity, needed, measured))
    bounds = {"supported": "1", "undecided": f"{middle:.6f}", "refuted": "100"}
    for expected, bound in bounds.items():
        result = verify_claim(make_claim({**ANGLES, "formula": bound}), SMALL)
        assert str(result.verdict) == expected
        assert (result.counterexample is not None) == (expected == "refuted")


def with_replicas(count, **change):
    settings = Settings(Tier(points=1, replicas=count, seconds=60))
    [piece] = verify_claim(make_claim({**ANGLES, **change}), settings).evidence
    return piece


def test_few_replicas_decide_nothing():
    for few in (1, 5):
        assert with_replicas(few).finding is Finding.ABSTAINS


def test_fourteen_replicas_that_agree_decide():
    for count, finding in ((13, Finding.ABSTAINS), (14, Finding.SUPPORTS)):
        piece = with_replicas(count, formula="1/100")
        assert piece.finding is finding
        # as often as it may be tested
        assert piece.data["p_value"] == looks(make_claim(ANGLES)) * 2.0**-count
        assert (piece.data["false_alarm"], piece.data["miss"]) == (RATE_OF_EXPERIMENT,) * 2


def test_what_replicas_could_have_told_is_said():
    found = with_replicas(12, formula="1/100").detail
    assert found.endswith("which cannot tell: no such number decides")
    claim = replace(loss_claim("<=", "15.5"), quantity="final_loss")
    values = [float(k) for k in range(32)]
    [trial] = trials(claim, FULL.tier)
    found = compare(claim, {trial: {"final_loss": values}}, FULL).detail
    assert "p = 1, which cannot tell: 90% of them on one side decide by a power of 90%" in found


def test_replicas_that_cannot_tell_are_joined_by_those_of_further_looks():
    claim = replace(loss_claim("<=", "5"), quantity="final_loss")
    [[first], [second], [third]] = (trials(claim, FULL.tier, look) for look in range(looks(claim)))
    divided, low = {"final_loss": [1.0] * 8 + [9.0] * 4}, {"final_loss": [1.0] * 20}
    alone = compare(claim, {first: divided}, FULL)
    assert alone.finding is Finding.ABSTAINS
    assert alone.wants_replicas
    assert compare(claim, {first: divided, third: low}, FULL) == alone  # the second is not there
    both = compare(claim, {first: divided, second: low}, FULL)
    assert (both.finding, both.data["replicas"]) == (Finding.SUPPORTS, 32)
    # what is decided is looked at no more
    high = {"final_loss": [9.0] * 99}
    assert compare(claim, {first: divided, second: low, third: high}, FULL) == both


@pytest.mark.slow
def test_further_looks_are_run_while_replicas_cannot_tell(store):
    """Each with replicas of its own; of the record as many are taken as are there."""
    claim = make_claim(ANGLES)
    [wide, narrow] = trials(claim, SMALL.tier)
    ratios = np.divide(*(try_out(t, SMALL).data["diagonal_mass"] for t in (wide, narrow)))
    claim = make_claim({**ANGLES, "formula": f"{np.median(ratios):.6g}"})
    ended = []
    kept = Store(store)
    [result] = run([claim], SMALL, 2, kept, on_trial=lambda trial, left: ended.append(trial))
    assert [trial.look for trial in ended] == [0, 0, 1, 1, 2, 2]
    assert result.evidence[0].data["replicas"] == looks(claim) * SMALL.tier.replicas
    measured = kept.measured(claim, SMALL)
    assert len({str(piece.data) for piece in measured.values()}) == len(measured) == 6
    with_all = verify_claim(claim, SMALL, trial_results=measured)
    assert with_all.evidence == result.evidence
    first = {trial: piece for trial, piece in measured.items() if trial.look == 0}
    alone = verify_claim(claim, SMALL, trial_results=first)
    assert alone.evidence[0].data["replicas"] == SMALL.tier.replicas


def test_replicas_that_measure_nothing_may_be_anything():
    values = np.array([np.nan, *range(1, 16)])
    rate = 0.025
    held = median(values, rate)
    for stand_in in (-100.0, 7.5, 100.0):
        guess = median(np.nan_to_num(values, nan=stand_in), rate)
        assert held.lower <= guess.lower <= guess.upper <= held.upper
    assert held.upper == 13
    assert held.lower == 3


# the gates' takes minutes, and draws from a generator of its own
DRAWN = [n for n, known in EXPERIMENTS.items() if known.random and n != "gates_against_theory"]


@pytest.mark.every(6)
@pytest.mark.parametrize("name", DRAWN)
def test_same_seed_same_numbers(name):
    """Also in one process, where other random numbers have been drawn meanwhile."""
    at = {setting: [values[0]] for setting, values in EXPERIMENTS[name].settings.items()}
    if name == "embedding_autocorrelation":  # texts are its replicas; elsewhere nothing is drawn
        at["control"] = ["tokens shuffled"]
    [trial] = grid(name, at)

    def numbers(seed):
        tier = replace(SMALL.tier, replicas=2, networks=2, steps=2)
        found = try_out(trial, replace(SMALL, seed=seed, tier=tier))
        if found.finding is Finding.ABSTAINS:
            pytest.skip(found.detail)
        assert found.finding is Finding.SUPPORTS
        return {measure: list(map(float, values)) for measure, values in found.data.items()}

    once = numbers(1)
    torch.rand(1)
    np.testing.assert_equal(numbers(1), once)
    with pytest.raises(AssertionError):
        np.testing.assert_equal(numbers(2), once)


def ratio(settings):
    claim = make_claim({**HESSIANS, "settings": settings})
    return claim, trials(claim, SMALL.tier)


def test_a_pair_is_a_ratio_and_two_pairs_a_ratio_of_ratios():
    claim, needed = ratio(
        {"eigenvectors": ["random", "orthonormal"], "parametrization": ["dense", "diagonal"]}
    )
    values = dict(zip(needed, (2.0, 3.0, 5.0, 7.0), strict=True))
    assert [dict(trial.point)["eigenvectors"] for trial in needed] == [
        *("random", "random", "orthonormal", "orthonormal")
    ]
    assert list(needed.values()) == [1, -1, -1, 1]
    measured = {trial: {"spread": [value]} for trial, value in values.items()}
    assert compared(claim.quantity, needed, measured).tolist() == [2 / 3 / 5 * 7]


def test_a_trial_is_run_once_for_all_claims_and_kept(store, monkeypatch):
    decided = {**HESSIANS, "formula": "1e-6"}
    claims = [
        make_claim({**decided, "id": other, "settings": {**RANDOM, "parametrization": [*pair]}})
        for other, pair in (("a", ("dense", "diagonal")), ("b", ("diagonal", "lru")))
    ]
    ended = []
    first = list(
        run(claims, SMALL, 2, Store(store), on_trial=lambda trial, left: ended.append(left))
    )
    assert ended == [2, 1, 0]
    monkeypatch.setattr(verify.judging.routes.experiment, "try_out", None)
    again = list(run(claims, SMALL, 1, Store(store)))
    known = {result.claim.id: result.evidence for result in first}
    assert {result.claim.id: result.evidence for result in again} == known
    # by another protocol it is another question, about the same trials
    published = replace(SMALL, tier=replace(SMALL.tier, as_published=True))
    assert len(list(run(claims, published, 1, Store(store), on_trial=ended.append))) == 2


def test_what_a_trial_lacks_is_said_and_tried_again(store, monkeypatch):
    def lacking(point, settings, rng):
        raise NotEvaluated("install the extra 'text'")

    claim = make_claim(ANGLES)
    with monkeypatch.context() as patch:
        patch.setattr(hessian_structure, "against_angles", lacking)
        result = verify_claim(claim, SMALL)
    assert str(result.verdict) == "undecided"
    assert "extra 'text'" in result.reason
    [trial, _] = trials(claim, SMALL.tier)
    kept = Store(store)
    kept.keep(trial, SMALL, Evidence("trial", Finding.ABSTAINS, "no"))
    assert not kept.known(trial, SMALL)


@pytest.mark.parametrize(
    ("experiment", "setting", "meanings"),
    [
        ("eigenvalue_learning", "angle", eigenvalue_learning.ANGLES),
        ("hessian_against_angles", "angles", hessian_structure.ANGLES),
        ("linear_system_learning", "angle", linear_systems.ANGLES),
        ("linear_system_learning", "optimizer", linear_systems.OPTIMIZERS),
        ("deep_networks_at_initialisation", "recurrence", deep_networks.RECURRENCES),
        ("deep_networks_at_initialisation", "time_constant", deep_networks.TIME_CONSTANTS),
        ("deep_networks_at_initialisation", "norm", deep_networks.NORMS),
        ("nonlinear_sensitivity", "activation", nonlinear_units.ACTIVATIONS),
        ("gated_networks_learning", "recurrence", gated_learning.RECURRENCES),
    ],
)
def test_what_claims_may_say_is_what_experiments_know(experiment, setting, meanings):
    assert EXPERIMENTS[experiment].settings[setting] == tuple(meanings)


def test_what_a_protocol_may_be_is_what_experiments_know():
    known = EXPERIMENTS["eigenvalue_learning"].protocol["arithmetic"]
    assert known == tuple(eigenvalue_learning.ARITHMETICS)


def test_every_experiment_has_what_runs_it():
    assert all(callable(experiment.run) for experiment in EXPERIMENTS.values())


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
        ({"settings": {"arithmetic": "double"}}, ["'settings'", "angle", "exponential"]),
        ({"settings": {**LEARNING["settings"], "rate": "1"}}, ["'settings'", "rate"]),
        ({"settings": 3}, ["'settings'", "table"]),
        ({"settings": {"angle": 3}}, ["'settings'", "pair"]),
        ({"settings": {**LEARNING["settings"], "angle": ["plain", "x"]}}, ["angle is one of"]),
        ({"relation": "~"}, ["'relation'", "<="]),
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


def loss_claim(relation, formula, **settings):
    settings = {"student": "lru", "memory": "0.99", "angle": "1", "scan": "memory", **settings}
    entry = {"id": "l", "experiment": "linear_system_learning", "quantity": "published_loss"}
    return make_claim(
        {
            **entry,
            "settings": {"optimizer": "adam", **settings},
            "relation": relation,
            "formula": formula,
        }
    )


@pytest.mark.parametrize(
    ("relation", "formula", "finding"),
    [
        *(("==", "0.3", "supports"), ("==", "3.01", "refutes"), ("==", "0.0299", "refutes")),
        *(("==", "3", "supports"), ("==", "0.03", "supports")),
        *(("<=", "0.3", "supports"), ("<=", "0.299", "refutes"), (">=", "0.301", "refutes")),
    ],
)
def test_a_published_number_is_met_within_a_factor_of_ten(relation, formula, finding):
    claim = loss_claim(relation, formula)
    [trial] = trials(claim, FULL.tier)
    assert compare(claim, {trial: losses(0.3)}, FULL).finding == finding


def test_other_seeds_confirm_what_refutes_a_published_number():
    claim = loss_claim("==", "1")
    [trial] = trials(claim, FULL.tier)
    found = compare(claim, {trial: losses(0.03, 0.02)}, FULL)
    assert (found.finding, found.detail) == (Finding.REFUTES, "0.03, and 0.02 on other seeds")
    assert found.counterexample.claimed == "== 1 within a factor of 10"
    found = compare(claim, {trial: losses(0.03, 0.2)}, FULL)
    assert (found.finding, found.detail) == (Finding.ABSTAINS, "0.03, and 0.2 on other seeds")


def losses(published, fresh=None):
    return {"published_loss": [published], "fresh_loss": [published if fresh is None else fresh]}


def test_what_a_claim_names_is_run_at_every_tier():
    claim = loss_claim("==", "1", loss=["on batches", "expected"])
    for settings in (Settings(), FULL):
        needed = trials(claim, settings.tier)
        assert {dict(t.point)["loss"]: side for t, side in needed.items()} == {
            "on batches": 1,
            "expected": -1,
        }
        found = compare(claim, {trial: losses(1.0) for trial in needed}, settings)
        assert found.detail == "1; deviates in loss (expected)"


def test_a_bound_inside_the_interval_is_not_told():
    claim = replace(loss_claim("<=", "7"), quantity="final_loss")
    [trial] = trials(claim, FULL.tier)
    values = [float(k) for k in range(16)]
    assert compare(claim, {trial: {"final_loss": values}}, FULL).finding is Finding.ABSTAINS


def test_what_is_not_said_of_the_protocol_is_as_published():
    claim = loss_claim("==", "1", teachers="one a run")
    assert "start" not in claim.settings
    [quick], [full] = trials(claim, Settings().tier), trials(claim, FULL.tier)
    point = dict(full.point)
    assert (point["teachers"], point["start"]) == ("one a run", "as released")
    # but for what takes hours
    assert point["loss"] == "on batches"
    assert dict(quick.point) == {**point, "loss": "expected"}


def test_what_no_package_provides_is_not_taken_for_it():
    experiment = EXPERIMENTS["gru_jacobian"]
    assert experiment.unsaid(FULL.tier) == {"embeddings": "of MiniLM"}
    assert experiment.deviations({"embeddings": "of MiniLM"}) == {"embeddings": "of MiniLM"}
    with pytest.raises(SweepError, match="of bert-base-uncased"):
        grid("gru_jacobian", {"embeddings": ["of bert-base-uncased"]})


def test_deviations_are_from_the_published_protocol():
    experiment = EXPERIMENTS["linear_system_learning"]
    [trial] = trials(loss_claim("==", "1"), FULL.tier)
    point = dict(trial.point)
    assert experiment.deviations(point) == {}
    other = {**point, "start": "at the teacher's moduli"}
    assert experiment.deviations(other) == {"start": "at the teacher's moduli"}
    carried = {"angle": "plain", "optimiser_state": "carried", "arithmetic": "double"}
    found = EXPERIMENTS["eigenvalue_learning"].deviations(carried)
    assert found == {"optimiser_state": "carried"}
    assert not EXPERIMENTS["hessian_against_angles"].deviations({})


@pytest.mark.parametrize(
    ("settings", "point", "verdict", "apart"),
    [
        (FULL, {}, "refuted", {}),
        (Settings(), {}, "not reproduced", {"loss": "expected"}),
        # what a claim is about refutes it
        (Settings(), {"loss": "expected"}, "refuted", {"loss": "expected"}),
        (FULL, {"teachers": "one a run"}, "refuted", {"teachers": "one a run"}),
        (
            Settings(),
            {"teachers": "one a run"},
            "not reproduced",
            {"loss": "expected", "teachers": "one a run"},
        ),
    ],
)
def test_a_run_that_is_not_the_claims_refutes_nothing(settings, point, verdict, apart):
    claim = loss_claim("==", "1", **point)
    piece = Evidence("trial", Finding.SUPPORTS, data=losses(0.01))
    trial_results = dict.fromkeys(trials(claim, settings.tier), piece)
    found = verify_claim(claim, settings, trial_results=trial_results)
    assert str(found.verdict) == verdict
    for name, how in apart.items():
        assert f"{name} ({how})" in found.reason
    assert found.evidence[0].data.get("deviations", {}) == apart


@pytest.mark.parametrize(
    ("scan", "student", "rates"),
    [
        ("memory", "dense", linear_systems.SCANS["memory"]["dense"]),
        ("heads", "dense", linear_systems.SCANS["heads"]["8 heads"]),
        ("angles", "32 heads", linear_systems.SCANS["ablation"]["32 heads"]),
        ("memory", "s4", linear_systems.SCANS["ablation"]["diagonal"]),
    ],
)
def test_each_student_has_the_learning_rates_of_its_scan(scan, student, rates):
    assert linear_systems.rates_of(scan, student) == rates


def learned(monkeypatch, ends, **point):
    """What students with given losses by rate end with, and the rates that were tried."""
    asked = []

    def of_rates(self, rates, optimizer):
        asked.extend(rates)
        return torch.tensor([ends(rate) for rate in rates])

    monkeypatch.setattr(linear_systems, "rates_of", lambda *_: (0.1, 0.01, 0.001))
    monkeypatch.setattr(linear_systems._Runs, "learned", of_rates)
    point = {"student": "lru", "memory": "0.99", "angle": "1", "scan": "memory", **point}
    point = {"optimizer": "adam", **EXPERIMENTS["linear_system_learning"].published, **point}
    return linear_systems.learn(point, Settings(), np.random.default_rng(0)), asked


def test_the_mean_of_the_published_runs_leaves_out_those_that_diverged(monkeypatch):
    ends = {0.1: [1.0, math.inf, math.inf], 0.01: [4.0, 4.0, 4.0], 0.001: [math.inf] * 3}
    found, _ = learned(monkeypatch, ends.get)
    assert (found["published_loss"], found["fresh_loss"]) == ([1.0], [1.0])
    # what diverged is the worst where fresh runs are compared one by one
    assert (found["final_loss"], set(found["best_rate"])) == ([4.0] * 3, {0.01})


@pytest.mark.parametrize("best", [3e-6, 2e-4, 0.7, 11.0])
def test_a_widened_scan_has_its_best_rate_inside(monkeypatch, best):
    found, asked = learned(
        monkeypatch, lambda rate: [abs(math.log(rate / best))] * 2, rates="widened"
    )
    tried = sorted(set(asked))
    assert tried[0] < found["best_rate"][0] < tried[-1]
    assert abs(math.log10(found["best_rate"][0] / best)) <= 1 / 2
    _, as_released = learned(
        monkeypatch, lambda rate: [abs(math.log(rate / best))] * 2, rates="as released"
    )
    assert set(as_released) == {0.1, 0.01, 0.001}


@pytest.mark.parametrize("ends", [lambda rate: [math.inf] * 2, lambda rate: [-math.log(rate)] * 2])
def test_a_widened_scan_ends_where_no_rate_is_the_best(monkeypatch, ends):
    _, asked = learned(monkeypatch, ends, rates="widened")
    assert 1e-12 <= min(asked) <= max(asked) <= 1e2


@pytest.mark.parametrize("teachers", ["of key 42", "one a run"])
def test_the_loss_on_a_batch_is_half_the_mean_squared_error_of_both_systems(teachers):
    point = {"student": "lru", "memory": "0.36", "angle": "1", "start": "as released"}
    seeds, full = (2023, 2024), Settings(TIERS["full"])
    point |= {"teachers": teachers, "loss": "on batches"}
    runs = linear_systems._Runs(point, full, seeds, torch.float64)
    found = runs.training_loss()(runs.start)
    x = torch.from_numpy(next(batches(seeds, 1))).double()
    keys = seeds if teachers == "one a run" else (42, 42)
    for k, key in enumerate(keys):
        student = lru({name: value[k] for name, value in runs.start.items()})
        taught = dense(teacher(0.36, 3.14, key)).rollout(x[k])
        error = (student.rollout(x[k]) - taught).square().mean() / 2
        assert found[k].item() == pytest.approx(error.item(), rel=1e-9)
