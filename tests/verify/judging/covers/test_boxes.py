"""Boxes and their halves, exactly; places in words."""

from fractions import Fraction

import flint
import pytest

from verify.judging.covers.boxes import Box, between, exactly, shown

BOX = Box((3, 0, 5), (2, 0, 4))  # [3/4, 1] × [0, 1] × [5/16, 6/16]


@pytest.mark.parametrize(
    ("i", "lower", "upper"), [(0, (3, 4), (1, 1)), (1, (0, 1), (1, 1)), (2, (5, 16), (6, 16))]
)
def test_sides_are_enclosed(i, lower, upper):
    side = BOX.side(i)
    ends = flint.arb(flint.fmpq(*lower)), flint.arb(flint.fmpq(*upper))
    assert side.mid() == (ends[0] + ends[1]) / 2
    assert all(side.contains(end) for end in ends)
    assert side.rad() - (ends[1] - ends[0]) / 2 < 1e-8


@pytest.mark.parametrize(
    ("i", "low", "high"),
    [
        (0, Box((6, 0, 5), (3, 0, 4)), Box((7, 0, 5), (3, 0, 4))),
        (1, Box((3, 0, 5), (2, 1, 4)), Box((3, 1, 5), (2, 1, 4))),
        (2, Box((3, 0, 10), (2, 0, 5)), Box((3, 0, 11), (2, 0, 5))),
    ],
)
def test_halves(i, low, high):
    assert BOX.halves(i) == (low, high)


def test_a_place_in_words():
    place = {"rho": flint.arb(flint.fmpq(1, 3)), "omega": flint.arb(-2, 0.25)}
    assert shown(place) == "rho = 0.333333, omega = -2.00000"


@pytest.mark.parametrize(
    ("one", "other", "words"),
    [
        (1, 2, "in [1.00000, 2.00000]"),
        (2, 1, "in [1.00000, 2.00000]"),
        (-1, -2, "in [-2.00000, -1.00000]"),
        (1, 1, "= 1.00000"),
        (1, "inf", "beyond 1.00000"),
        ("-inf", -1, "beyond -1.00000"),
        ("nan", 1, "beyond 1.00000"),
        ("inf", "-inf", "at infinity"),
    ],
)
def test_a_range_in_words(one, other, words):
    assert between(flint.arb(one), flint.arb(other)) == words


def test_a_range_between_inexact_ends_is_that_of_their_middles():
    assert between(flint.arb(2, 0.75), flint.arb(1, 0.75)) == "in [1.00000, 2.00000]"


def test_a_rational_is_enclosed():
    third = exactly(Fraction(-1, 3))
    assert third.contains(flint.arb(flint.fmpq(-1, 3)))
    assert third.rad() < 1e-15
    assert exactly(Fraction(3, 4)) == flint.arb("0.75")


def test_nothing_compares_with_no_bound():
    nothing = exactly(None)
    assert not any((nothing < 0, nothing > 0, nothing == 0))
