"""Networks on real text start as the released ones, and the text is cut as theirs."""

import math

import numpy as np
import pytest
import torch
from sympy import Rational

from theory.inputs import exponential
from theory.moments import second_moment, sensitivity
from theory.symbols import real_lam
from verify.experiments import EXPERIMENTS, deep_networks, embedding_autocorrelation, gated_units
from verify.experiments.deep_networks import RECURRENCES, WIDTH
from verify.experiments.text import LENGTH, embedded, pages
from verify.settings import Settings, Tier

TINY = Settings(Tier(points=1, replicas=2, seconds=60, networks=1, steps=2))
LONG = ("eigenvalue_learning", "eigenvalue_learning_by_natural_gradient")  # of 50 000 steps


@pytest.mark.every(5)
@pytest.mark.parametrize("name", sorted(EXPERIMENTS.keys() - LONG))
def test_an_experiment_measures_what_it_promises(name):
    experiment = EXPERIMENTS[name]
    point = {key: values[0] for key, values in experiment.choices.items()}
    measured = experiment.run(point, TINY, np.random.default_rng(0))
    assert set(measured) == set(experiment.measures)
    for measure, values in measured.items():
        one = measure in experiment.single or not experiment.random
        assert len(values) in ((1,) if one else (1, 2))


def test_pages_are_cut_or_padded():
    ids = pages()
    assert ids.shape[1] == LENGTH
    first, padding = ids[:, 0], 0
    assert len(set(first)) == 1  # [CLS]
    padded = (ids == padding).sum(axis=1)
    assert 0 < np.count_nonzero(padded) < len(ids)
    for row, count in zip(ids, padded, strict=True):
        assert (row[LENGTH - count :] == padding).all()


@pytest.mark.parametrize("time_constant", [1.0, 10.0])
def test_states_are_kept_as_long_as_released(time_constant):
    torch.manual_seed(0)
    for name in ("complex RNN", "LRU"):
        layer = RECURRENCES[name](time_constant)
        if name == "LRU":
            moduli = torch.exp(-torch.exp(layer.nu_log))
        else:
            moduli = torch.complex(layer.lambda_re, layer.lambda_im).abs()
        least, most = 1 - 1 / time_constant, 1 - 1 / (2 * time_constant)
        assert least - 1e-6 <= moduli.min() < moduli.max() <= most + 1e-6
        # uniform in area: the mean of |λ|² is the middle of both ends' squares
        middle, off = (least**2 + most**2) / 2, (most**2 - least**2) / math.sqrt(12 * WIDTH)
        assert abs(moduli.square().mean() - middle) <= 5 * off
    steps = torch.exp(RECURRENCES["GRU"](time_constant).bias_ih_l0[WIDTH : 2 * WIDTH])
    assert time_constant <= steps.min() < 1.1 * time_constant
    assert 1.9 * time_constant < steps.max() <= 2 * time_constant


def test_the_released_loss_looks_back(monkeypatch):
    """A network that predicts the input before has no gradient by the released loss alone."""

    class Before(torch.nn.Module):
        def __init__(self, *_):
            super().__init__()
            self.scale = torch.nn.Parameter(torch.ones(()))

        def forward(self, x):
            return self.scale * x.roll(1, dims=1), [x]

    monkeypatch.setattr(deep_networks, "_Network", Before)
    point = {"recurrence": "LRU", "time_constant": "1", "text": "pages"}
    found = {
        loss: deep_networks.at_initialisation(
            {**point, "norm": "none", "loss": loss}, TINY, np.random.default_rng(0)
        )["gradient_rest"][0]
        for loss in ("as released", "of the next embedding")
    }
    assert found["as released"] == 0 < found["of the next embedding"]


def test_a_gru_without_recurrent_matrices_has_a_diagonal_jacobian():
    point = {"strength": "0", "delay": "3"}
    found = gated_units.jacobian(point, TINY, np.random.default_rng(0))
    assert found["diagonal_share"] == [1]


@pytest.mark.parametrize("coupled", [False, True])
def test_a_gates_derivative_is_autograds(coupled):
    torch.manual_seed(1)
    n, theta, u = torch.randn(12, 4).double(), torch.randn(12, 4).double(), torch.randn(4, 4)
    u = u.double() if coupled else None

    def last(bias):
        return gated_units.run(n, theta + bias, u)[0]

    theirs = torch.autograd.functional.jacobian(last, torch.zeros(4).double()).diagonal()
    torch.testing.assert_close(gated_units.run(n, theta, u)[1], theirs, rtol=1e-12, atol=1e-14)


def test_constant_gates_are_expected_to_do_what_the_theory_says():
    """Theirs is the stationary state; λ^512 is nothing."""
    lags, lam = torch.arange(LENGTH, dtype=torch.float64), 0.9
    ours = gated_units._expected(0.9**lags, lam).tolist()
    gamma = 1 - real_lam
    state = second_moment(exponential(Rational(9, 10)), real_lam, gamma)
    slope = sensitivity(
        exponential(Rational(9, 10)), real_lam, real_lam, gamma, differentiate_gamma=True
    )
    by_theta = slope * (real_lam * (1 - real_lam)) ** 2
    theirs = [float(e.subs(real_lam, Rational(9, 10))) for e in (state, by_theta)]
    assert ours == pytest.approx(theirs, rel=1e-10)


def test_a_line_is_fitted_to_the_autocorrelation(monkeypatch):
    """White noise and a slow exponential, of known R; the fit sees the exponential."""
    lags = torch.arange(LENGTH, dtype=torch.float64)
    R = 0.0431 * 0.997**lags
    monkeypatch.setattr(embedding_autocorrelation, "autocorrelation", lambda x: R)
    point = {"control": "as published", "text": "pages"}
    found = embedding_autocorrelation.correlations(point, TINY, np.random.default_rng(0))
    assert found["fitted_level"] == [pytest.approx(0.0431, rel=1e-10)]
    assert found["fitted_decay"] == [pytest.approx(0.997, rel=1e-10)]
    assert found["power"] == [pytest.approx(0.0431)]
    cut = torch.where(lags < 40, R, -R)
    monkeypatch.setattr(embedding_autocorrelation, "autocorrelation", lambda x: cut)
    again = embedding_autocorrelation.correlations(point, TINY, np.random.default_rng(0))
    assert again["fitted_decay"] == [pytest.approx(0.997, rel=1e-10)]


def test_the_estimator_of_the_autocorrelation_is_the_published_one():
    x = embedded(pages()[:2]).double()
    # sums of so many products, through two transforms of doubles
    off = x.numel() * np.finfo(float).eps * x.square().mean().item()
    R = embedding_autocorrelation.autocorrelation(x)
    for lag in (0, 1, 300):
        plain = (x[:, lag:] * x[:, : LENGTH - lag]).mean()
        assert R[lag].item() == pytest.approx(plain.item(), rel=0, abs=off)
