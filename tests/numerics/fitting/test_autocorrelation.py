"""Autocorrelations from data: against direct sums, known laws, and series of known kind."""

import gzip

import numpy as np
import pytest
import sympy as sp
from scipy.signal import lfilter

from numerics.fitting.autocorrelation import estimate, fit, standard_errors
from numerics.fitting.heldout import _covariance, _variance_of_mean_square
from numerics.fitting.series import load_series, packaged_series
from numerics.fitting.whittle import Component, periodogram
from numerics.normalizers import gamma
from numerics.simulate.inputs import autocorrelation_values, sample_input
from theory.inputs import white

N = 6000
EPS = np.finfo(float).eps


def first_order(rho, n=N, seed=0):
    noise = np.random.default_rng(seed).standard_normal(n + 5000)
    return lfilter([np.sqrt(1 - rho**2)], [1, -rho], noise)[5000:]


def noise(n=N, seed=1):
    return np.random.default_rng(seed).standard_normal(n)


# series, its R, and the number of terms that it takes
SERIES = {
    "white": (noise(), lambda d: 1.0 * (d == 0), 1),
    "slow": (first_order(0.99), lambda d: 0.99**d, 1),
    "alternating": (first_order(-0.9), lambda d: (-0.9) ** d, 1),
    "embeddings": (
        np.sqrt(0.332) * noise() + np.sqrt(0.0431) * first_order(0.997),
        lambda d: 0.332 * (d == 0) + 0.0431 * 0.997**d,
        2,
    ),
    "oscillation": (
        sample_input(0.97 ** np.arange(1500) * np.cos(0.4 * np.arange(1500)), 4,
                     np.random.default_rng(7)).ravel(),
        lambda d: 0.97**d * np.cos(0.4 * d),
        1,
    ),
}  # fmt: skip


@pytest.mark.parametrize("mean", ["sample", 0.0])
def test_estimate_is_the_direct_sum(mean):
    x = first_order(0.9, 400) + 3
    centred = x - (x.mean() if mean == "sample" else mean)
    direct = [np.mean(centred[lag:] * centred[: 400 - lag]) for lag in range(101)]
    # the FFT's error is below log2 of its length times ε, relative to Σx²/(n − Δ)
    bound = 10 * EPS * np.sum(centred**2) / 300
    assert np.all(np.abs(estimate(x, 100, mean) - direct) <= bound)


def test_bartlett_closed_forms():
    white_errors = standard_errors(np.array([1.0, 0, 0, 0]), 100)
    assert white_errors == pytest.approx([np.sqrt(2) / 10, 0.1, 0.1, 0.1], rel=100 * EPS)
    rho, n = 0.9, 50
    errors = standard_errors(rho ** np.arange(400), n, 0)
    assert errors[0] ** 2 == pytest.approx(2 / n * (1 + rho**2) / (1 - rho**2), rel=1e-12)


def test_bartlett_against_simulation():
    n, chains = 400, 2000
    R = 0.8 ** np.arange(n)
    x = sample_input(R, chains, np.random.default_rng(3))
    found = np.var([estimate(series, 10, 0.0) for series in x], axis=0)
    # the formula leaves out terms of relative order (correlation length)/n ≈ 9/400 (lag 10:
    # 19/400), and the variance of a variance over 2000 chains is 2/2000 for Gaussians; estimates
    # are nearly so: six deviations of 0.032, twice
    assert standard_errors(R, n, 10) ** 2 == pytest.approx(found, rel=0.05 + 2 * 6 * 0.032)


@pytest.mark.parametrize("shape", [(0.01, 0.0), (0.3, 1.1), (2.0, np.pi), (np.inf, 0.0)])
def test_expected_periodogram(shape):
    spectrum = periodogram(noise(65))
    lags = np.arange(65.0)
    R = Component(1.0, *shape)(lags)
    weights = np.where(lags == 0, 1, 2) * (1 - lags / 65)
    turns = np.outer(spectrum.omega, lags)
    # the closed form divides by (1 − w)², |1 − w| ≥ 0.05 here
    close = {"rel": 0, "abs": 65 * EPS / 0.05**2}
    assert spectrum.expected([shape])[:, 0] == pytest.approx(np.cos(turns) @ (weights * R), **close)
    if np.isfinite(shape[0]):
        by_rate, by_phi = spectrum.derivatives([shape])
        close["abs"] *= 65 / 0.05
        slope = -np.exp(-shape[0] * lags) * lags * weights
        assert by_rate[:, 0] == pytest.approx(
            np.cos(turns) @ (slope * np.cos(shape[1] * lags)), **close
        )
        assert by_phi[:, 0] == pytest.approx(
            np.cos(turns) @ (slope * np.sin(shape[1] * lags)), **close
        )


