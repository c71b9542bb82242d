"""Systems and batches are those of the published seeds."""

from pathlib import Path

import numpy as np
import pytest
import torch

from numerics.recurrences import block
from verify.experiments.jax_random import key_of, normal, split
from verify.experiments.released_systems import BATCHES, batches, students, teacher

GOLDEN = Path(__file__).parents[2] / "golden" / "teacher_key_42.npz"
EPSILON = 2.0**-23
PI = 3.14  # as the released code has it
SEEDS = (2023, 2024)
KINDS = (
    *("dense", "2 heads", "32 heads", "64 heads of 2"),
    *("diagonal", "diagonal with gamma", "lru", "s4"),
)
# the first and last of some parameters at ν₀ = .99, of the released models under seed 2023
RELEASED = {
    ("dense", "A"): (-0.1367455, 0.01051593),
    ("dense", "B"): (0.9109091, 1.139111),
    ("8 heads", "A"): (-0.1413108, -0.1539561),
    ("8 heads", "C"): (-0.08377745, 0.06934572),
    ("64 heads of 2", "A"): (-0.6441579, -0.5890278),
    ("64 heads of 2", "D"): (1.504844, 1.504844),
    ("lru", "nu_log"): (-5.185083, -4.724531),
    ("lru", "theta_log"): (1.214465, 0.7455582),
    ("lru", "gamma_log"): (-2.248765, -2.020123),
    ("lru", "B_im"): (0.145087, -0.06120668),
    ("lru", "D"): (-0.5864029, -0.5864029),
    ("diagonal", "lambda_im"): (-0.2236994, 0.8517458),
    ("diagonal", "C_re"): (1.160696, -0.4896534),
    ("diagonal with gamma", "lambda_re"): (-0.9689283, -0.5068884),
    ("diagonal with gamma", "gamma"): (0.2473416, 0.8620116),
    ("s4", "a_im"): (-0.7643492, -0.8450691),
    ("s4", "B_re"): (-1.123505, 1.409328),
    ("s4", "C_im"): (0.1119169, 0.1675093),
}


def poles(kind, memory, angle):
    """The eigenvalues that students of a kind start with, (seeds, states)."""
    realization, p = students(kind, memory, angle, SEEDS)
    system = realization(p)
    if realization is block:
        return torch.linalg.eigvals(system.A).flatten(1)
    return system.lam


def test_the_teacher_is_that_of_key_42():
    golden = np.load(GOLDEN)
    names = [name for name in golden.files if name.startswith("A_")]
    for name in names:
        _, memory, angle = name.split("_")
        found = teacher(float(memory), float(angle), 42)
        # in single precision, by two other decompositions: to the eigenvectors' condition
        V = np.linalg.eig(golden[name].astype(float))[1]
        assert np.abs(found["A"].numpy() - golden[name]).max() <= np.linalg.cond(V) * 10 * EPSILON
        for other in "BCD":
            assert found[other].numpy() == pytest.approx(
                golden[other], rel=6 * EPSILON, abs=EPSILON
            )
    assert len(names) == 11


@pytest.mark.parametrize(("kind", "name"), RELEASED)
def test_students_are_those_of_their_seed(kind, name):
    _, p = students(kind, 0.99, PI, SEEDS)
    found = p[name][0].flatten()[[0, -1]].numpy()
    # to single precision's roundings; those of A and of S4's poles are enlarged
    rel, least = (2e-5, 2e-6) if name in ("A", "a_im") else (10 * EPSILON, EPSILON)
    assert found == pytest.approx(np.array(RELEASED[kind, name]), rel=rel, abs=least)


@pytest.mark.parametrize("kind", KINDS)
def test_students_start_as_slow_as_they_do_there(kind):
    lam = poles(kind, 0.99, PI)
    states = 128 if kind == "64 heads of 2" else 64
    assert lam.shape == (2, states)
    assert not torch.equal(lam[0], lam[1])
    assert lam.abs().max() < 1
    # those with heads from modulus 0 on
    of_heads = "heads" in kind or kind == "dense"
    assert (lam.abs().min() < 0.5) == of_heads


@pytest.mark.parametrize("kind", ["dense", "8 heads"])
def test_heads_start_as_slow_as_asked(kind):
    realization, p = students(kind, 0.5, PI, SEEDS, memory_of_heads=0.9)
    # a real matrix whose eigenvalues are moved in pairs keeps them
    assert torch.linalg.eigvals(realization(p).A).abs().min() > 0.9 - 1e-5


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "s4"])
def test_angles_are_as_narrow_as_asked(kind):
    wide, narrow = (poles(kind, 0.99, angle).angle().abs().max() for angle in (PI, 0.0314))
    assert narrow <= 0.0314 + 4 * EPSILON
    assert wide > 2


def test_the_first_batch_is_the_loaders():
    """Seed 2023 draws it with the key of 2024, split for the epoch, the batch and the sequence."""
    first, second = batches(SEEDS, 2), batches(SEEDS[1:], 2)
    x = next(first)
    assert x.shape == (2, 128, 300, 1)
    of_epoch = split(key_of(2024))[0]
    of_sequence = split(split(of_epoch, BATCHES)[0], 128)[5]
    assert np.array_equal(x[0, 5], normal(split(of_sequence)[0], 300, 1))
    assert np.array_equal(x[1], next(second)[0])


def test_each_epoch_has_other_batches(monkeypatch):
    monkeypatch.setattr("verify.experiments.released_systems.BATCHES", 2)
    drawn = list(batches(SEEDS, 3))
    assert len(drawn) == 6
    assert len({x.tobytes() for x in drawn}) == 6
