"""Autocorrelations from data: against direct sums, known laws, and series of known kind."""

import gzip
import warnings
from dataclasses import replace

import numpy as np
import pytest
import sympy as sp
from scipy.signal import lfilter

from numerics.fitting import files
from numerics.fitting.autocorrelation import estimate, fit, standard_errors
from numerics.fitting.heldout import _covariance, _variance_of_mean_square
from numerics.fitting.series import NumbersAsHeader, load_series, packaged_series
from numerics.fitting.whittle import Component, periodogram
from numerics.normalizers import gamma
from numerics.simulate.inputs import autocorrelation_values, sample_input
from theory.inputs import white
from verify.judging.value import read_input

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
        _, by_rate, by_phi = spectrum.with_derivatives([shape])
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
    assert (spectrum.segments, spectrum.length) == (3, 6665)
    # the mean over frequencies of a periodogram is the variance, but for frequency 0 and rounding
    power = np.mean(spectrum.values - spectrum.floor)
    assert power == pytest.approx(np.var(x), rel=3 / 3333)


@pytest.mark.every(2)
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


@pytest.mark.parametrize("noise_level", [0.0, 1.0])
@pytest.mark.parametrize("turn", [2 * np.pi / 30, 0.21, 1.7, 3.0])
def test_the_fit_of_a_sine_has_its_power(turn, noise_level):
    """At a frequency of the periodogram and between two, in noise and alone."""
    x = np.cos(turn * np.arange(1500) + 1) + noise_level * noise(1500)
    found = fit(x)
    waves = [c for c in found.components if c.phi]
    assert found.zeros == ()
    assert [c.phi for c in waves] == [pytest.approx(turn, abs=0.1 * 2 * np.pi / 1500)]
    assert waves[0].rate < 1 / 1500
    # as much of its power as noise is next to it may pass for noise, or be added to it
    assert waves[0].weight == pytest.approx(0.5, abs=0.02 + 0.05 * noise_level)
    assert found.misfit < 1


def test_the_fit_reads_well():
    found = fit(SERIES["embeddings"][0])
    assert "·KroneckerDelta(Δ, 0)" in str(found)
    assert "^Δ" in str(found)
    assert found.input.autocorrelation(0).is_Rational
    assert fit(noise()).input.lags[0][0] == white().lags[0][0]
    assert isinstance(found.input.autocorrelation(sp.Integer(5)), sp.Expr)


@pytest.mark.parametrize(
    "series",
    [noise(800), np.diff(noise(800)), SERIES["embeddings"][0], np.sin(np.arange(900) / 9)],
    ids=["noise", "differenced", "embeddings", "sine"],
)
def test_what_the_fit_prints_is_read_again(series):
    found = fit(series, max_lag=20)
    again = autocorrelation_values(read_input(str(found)), {}, 21)
    weight = sum(c.weight for c in found.components)
    # weights have four digits, ρ and φ six, of which the last is off by half
    assert np.allclose(again, found.fitted, rtol=0, atol=weight * (5e-4 + 21 * 5e-6))


@pytest.mark.parametrize(
    ("series", "says"),
    [
        ([1.0, 2.0] * 20 + [np.inf], r"series\[40\] = inf: 1 of 41"),
        ([1.0, np.nan, 2.0, np.nan] * 20, "no two of its values are 1 steps apart"),
        ([1.0, np.nan] * 20, "20 samples, at least 32"),
        ([np.nan] * 40, "0 samples, at least 32"),
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
    for column in ("price", 1):
        gaps = [1.5, np.nan, np.nan, 2]
        np.testing.assert_array_equal(load_series(tmp_path / "b.csv", column), gaps)
    (tmp_path / "d.csv").write_text("5.5\n\nnan\nNaN\n6.5\n\n")
    expected = [5.5, np.nan, np.nan, np.nan, 6.5]
    np.testing.assert_array_equal(load_series(tmp_path / "d.csv"), expected)
    (tmp_path / "e.csv").write_text("0,\n1,0.5\n", encoding="utf-8-sig")
    np.testing.assert_array_equal(load_series(tmp_path / "e.csv", 1), [np.nan, 0.5])
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
        ("a.txt", "1\n", None, "or .arrow file is needed"),
        ("a.csv.gz", "1\n", None, "not a CSV file"),
    ],
)
def test_unusable_files(tmp_path, name, content, column, says):
    (tmp_path / name).write_text(content)
    with pytest.raises(ValueError, match=says):
        load_series(tmp_path / name, column)