def test_the_segments_periodograms_are_averaged():
    x = noise(20_000)
    spectrum = periodogram(x)
    assert (spectrum.segments, spectrum.length) == (3, 6666)
    # the mean over frequencies of a periodogram is the variance, but for frequency 0 and rounding
    power = np.mean(spectrum.values - spectrum.floor)
    assert power == pytest.approx(np.var(x), rel=3 / 3333)


@pytest.mark.parametrize("name", SERIES)
def test_fit_predicts_the_second_moment(name):
    series, R, terms = SERIES[name]
    found = fit(series, mean=0.0)
    assert len(found.components) == terms
    lags = R(np.arange(float(series.size)))
    for eigenvalue in (0.0, 0.9, 0.99):
        exact = _covariance(lags, eigenvalue, eigenvalue)
        fitted = 1 / gamma(found.input, eigenvalue) ** 2
        # the raw estimate's own standard error: a fit with fewer parameters should do no worse
        error = np.sqrt(_variance_of_mean_square([exact, exact], series.size))
        assert abs(fitted - exact[0].real) <= 4 * error


@pytest.mark.parametrize(
    "series",
    [np.diff(noise(800)), np.cumsum(noise(800)), np.sin(np.arange(900) / 9), noise(800) ** 3],
    ids=["differenced", "random walk", "sine", "heavy tails"],
)
def test_a_fit_is_an_autocorrelation_whatever_the_data(series):
    found = fit(series, max_lag=40)
    assert all(k.weight > 0 and k.rate > 0 for k in found.components)
    sample_input(autocorrelation_values(found.input, {}, 120), 1, np.random.default_rng(0))
    assert found.estimated.shape == found.fitted.shape == found.standard_errors.shape == (41,)


def test_the_fit_reads_well():
    found = fit(SERIES["embeddings"][0])
    assert "δ(Δ)" in str(found)
    assert "^|Δ|" in str(found)
    assert found.input.autocorrelation(0).is_Rational
    assert fit(noise()).input.lags[0][0] == white().lags[0][0]
    assert isinstance(found.input.autocorrelation(sp.Integer(5)), sp.Expr)


@pytest.mark.parametrize(
    ("series", "says"),
    [
        ([1.0, np.nan, 2.0] * 20, r"series\[1\] = nan: 20 of 60"),
        ([1.0, 2.0] * 20 + [np.inf], r"series\[40\] = inf"),
        (np.ones((40, 2)), "one dimension"),
        (["a"] * 40, "real numbers"),
        (np.ones(40) * 1j, "real numbers"),
        (np.ones(40), "constant"),
        (noise(20), "20 samples, at least 32"),
    ],
)
def test_unusable_series(series, says):
    with pytest.raises(ValueError, match=says):
        fit(series)


def test_too_short_for_the_lag_asked_for():
    with pytest.raises(ValueError, match="100 samples, at least 200"):
        estimate(noise(100), 50)
    with pytest.raises(ValueError, match='"sample" or a number'):
        estimate(noise(100), 5, "median")


def test_series_from_files(tmp_path):
    np.save(tmp_path / "a.npy", np.arange(5))
    assert list(load_series(tmp_path / "a.npy")) == [0, 1, 2, 3, 4]
    (tmp_path / "b.csv").write_text("Date,price\n2020-01-01,1.5\n2020-01-02,\n2020-01-03,.\nx,2\n")
    assert list(load_series(tmp_path / "b.csv", "price")) == [1.5, 2]
    assert list(load_series(tmp_path / "b.csv", 1)) == [1.5, 2]
    with gzip.open(tmp_path / "c.csv.gz", "wt") as file:
        file.write("3\n4\n")
    assert list(load_series(tmp_path / "c.csv.gz")) == [3, 4]


@pytest.mark.parametrize(
    ("name", "content", "column", "says"),
    [
        ("a.csv", "u,v\n1,2\n", None, "2 columns; name one of u, v"),
        ("a.csv", "u,v\n1,2\n", "w", "no column 'w'"),
        ("a.csv", "1,2\n", 2, "no column 2"),
        ("a.csv", "u\n1\ntwo\n", None, "line 3: 'two' is not a number"),
        ("a.csv", "", None, "empty"),
        ("a.npy", "nonsense", None, "not a .npy file"),
        ("a.txt", "1\n", None, "csv.gz file is needed"),
        ("a.csv.gz", "1\n", None, "not a CSV file"),
    ],
)
def test_unusable_files(tmp_path, name, content, column, says):
    (tmp_path / name).write_text(content)
    with pytest.raises(ValueError, match=says):
        load_series(tmp_path / name, column)


def test_packaged_series():
    with pytest.raises(ValueError, match="unknown series"):
        packaged_series("gold")
    try:
        prices = packaged_series("sp500")
    except ValueError as missing:
        pytest.skip(str(missing))
    assert prices.size == 5031
    assert np.all(prices > 0)
