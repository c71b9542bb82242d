"""A normaliser's input in checkpoints, and in what it prints."""

import pytest
import sympy as sp
import torch

from numerics.normalizers import InputNormalizer
from theory.inputs import damped_cosine, exponential, white

R = sp.Rational
OSCILLATION = R(1, 10) * white() + damped_cosine(R(99, 100), R(1, 8))
SLOW = exponential(R(9999, 10000))


@pytest.mark.parametrize("assign", [False, True])
@pytest.mark.parametrize("own", [None, SLOW, [white(), SLOW]])
def test_a_checkpoint_loads_into_any_normaliser(own, assign):
    """Without the data that it was fitted to, as part of a layer, and from a meta device."""
    fitted = InputNormalizer(OSCILLATION)
    saved = torch.nn.ModuleDict({"gamma": fitted}).state_dict()
    assert [*saved] == ["gamma.white_v1", "gamma.terms_v1"]
    with torch.device("meta" if assign else "cpu"):
        other = torch.nn.ModuleDict({"gamma": InputNormalizer(own)})
    other.load_state_dict(saved, assign=assign)
    assert torch.equal(other["gamma"](torch.tensor(0.9)), fitted(torch.tensor(0.9)))
    assert str(other["gamma"]) == str(fitted)
    assert other.state_dict().keys() == saved.keys()


def test_a_checkpoint_without_an_input_is_not_one_of_a_fitted_layer():
    with pytest.raises(RuntimeError, match="Missing key"):
        InputNormalizer(SLOW).load_state_dict({})
    InputNormalizer().load_state_dict({})


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"white_v1": None}, "terms_v1: there is no white_v1"),
        ({"zeros_v1": torch.ones(1, 3)}, "there is no filtered_v1"),
        ({"white_v1": torch.ones(2)}, r"shapes \(2,\) and \(2, 4\) do not fit"),
        ({"terms_v1": torch.ones(3)}, "do not fit"),
        ({"terms_v1": torch.tensor([[-1.0, 1, 1, 0]])}, "not the numbers of an autocorrelation"),
        ({"terms_v1": torch.tensor([[1.0, -1, 3, 0]])}, "not the numbers"),
        ({"terms_v1": torch.tensor([[1.0, 1, 0.5, 0]])}, "not the numbers"),
        ({"white_v1": torch.tensor(torch.nan)}, "not the numbers"),
    ],
)
def test_a_checkpoint_that_is_none_is_refused(change, message):
    saved = {**InputNormalizer(OSCILLATION).state_dict(), **change}
    module = InputNormalizer(SLOW)
    before = str(module)
    with pytest.raises(RuntimeError, match=message):
        module.load_state_dict({name: value for name, value in saved.items() if value is not None})
    assert str(module) == before


def test_a_normaliser_says_what_it_is_for():
    assert str(InputNormalizer()) == "InputNormalizer()"
    x = R(1, 10) * white() + damped_cosine(R(99, 100), R(1, 10))
    shown = "0.1·KroneckerDelta(Δ, 0) + 1·0.99^Δ·cos(0.1·Δ)"
    assert str(InputNormalizer(x)) == f"InputNormalizer(R(Δ) = {shown})"
    assert str(InputNormalizer(exponential(R(-1, 2)))) == "InputNormalizer(R(Δ) = 1·(−0.5)^Δ)"
    assert str(InputNormalizer([x, white()])) == "InputNormalizer(2 inputs)"
    with torch.device("meta"):
        assert str(InputNormalizer(x)) == "InputNormalizer(1 input)"
