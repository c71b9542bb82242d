"""Autocorrelations of batches: against direct sums, known laws, and warnings."""

import warnings

import numpy as np
import pytest
import torch
from scipy.signal import lfilter
from torch.nn.utils.rnn import pack_padded_sequence
from torch.utils.data import DataLoader, TensorDataset

from numerics.fitting.autocorrelation import fit
from numerics.fitting.training_data import (
    Activations,
    FeaturesDiffer,
    Masked,
    NotStationary,
    PoorFit,
    fit_autocorrelation,
    fit_features,
    normalizer_for,
)
from numerics.fitting.whittle import LONGEST_SEGMENT

SEQUENCES, STEPS, FEATURES, RHO = 64, 400, 6, 0.98
LAGS = np.arange(STEPS // 4 + 1)


def data(seed=0, mean=0.0):
    """White noise of variance ¼ and AR(1) of variance 1, and what R is then."""
    rng = np.random.default_rng(seed)
    drive = rng.standard_normal((SEQUENCES, STEPS + 1000, FEATURES)) * np.sqrt(1 - RHO**2)
    slow = lfilter([1], [1, -RHO], drive, axis=1)[:, 1000:]
    x = slow + rng.standard_normal(slow.shape) / 2 + mean
    return torch.from_numpy(x), mean**2 + RHO**LAGS + (LAGS == 0) / 4


def test_estimate_is_the_direct_sum():
    x = data()[0][:3, :40]
    found = fit_autocorrelation(x, max_lag=10).estimated
    for lag in range(11):
        direct = float((x[:, lag:] * x[:, : 40 - lag]).sum(1).mean()) / (40 - lag)
        assert found[lag] == pytest.approx(direct, rel=0, abs=1e-14)
    removed = fit_autocorrelation(x, "removed", max_lag=10)
    assert removed.mean == pytest.approx(x.mean((0, 1)).numpy(), abs=1e-14)
    again = fit_autocorrelation(x - x.mean((0, 1)), max_lag=10)
    assert removed.estimated == pytest.approx(again.estimated, rel=0, abs=1e-13)


@pytest.mark.parametrize("mean", [0.0, 3.0])
def test_fit_is_the_law(mean):
    x, R = data(1, mean)
    found = fit_autocorrelation(x)
    assert found.samples == SEQUENCES * STEPS
    assert np.all(np.abs(found.estimated - R) < 6 * found.standard_errors)
    # a maximum likelihood fit of the right form is no less precise than the estimate
    assert np.all(np.abs(found.fitted - R) < 6 * found.standard_errors)
    constant = [k for k in found.components if k.rate == 0]
    assert len(constant) == (mean > 0)


@pytest.mark.slow
def test_standard_errors_are_the_scatter_of_estimates():
    """By repetition, at three lags: each variance has SEQUENCES − 1 or 39 degrees of freedom."""
    found = [fit_autocorrelation(data(seed)[0]) for seed in range(40)]
    lags = [0, 20, 100]
    scatter = np.std([f.estimated[lags] for f in found], axis=0, ddof=1)
    stated = np.sqrt(np.mean([f.standard_errors[lags] ** 2 for f in found], axis=0))
    # a variance of 39 degrees scatters by √(2/39) = 0.23, four times that
    assert np.all(np.abs(np.log(scatter / stated)) < 4 * 0.23 / 2)


def test_batches_one_by_one():
    x = data(2)[0]
    whole = fit_autocorrelation(x)
    loader = DataLoader(TensorDataset(x, torch.zeros(len(x))), batch_size=10)
    for batches in (loader, iter(x.split(7)), [x[:1], x[1:]], x.numpy(), [x.numpy()]):
        found = fit_autocorrelation(batches)
        assert found.estimated == pytest.approx(whole.estimated, rel=1e-12)
        assert found.standard_errors == pytest.approx(whole.standard_errors, rel=1e-9)
        assert str(found) == str(whole)
    removed = fit_autocorrelation(loader, "removed")
    assert removed.estimated == pytest.approx(fit_autocorrelation(x, "removed").estimated, rel=1e-9)
    assert str(fit_autocorrelation(x.float())) == str(whole)


@pytest.mark.slow
def test_one_long_series_is_fitted_as_a_series():
    x = data(3)[0].mT.reshape(-1)[: 2 * LONGEST_SEGMENT]
    series, batch = fit(x.numpy()), fit_autocorrelation(x, "removed")
    assert len(batch.components) == len(series.components)
    for a, b in zip(series.components, batch.components, strict=True):
        assert (b.weight, b.phi) == pytest.approx((a.weight, a.phi), rel=1e-3)
    assert batch.standard_errors == pytest.approx(series.standard_errors, rel=1e-3)


def test_stationary_data_give_no_warning():
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        for seed in range(20):
            x = data(seed)[0]
            fit_autocorrelation(x)
            fit_autocorrelation(x[0, :, 0])
    assert not caught


def test_a_trend_is_noticed():
    growth = torch.linspace(1, 1.3, STEPS, dtype=torch.float64)[:, None]
    with pytest.warns(NotStationary, match=r"changes by \+\d\d% .* standard errors"):
        fit_autocorrelation(data(4)[0] * growth)


def test_a_pattern_is_noticed():
    """Position embeddings: a fixed series of the same power, half of all."""
    pattern = torch.from_numpy(np.random.default_rng(5).standard_normal((STEPS, FEATURES)))
    with pytest.warns(NotStationary, match=r"(4\d|5\d)% of the variance is the same in all 64"):
        fit_autocorrelation(data(5)[0] + 1.25**0.5 * pattern)


def test_normalizer_for():
    """E|γh|² = 1 for the data as they are, with their mean; see test_state_power for more."""
    x, _ = data(6, mean=1.0)
    normalizer = normalizer_for(x)
    assert str(fit_autocorrelation(x)).count("+") == 2
    lam = torch.tensor(0.9, dtype=torch.float64)
    h = lfilter([1], [1, -0.9], x.numpy(), axis=1)[:, 200:]
    power = float(normalizer(lam)) ** 2 * np.mean(h**2, axis=(1, 2))
    assert abs(power.mean() - 1) < 6 * power.std() / np.sqrt(SEQUENCES)


class Inside(torch.nn.Module):
    """A layer that is called by name, twice, behind another."""

    def __init__(self):
        super().__init__()
        self.encoder, self.unused = torch.nn.Linear(FEATURES, 2), torch.nn.ReLU()
        self.layer = torch.nn.Identity()

    def forward(self, x):
        return self.layer(input=self.layer(self.encoder(x)))


def test_activations_are_what_a_layer_is_fed_with():
    torch.manual_seed(0)
    model, x = Inside().double(), data()[0]
    fed = Activations(model, "layer", [(x[:40], None), (x[40:], None)])
    expected = model.encoder(x).detach()
    for _ in range(2):  # they can be gone through again
        assert [len(batch) for batch in fed] == [40, 40, 24, 24]
    found, whole = (
        normalizer_for(x, per_feature=False) for x in (fed, torch.cat([expected, expected]))
    )
    assert str(found) == str(whole)
    [once, twice] = Activations(model, "layer", x.numpy())
    assert torch.equal(once, expected)
    assert torch.equal(twice, expected)
    first = iter(fed)
    next(first)
    first.close()
    assert not model.layer._forward_pre_hooks
    with pytest.raises(ValueError, match="layer 'unused': the model does not call it"):
        normalizer_for(Activations(model, "unused", x))
    with pytest.raises(ValueError, match=r"layer 'layers': .*layer"):
        Activations(model, "layers", x)


def two_features(seed=0):
    """White noise and an AR(1), which γ for their mean fits neither of."""
    noise = np.random.default_rng(seed).standard_normal((SEQUENCES, STEPS + 1000, 2))
    slow = lfilter([(1 - RHO**2) ** 0.5], [1, -RHO], noise[..., 1], axis=1)
    return torch.from_numpy(np.stack([noise[..., 0], slow], -1)[:, 1000:])


def test_each_feature_has_a_normaliser_of_its_own():
    x, held_out = two_features(), two_features(1)
    for axis, shape in ((-1, (2,)), (-2, (2, 1))):
        normalizer = normalizer_for(x, per_feature=True, axis=axis)
        for lam in (0.0, 0.9, -0.9):
            gamma = normalizer(torch.full(shape, lam, dtype=torch.float64))
            assert gamma.shape == shape
            h = gamma.reshape(2).numpy() * lfilter([1], [1, -lam], held_out, axis=1)
            power = np.mean(h[:, 100:] ** 2, axis=1)
            error = power.std(0) / np.sqrt(SEQUENCES)
            assert np.all(np.abs(power.mean(0) - 1) < 6 * error)


def test_features_that_differ_are_noticed():
    x = two_features()
    with pytest.warns(FeaturesDiffer, match=r"0.\d+ in feature 0 and 1.\d+ in feature 1"):
        normalizer_for(x)
    with pytest.warns(FeaturesDiffer, match=r"is 0 in feature 1 and 2 in feature 0"):
        normalizer_for(x * torch.tensor([1, 0]))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        normalizer_for(x, per_feature=False)
        normalizer_for(data()[0])
        normalizer_for(x[:4, :, [1, 1]])


def test_fits_of_features_are_the_fits_of_each():
    x = data()[0] + torch.arange(FEATURES)
    for mean in ("kept", "removed"):
        for feature, found in enumerate(fit_features(x, mean)):
            alone = fit_autocorrelation(x[..., [feature]], mean)
            assert str(found) == str(alone)
            assert found.mean == pytest.approx(alone.mean, rel=1e-12)


def test_what_is_wrong_with_a_feature_names_it():
    x = torch.cat([data()[0], torch.ones(SEQUENCES, STEPS, 1)], -1)
    with pytest.raises(ValueError, match="data: feature 6: constant in time"):
        fit_features(x)
    growth = torch.linspace(1, 1.3, STEPS, dtype=torch.float64)[:, None]
    x = torch.cat([two_features(), growth * two_features(1)], -1)
    with pytest.warns(NotStationary, match="feature 2: the power changes") as caught:
        fit_features(x)
    assert len(caught) == 1


def test_a_spectrum_beyond_the_fit_is_noticed():
    """A band's power is all between two frequencies: it has no zeros, but an end."""
    spectrum = np.fft.rfft(np.random.default_rng(3).standard_normal((SEQUENCES, STEPS)))
    spectrum[:, : STEPS // 8] = spectrum[:, STEPS // 4 :] = 0
    x = np.fft.irfft(spectrum, STEPS)
    with pytest.warns(PoorFit, match=r"the data's E\|h\|² is \d+\.\d+ of the fit's"):
        fit_autocorrelation(torch.from_numpy(x)[..., None])


def padded(seed=1):
    """Sequences of 40 to 400 steps of `data`, 7 where there is padding, and their lengths."""
    x, R = data(seed)
    lengths = torch.from_numpy(np.random.default_rng(seed).integers(40, STEPS + 1, SEQUENCES))
    lengths[0] = STEPS
    batch = Masked.of_lengths(x, lengths)
    return Masked(torch.where(batch.mask[..., None], x, 7.0), batch.mask), lengths, R


def test_padding_is_no_data():
    batch, lengths, R = padded()
    found = fit_autocorrelation(batch)
    assert found.samples == int(lengths.sum())
    assert np.all(np.abs(found.estimated - R) < 6 * found.standard_errors)
    assert np.all(np.abs(found.fitted - R) < 6 * found.standard_errors)
    with pytest.warns(NotStationary):
        assert fit_autocorrelation(batch.x).fitted[0] > 3 * found.fitted[0]
    x, mask = batch.x.numpy(), batch.mask.numpy()
    for lag in (0, 1, 17, 100):
        both = mask[:, lag:] & mask[:, : STEPS - lag]
        products = (x[:, lag:] * x[:, : STEPS - lag]).mean(-1)[both]
        assert found.estimated[lag] == pytest.approx(products.mean(), rel=1e-12)


def test_what_is_whole_needs_no_mask():
    x = data()[0]
    whole = fit_autocorrelation(Masked(x, torch.ones(x.shape[:2], dtype=torch.bool)))
    assert str(whole) == str(fit_autocorrelation(x))


def test_packed_and_shorter_batches_are_masked_ones():
    batch, lengths, _ = padded()
    packed = pack_padded_sequence(batch.x, lengths, batch_first=True, enforce_sorted=False)
    expected = fit_autocorrelation(batch)
    for given in (packed, [(packed, "targets")], [Masked(batch.x, batch.mask)]):
        np.testing.assert_array_equal(fit_autocorrelation(given).estimated, expected.estimated)
    one_by_one = [pack_padded_sequence(batch.x[:1], lengths[:1], batch_first=True)]
    one_by_one += [
        pack_padded_sequence(batch.x[[k]], lengths[[k]], batch_first=True) for k in range(1, 64)
    ]
    found = fit_autocorrelation(one_by_one)
    np.testing.assert_allclose(found.estimated, expected.estimated, rtol=1e-12)
    with pytest.raises(ValueError, match="as many in all batches"):
        fit_autocorrelation([Masked(batch.x[:, :300], batch.mask[:, :300]), batch])
    with pytest.raises(
        ValueError, match=r"a mask of truth values \(64, 400\) is needed, not \(64,"
    ):
        fit_autocorrelation(Masked(batch.x, batch.mask.double()))


def test_means_are_of_the_steps_that_are_there():
    batch, _, _ = padded()
    moved = Masked(batch.x + torch.arange(FEATURES), batch.mask)
    found = fit_autocorrelation([moved], "removed")
    np.testing.assert_allclose(found.mean, moved.x[batch.mask].mean(0), rtol=1e-12)
    assert found.fitted[0] == pytest.approx(fit_autocorrelation([batch], "removed").fitted[0])


def test_layers_are_fed_with_padding_too():
    batch, lengths, _ = padded()
    model = torch.nn.Sequential(torch.nn.Identity(), torch.nn.Linear(FEATURES, 2).double())
    found = fit_autocorrelation(Activations(model, "1", [batch]))
    assert found.samples == int(lengths.sum())
    np.testing.assert_array_equal(found.estimated, fit_autocorrelation(batch).estimated)


class Frame:
    """What data frames of pandas and Polars have."""

    def __init__(self, numbers):
        self.to_numpy = lambda: numbers


def test_a_data_frame_is_one_sequence_of_its_columns():
    x = data()[0][:2].numpy()
    found = fit_features(Frame(x[0]))
    assert len(found) == FEATURES
    assert list(map(str, found)) == list(map(str, fit_features(torch.from_numpy(x[:1]))))
    both = fit_autocorrelation([Frame(x[0]), Frame(x[1])])
    np.testing.assert_array_equal(both.estimated, fit_autocorrelation(x).estimated)
    np.testing.assert_array_equal(
        fit_autocorrelation(Frame(x[0, :, 0])).estimated,
        fit_autocorrelation(torch.from_numpy(x[0, :, 0])).estimated,
    )


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        (torch.zeros(4, 40), r"\(batch, time, features\) are needed, not \(4, 40\)"),
        (torch.zeros(40, dtype=torch.complex64), "real tensors"),
        ([np.zeros((1, 40, 1), complex)], "not ndarray"),
        ([{"x": torch.zeros(1, 40, 1)}], r"not dict; .*\(b\['x'\] for b in data\)"),
        (torch.zeros(2, 31, 1), r"\(31, 1\) steps and features.*at least 32"),
        ([torch.randn(2, 40, 1), torch.randn(2, 50, 1)], "as many in all batches"),
        (torch.randn(2, 40, 3).log(), r"nan at \(\d+, \d+, \d+\) of a batch is not finite"),
        (torch.full((2, 40, 3), 3.1), "constant in time"),
        ([], "no batches"),
    ],
)
def test_bad_data(bad, message):
    with pytest.raises(ValueError, match=message):
        fit_autocorrelation(bad)


def test_bad_options():
    x = data()[0]
    with pytest.raises(ValueError, match="mean = 'zero'"):
        fit_autocorrelation(x, "zero")
    with pytest.raises(ValueError, match="max_lag = 101: from 0 to a quarter of the 400 steps"):
        fit_autocorrelation(x, max_lag=101)
    with pytest.raises(ValueError, match="no batches; an iterator"):
        fit_autocorrelation(iter([x]), "removed")
