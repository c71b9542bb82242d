"""What tests of experiments share."""

import pytest


@pytest.fixture(scope="module")
def jax():
    """JAX as it was before version 0.5."""
    found = pytest.importorskip("jax", reason="jax is not installed")
    found.config.update("jax_threefry_partitionable", False)
    found.config.update("jax_platforms", "cpu")
    yield found
    found.config.update("jax_threefry_partitionable", True)
