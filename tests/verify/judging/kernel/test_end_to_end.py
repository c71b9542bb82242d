"""One theorem from a moment's definition to the last rounding; Coq refuses what is not so."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import replace

import pytest

from numerics.codegen.export import exported
from theory.inputs import exponential, white
from verify.judging.kernel.end_to_end import QUANTITIES, Unjoined, theorem, theorems
from verify.judging.kernel.gappa import Bounds, Program

pytestmark = pytest.mark.skipif(
    shutil.which("gappa") is None or shutil.which("coqc") is None,
    reason="Gappa or Coq is not installed",
)
WHITE, EXPONENTIAL = "KroneckerDelta(Delta, 0)", "rho**Delta"
INPUTS = {WHITE: white(), EXPONENTIAL: exponential()}
ONE = ["one_minus_lam"]


def proved(quantity, autocorrelation=WHITE, target="torch"):
    """What Gappa has proved of a module."""
    bounds = Bounds(target)
    exported(quantity, INPUTS[autocorrelation], target, bounds)
    return bounds


def proved_of(body):
    """A function of 1−λ, and what Gappa has proved of it."""
    bounds = Bounds("torch")
    bounds("f", ONE, body, 99)
    return bounds.programs["f"], bounds.proved["f"]


@pytest.mark.every(6)
@pytest.mark.parametrize("quantity", QUANTITIES)
@pytest.mark.parametrize("autocorrelation", INPUTS)
def test_coq_has_only_to_be_asked(quantity, autocorrelation, tmp_path):
    bounds = proved(quantity, autocorrelation)
    list(bounds.write(tmp_path))
    [line] = theorems(quantity, autocorrelation, bounds, tmp_path)
    assert line.endswith("in one theorem")
    made = subprocess.run(
        ["make", "-C", str(tmp_path)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert made.returncode == 0, made.stderr
    assert (tmp_path / f"{quantity}_near_one_end_to_end.vo").exists()
    assert "Classical_Prop.classic" in made.stdout


def test_the_theorem_says_it_in_the_words_of_the_definition():
    bounds = proved("second_moment")
    name = "second_moment_near_one"
    bound = bounds.proved[name]
    text = theorem("second_moment", WHITE, bounds.programs[name], bound)
    stated = " ".join(text[text.index("Theorem") : text.index("Proof.")].split())
    assert stated == (
        "Theorem end_to_end (lam : R) (x0 t0 t1 t2 : R) : (- 1 < lam)%R -> (lam < 1)%R -> "
        "x0 = (1 - lam)%R -> double x0 = x0 -> "
        "(1 * bpow radix2 (-149) <= x0 <= 9007199254740991 * bpow radix2 (-52))%R -> "
        "t0 = double (2 - x0)%R -> t1 = double (x0 * t0)%R -> t2 = double (1 / t1)%R -> "
        "(Rabs t0 <= bpow radix2 1023)%R /\\ (Rabs t1 <= bpow radix2 1023)%R /\\ "
        "(Rabs t2 <= bpow radix2 1023)%R /\\ exists p_exact : R, (0 <= p_exact)%R /\\ "
        "is_positive (fun n => kronecker n) /\\ "
        "second_moment (fun n => kronecker n) (unit 1 lam) p_exact /\\ "
        f"(Rabs (t2 - p_exact) <= {bound.parts} * bpow radix2 (-63) * p_exact)%R."
    )


def test_another_functions_bound_is_of_no_use():
    program, bound = proved_of(["return 1/(one_minus_lam*(2 - one_minus_lam))"])
    assert theorem("second_moment", WHITE, program, bound)
    with pytest.raises(Unjoined):
        theorem("gamma", WHITE, program, bound)
    with pytest.raises(Unjoined):
        theorem("second_moment", "Rational(1, 2)**Delta", program, bound)
    other = Program(ONE, ["return 1/(one_minus_lam*(2 + one_minus_lam))"])
    with pytest.raises(Unjoined):
        theorem("second_moment", WHITE, other, bound)


def test_no_bound_is_smaller_than_what_is_proved():
    program, bound = proved_of(["return 1/(one_minus_lam*(2 - one_minus_lam))"])
    for changed in ({"parts": bound.parts - 1}, {"least": bound.least - 1}):
        with pytest.raises(Unjoined):
            theorem("second_moment", WHITE, program, replace(bound, **changed))


def test_a_librarys_power_is_left_out():
    program, bound = proved_of(["return (one_minus_lam + 1)**3"])
    with pytest.raises(Unjoined, match="power"):
        theorem("sensitivity", WHITE, program, bound)


def test_an_input_without_a_translation_is_said_to_be():
    program, bound = proved_of(["return 1/(one_minus_lam*(2 - one_minus_lam))"])
    with pytest.raises(Unjoined, match="Foo"):
        theorem("second_moment", "Foo(Delta)", program, bound)