@pytest.fixture
def arrow():
    return pytest.importorskip("pyarrow", reason="pyarrow is not installed")


def stored(arrow, path, **columns):
    from pyarrow import feather, parquet

    write = parquet.write_table if path.suffix == ".parquet" else feather.write_feather
    write(arrow.table(columns), path)
    return path


@pytest.mark.parametrize("name", ["a.parquet", "a.feather", "a.arrow"])
def test_series_from_tables(tmp_path, arrow, name):
    path = stored(arrow, tmp_path / name, x=[1, None, 3], y=["a", "b", "c"], z=[0.5, 1.5, None])
    for column, expected in (("x", [1, np.nan, 3]), (2, [0.5, 1.5, np.nan])):
        found = load_series(path, column)
        assert found.dtype == float
        np.testing.assert_array_equal(found, expected)
    with pytest.raises(ValueError, match=r"a\.\w+: 3 columns; name one of x, y, z"):
        load_series(path)
    with pytest.raises(ValueError, match=r"column 'y' is of string"):
        load_series(path, "y")
    path.write_bytes(path.read_bytes()[:-40])
    with pytest.raises(ValueError, match=r"a\.\w+: not a \w+ file of numbers: "):
        load_series(path, "x")


def test_a_table_of_equal_numbers_may_be_larger_than_its_file(tmp_path, arrow, monkeypatch):
    path = stored(arrow, tmp_path / "a.parquet", x=np.zeros(100_000))
    assert path.stat().st_size < 10_000
    monkeypatch.setattr(files, "LARGEST", 8 * 99_999)
    with pytest.raises(ValueError, match=r"unpacked it is 0\.0 GB"):
        load_series(path)


AR1 = np.round(lfilter([1], [1, -0.9], noise(3000, 3)), 5)


def lines(values, first=None):
    """One column, or several, under a first line."""
    rows = [",".join("" if np.isnan(v) else f"{v}" for v in np.atleast_1d(row)) for row in values]
    return "\n".join([*([first] if first else []), *rows]) + "\n"


@pytest.mark.parametrize(
    ("text", "column", "is_header"),
    [
        (lines(100 + AR1, "0"), None, True),  # as pandas writes a column without name
        (lines(AR1, "0"), None, True),
        (lines(np.column_stack([AR1, 1 + AR1]), "0,1"), 1, True),
        (lines(np.column_stack([np.arange(3000.0), AR1]), ",0"), 1, True),
        (lines(np.column_stack([AR1, AR1]), "2019,2020"), 0, True),
        (lines(np.column_stack([AR1, AR1]), "2019,2020"), "2019", True),
        (lines(np.round(AR1).astype(int), "2019"), None, True),
        (lines(np.round(AR1).astype(int), "0"), None, False),
        (lines(AR1, "3"), None, False),
        (lines(AR1, "50.5"), None, False),  # no whole number
        (lines(AR1), None, False),
        (lines(np.column_stack([AR1, AR1]), "1,2"), 1, False),
    ],
)
def test_a_first_line_that_reads_as_numbers(tmp_path, text, column, is_header):
    path = tmp_path / "a.csv"
    path.write_text(text)
    rows = text.count("\n")
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        assert load_series(path, column).size == rows - is_header
    by_name = isinstance(column, str)
    assert len(caught) == (is_header and not by_name)
    for warning in caught:
        assert warning.category is NumbersAsHeader
        assert text.split("\n")[0].replace(",", ", ") in str(warning.message)
        assert "--no-header" in str(warning.message)
    assert load_series(path, column, header=True).size == rows - 1
    if not by_name:
        assert load_series(path, column, header=False).size == rows


@pytest.mark.parametrize("gap", ["at random", "in the middle", "every tenth"])
def test_gaps_are_not_closed_up(gap):
    """R is near 0.9^Δ; without its gaps the series at random would have 0.83^Δ."""
    x = lfilter([1], [1, -0.9], noise(8000, 5)) * np.sqrt(1 - 0.81)
    missing = {
        "at random": np.random.default_rng(7).random(x.size) < 0.5,
        "in the middle": np.abs(np.arange(x.size) - 3000) < 1500,
        "every tenth": np.arange(x.size) % 10 == 3,
    }[gap]
    x[missing] = np.nan
    found = fit(x, max_lag=20)
    R = 0.9 ** np.arange(21)
    assert found.samples == np.count_nonzero(~missing)
    # both are mean squares of a slow series: 6 standard errors
    assert np.all(np.abs(found.estimated - R) < 6 * found.standard_errors)
    assert np.all(np.abs(found.fitted - R) < 6 * found.standard_errors)
    closed_up = fit(x[~missing], max_lag=20)
    if gap == "at random":
        assert closed_up.fitted[5] < 0.8 * found.fitted[5]


