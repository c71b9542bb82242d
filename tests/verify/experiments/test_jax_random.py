"""Keys and numbers are JAX's, and Flax's where it starts a network."""

import numpy as np
import pytest

from verify.experiments.jax_random import (
    fan_in_normal,
    fold_in,
    key_of,
    key_of_parameter,
    normal,
    split,
    uniform,
)

SEEDS = (0, 42, 2023, 2**40 + 7)
EPSILON = 2.0**-23
# JAX's inverse error function is Giles's of 2010, good to 3.5e-7; the rest are roundings, also of
# uniform numbers, which near 0 are multiplied by sqrt(pi/2)
NORMAL = {"rel": 3.5e-7 + 2 * EPSILON, "abs": 1.26 * EPSILON}


def test_known_numbers():
    """They are those of Threefry's authors for a key and counts of zeros, and JAX's for key 42."""
    assert [hex(number) for number in fold_in(key_of(0), 0)] == ["0x6b200159", "0x99ba4efe"]
    assert split(key_of(42)).tolist() == [[2465931498, 3679230171], [255383827, 267815257]]


@pytest.mark.parametrize("seed", SEEDS)
def test_keys_are_those_of_jax(jax, seed):
    with jax.enable_x64(True):
        theirs = jax.random.PRNGKey(seed)
    assert np.array_equal(key_of(seed), theirs)
    for count in (1, 2, 5):
        assert np.array_equal(split(key_of(seed), count), jax.random.split(theirs, count))
    assert np.array_equal(fold_in(key_of(seed), 7), jax.random.fold_in(theirs, 7))


@pytest.mark.parametrize("shape", [(7,), (10, 3)])
def test_numbers_are_those_of_jax(jax, shape):
    ours = split(key_of(3), 4)
    theirs = jax.random.split(jax.random.PRNGKey(3), 4)

    def uniform_of(key):
        return jax.random.uniform(key, shape, minval=-3.14, maxval=3.14)

    found = uniform(ours, *shape, lower=-3.14, upper=3.14)
    assert found.dtype == np.float32
    # the product and the sum are rounded once or twice
    assert np.abs(found - jax.vmap(uniform_of)(theirs)).max() <= 3.14 * EPSILON
    close = np.array(jax.vmap(lambda key: jax.random.normal(key, shape))(theirs))
    assert normal(ours, *shape) == pytest.approx(close, **NORMAL)


def test_doubles_are_those_of_jax(jax):
    ours = split(key_of(3), 4)
    with jax.enable_x64(True):
        theirs = jax.random.split(jax.random.PRNGKey(3), 4)
        uniform_of = jax.vmap(lambda key: jax.random.uniform(key, (7,)))(theirs)
        normal_of = np.array(jax.vmap(lambda key: jax.random.normal(key, (5, 3)))(theirs))
    found = uniform(ours, 7, dtype=np.float64)
    assert found.dtype == np.float64
    assert np.array_equal(found, uniform_of)
    # Giles's polynomials for doubles are of degree 22, two roundings for each
    found = normal(ours, 5, 3, dtype=np.float64)
    assert found == pytest.approx(normal_of, rel=44 * 2.0**-52, abs=1.26 * 2.0**-52)


def test_parameters_are_those_of_flax(jax):
    nn = pytest.importorskip("flax.linen", reason="flax is not installed")

    class Inner(nn.Module):
        @nn.compact
        def __call__(self, x):
            self.param("first", jax.random.normal, (5,))
            self.param("second", jax.random.normal, (5,))
            return nn.Dense(6, name="kernels")(x)

    class Outer(nn.Module):
        @nn.compact
        def __call__(self, x):
            self.param("own", jax.random.normal, (5,))
            return Inner(name="inner")(x)

    found = Outer().init(jax.random.PRNGKey(5), np.ones(9, np.float32))["params"]
    key = key_of(5)
    for theirs, path in (
        (found["own"], (1,)),
        (found["inner"]["first"], ("inner", 1)),
        (found["inner"]["second"], ("inner", 2)),
    ):
        ours = normal(key_of_parameter(key, *path), 5)
        assert ours == pytest.approx(np.array(theirs), **NORMAL)
    ours = fan_in_normal(key_of_parameter(key, "inner", "kernels", 1), 9, 6)
    theirs = np.array(found["inner"]["kernels"]["kernel"])
    assert ours == pytest.approx(theirs, **NORMAL)