def test_pairs_are_those_that_are_there():
    x = noise(400, 1)
    x[noise(400, 2) > 0.5] = np.nan
    found = estimate(x, 6, mean=0.0)
    for lag in range(7):
        products = x[lag:] * x[: x.size - lag]
        assert found[lag] == pytest.approx(np.nanmean(products), rel=0, abs=1e-13)


@pytest.mark.parametrize("weights", [(1.0,), (1.0, -1.9, 0.95), (1.0, 0.5, 0.0, -0.7, 0.2)])
def test_the_expected_periodogram_of_gaps_is_that_without_where_there_are_none(weights):
    whole = replace(periodogram(noise(499, 1)), weights=weights)
    pairs = 1 - np.arange(499) / 499
    shapes = [(np.inf, 0.0), (0.1, 0.0), (0.02, 0.7), (0.3, np.pi)]
    gaps = replace(whole, pairs=pairs)
    mine, theirs = gaps.with_derivatives(shapes), whole.with_derivatives(shapes)
    assert mine[0] == pytest.approx(theirs[0], rel=1e-9)
    for by_gaps, closed in zip(mine[1:], theirs[1:], strict=True):
        assert by_gaps[:, 1:] == pytest.approx(closed[:, 1:], rel=1e-6, abs=1e-9)


def npy(header):
    """A .npy file with 50 numbers under any header."""
    return b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header + bytes(400)


@pytest.mark.parametrize(
    "content",
    [
        b"PK",
        npy(b""),
        npy(b"{'descr': '<f8', 'fortran_order': False, 'shape': (99999999999999,), }"),
        npy(b"{'descr': '<f8', 'fortran_order': False, 'shape': (-1,), }"),
        npy(b"{'descr': '<f8', 'fortran_order': False, 'shape': 'x', }"),
        npy(b"{'descr': '|O', 'fortran_order': False, 'shape': (50,), }"),
        npy(b"{'descr': [], 'fortran_order': 3, 'shape': (50,), }"),
        npy(b"[" * 5000),
        npy(b"'" + b" " * 60),
        npy(b"\xff" * 60),
    ],
)
def test_damaged_and_forged_arrays_are_refused(tmp_path, content):
    path = tmp_path / "a.npy"
    path.write_bytes(content)
    with pytest.raises(ValueError, match=r"a\.npy: not a \.npy file of numbers: "):
        load_series(path)


def test_several_arrays_are_no_series(tmp_path):
    np.savez(tmp_path / "b.npz", a=np.arange(3))
    (tmp_path / "b.npz").rename(tmp_path / "b.npy")
    with pytest.raises(ValueError, match="it holds several arrays"):
        load_series(tmp_path / "b.npy")


def test_what_unpacks_to_too_much_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(files, "LARGEST", 10_000)
    monkeypatch.setattr(files, "LARGEST_TEXT", 10_000)
    np.savez_compressed(tmp_path / "a.npz", A=np.zeros(1200), B=np.zeros(1), C=np.zeros(10**6))
    assert set(files.read_arrays(tmp_path / "a.npz", "AB")) == {"A", "B"}
    with pytest.raises(ValueError, match=r"a\.npz: .*unpacked it is 0\.0 GB"):
        files.read_arrays(tmp_path / "a.npz", "ABC")
    with gzip.open(tmp_path / "a.csv.gz", "wt") as file:
        file.write("0.5\n" * 10_000)
    with pytest.raises(ValueError, match=r"a\.csv\.gz: unpacked it is more than 0 MB"):
        load_series(tmp_path / "a.csv.gz")


def test_a_packed_file_that_ends_early_is_refused(tmp_path):
    with gzip.open(tmp_path / "a.csv.gz", "wb") as file:
        file.write(np.random.default_rng(0).bytes(10_000))
    path = tmp_path / "b.csv.gz"
    path.write_bytes((tmp_path / "a.csv.gz").read_bytes()[:5000])
    with pytest.raises(ValueError, match="not a CSV file"):
        load_series(path)


def test_packaged_series():
    with pytest.raises(ValueError, match="unknown series"):
        packaged_series("gold")
    try:
        prices = packaged_series("sp500")
    except ValueError as missing:
        pytest.skip(str(missing))
    assert prices.size == 5031
    assert np.all(prices > 0)
