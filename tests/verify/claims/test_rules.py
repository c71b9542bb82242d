"""What the fields of a claim have to do with each other: every refusal, and what is filled in."""

import pytest

from verify.claims.claim import ClaimError
from verify.claims.file import make_claim

STATE = {
    "id": "c",
    "autocorrelation": "rho**Delta",
    "quantity": "second_moment",
    "relation": "==",
    "formula": "1",
    "domain": ["0 < lambda < 1", "0 < rho < 1"],
}
OF_STATE = ["0 < lambda < 1", "0 < rho < 1"]
SENSITIVITY = {**STATE, "quantity": "sensitivity"}
CURVATURE = {
    **STATE,
    "quantity": "curvature",
    "eigenvalue": "r*exp(I*phi)",
    "domain": ["0 < r < 1", "0 < phi < 3", "0 < rho < 1"],
}
HESSIAN = {
    **STATE,
    "quantity": "teacher_student_hessian",
    "domain": ["abs(lambda) < 1", "0 < lambda_star < 1", "0 < rho < 1"],
}
LOSS = {**HESSIAN, "quantity": "teacher_student_loss"}
RUN = {
    "id": "c",
    "experiment": "eigenvalue_learning",
    "settings": {
        "angle": ["plain", "optimal"],
        "optimiser_state": "carried",
        "arithmetic": "double",
    },
    "quantity": "largest_final_loss",
    "relation": "<=",
    "formula": "3/4*pi",
}


def refusal(entry, **changes):
    with pytest.raises(ClaimError) as caught:
        make_claim({**entry, **changes})
    return str(caught.value).removeprefix("claim: claim 'c': ")


def parameters(entry, **changes):
    return " ".join(make_claim({**entry, **changes}).parameters)


def by(entry, **changes):
    return " ".join(map(str, make_claim({**entry, **changes}).wrt))


@pytest.mark.parametrize(
    ("entry", "changes", "field", "words"),
    [
        (RUN, {"experiment": "x"}, "experiment", "unknown symbol 'x': one of deep_networks_at"),
        (RUN, {"experiment": ""}, "experiment", "unknown symbol '': one of deep_networks_at"),
        (
            RUN,
            {"quantity": "loss"},
            "quantity",
            "unknown symbol 'loss': one of largest_final_loss, smallest_final_loss",
        ),
        (RUN, {"settings": {}}, "settings", "angle is one of exponential, optimal, plain"),
        (
            RUN,
            {"settings": {**RUN["settings"], "angle": ["plain", "x"]}},
            "settings",
            "angle is one of exponential, optimal, plain",
        ),
        (
            RUN,
            {"settings": {**RUN["settings"], "arithmetic": "triple"}},
            "settings",
            "arithmetic is one of 100 digits, double",
        ),
        (
            RUN,
            {"settings": {**RUN["settings"], "seed": "1"}},
            "settings",
            "unknown symbol 'seed': one of angle, arithmetic, optimiser_state",
        ),
        (
            RUN,
            {"relation": "~"},
            "relation",
            "a measured number is claimed ==, <= or >= a constant",
        ),
        (RUN, {"formula": "x"}, "formula", "a measured number is compared with a constant"),
        (RUN, {"formula": "R(0)"}, "formula", "a measured number is compared with a constant"),
        (RUN, {"domain": []}, "domain", "an experiment has expect, experiment, formula, id,"),
        (STATE, {"formula": "mu + nu"}, "formula", "unknown symbol 'mu': one of lambda, rho"),
        (STATE, {"formula": "Delta"}, "formula", "the lag Delta is known inside sum() alone"),
        *(
            (STATE, {"formula": text}, "formula", "the lag Delta is known inside sum() alone")
            for text in ("R(Delta)", "sum(rho**Delta)*R(Delta)", "R(Delta) + sum(R(Delta))")
        ),
        (STATE, {"eigenvalue": "R(0)/2"}, "eigenvalue", "an expression in parameters other than"),
        (STATE, {"eigenvalue": "sum(2**-Delta)/2"}, "eigenvalue", "an expression in parameters"),
        (STATE, {"relation": "~"}, "limit", "relation ~ needs a limit, and no other relation"),
        (STATE, {"limit": "rho -> 1-"}, "limit", "relation ~ needs a limit, and no other"),
        (
            STATE,
            {"relation": "~", "limit": "mu -> 1-"},
            "limit",
            "unknown symbol 'mu': one of lambda, rho",
        ),
        (
            {**STATE, "quantity": "cross_moment", "domain": ["0 < rho < 1"]},
            {"gamma": "2"},
            "gamma",
            "only covariance, curvature, output_hessian, second_moment, sensitivity, "
            "teacher_student_hessian, teacher_student_loss take it",
        ),
        (STATE, {"lag": 1}, "lag", "only covariance takes it"),
        ({**STATE, "quantity": "covariance"}, {}, "lag", "missing: how many steps apart? 1, say"),
        *(
            ({**STATE, "quantity": "covariance"}, {"lag": lag}, "lag", "a whole number from 1")
            for lag in (0, 65, "1", True, 1.0)
        ),
        (
            STATE,
            {"differentiate_gamma": True},
            "differentiate_gamma",
            "only curvature, sensitivity take it",
        ),
        (
            LOSS,
            {"horizon": "T"},
            "horizon",
            "only second_moment, sensitivity take it",
        ),
        (
            {**STATE, "quantity": "cross_moment"},
            {"eigenvalue": "rho"},
            "eigenvalue",
            "cross_moment has the poles lambda1, lambda2",
        ),
        (STATE, {"eigenvalue": "lambda/2"}, "eigenvalue", "an expression in parameters other than"),
        (STATE, {"eigenvalue": "Delta/2"}, "eigenvalue", "an expression in parameters other than"),
        (
            {**STATE, "quantity": "cross_moment"},
            {"eigenvalue": {"lambda1": "lambda2"}},
            "eigenvalue",
            "an expression in parameters other than poles, Delta",
        ),
        (
            {**STATE, "quantity": "cross_moment"},
            {"eigenvalue": {"lambda1": "lambda"}},
            "eigenvalue",
            "an expression in parameters other than poles, Delta",
        ),
        (
            LOSS,
            {"eigenvalue": {"lambda": "lambda_star"}},
            "eigenvalue",
            "an expression in parameters other than poles, Delta",
        ),
        (
            STATE,
            {"gamma": {"mu": "1"}},
            "gamma",
            "unknown symbol 'mu': one of lambda",
        ),
        (STATE, {"gamma": "mu"}, "gamma", "unknown symbol 'mu': one of lambda, rho"),
        (
            LOSS,
            {
                "eigenvalue": {"lambda": "s", "lambda_star": "t"},
                "gamma": "s",
                "domain": ["0 < s < 1", "0 < t < 1", "0 < rho < 1"],
            },
            "gamma",
            "unknown symbol 's': one of lambda, rho, t",
        ),
        (STATE, {"autocorrelation": "R(1)"}, "autocorrelation", "an expression in Delta, or R(Del"),
        (STATE, {"autocorrelation": "2*R(Delta)"}, "autocorrelation", "an expression in Delta, or"),
        (STATE, {"autocorrelation": "sum(Delta)"}, "autocorrelation", "an expression in Delta, or"),
        (
            STATE,
            {"eigenvalue": "s", "domain": ["0 < s < 1", "0 < lambda < 1", "0 < rho < 1"]},
            "domain",
            "with an eigenvalue, give ranges to its parameters, not lambda",
        ),
        (STATE, {"domain": ["0 < lambda < 1"]}, "domain", "no range for 'rho': add e.g. \"0 < rho"),
        (STATE, {"eigenvalue": "s"}, "domain", "with an eigenvalue, give ranges to its parameters"),
        (STATE, {"domain": ["abs(rho) < 1"]}, "domain", "abs(rho): only eigenvalues and weights"),
        (
            STATE,
            {"gamma": "rho", "domain": ["abs(rho) < 1"]},
            "domain",
            "abs(rho): only eigenvalues and weights are complex",
        ),
        (
            STATE,
            {"gamma": "s", "eigenvalue": "s", "domain": ["0 < rho < 1", "abs(s) < 1"]},
            "domain",
            "abs(s): only eigenvalues and weights are complex",
        ),
        (
            STATE,
            {"domain": [*OF_STATE, "abs(mu) < 1"]},
            "domain",
            "abs(mu): only eigenvalues and weights are complex",
        ),
        (STATE, {"wrt": "rho"}, "wrt", "only a derivative has one"),
        (
            CURVATURE,
            {"eigenvalue": "r", "domain": [*OF_STATE[1:], "0 < r < 1"]},
            "wrt",
            "missing: which 2 of r?",
        ),
        (
            SENSITIVITY,
            {"eigenvalue": "r*s", "domain": ["0 < r < 1", "0 < s < 1", "0 < rho < 1"]},
            "wrt",
            "missing: which 1 of r, s?",
        ),
        (SENSITIVITY, {"wrt": ["lambda", "rho"]}, "wrt", "at most 1"),
        (CURVATURE, {"wrt": ["r", "phi", "rho"]}, "wrt", "at most 2"),
        (CURVATURE, {"wrt": ["r", "r"]}, "wrt", "curvature has 2 coordinates"),
        (CURVATURE, {"wrt": "r"}, "wrt", "curvature has 2 coordinates"),
        (SENSITIVITY, {"wrt": "mu"}, "wrt", "unknown symbol 'mu': one of lambda, rho"),
        (
            STATE,
            {"domain": ["0 < lambda < 1", "0 < rho < 1", "0 < exp < 1"]},
            "domain",
            "exp is a function, and no name for a parameter",
        ),
        (SENSITIVITY, {"wrt": "re(lambda)"}, "wrt", "lambda is real"),
        (
            SENSITIVITY,
            {"eigenvalue": "1/(n + 1)", "domain": ["0 < rho < 1", "n >= 1 in integers"]},
            "wrt",
            "n is a whole number, by which there is no derivative",
        ),
        (
            SENSITIVITY,
            {"wrt": "im(lambda)", "domain": ["0 < rho < 1"]},
            "wrt",
            "write lambda: E|dh/dlambda|^2 is that by its real part as well",
        ),
    ],
)
def test_refused(entry, changes, field, words):
    assert refusal(entry, **changes).startswith(f"field '{field}'")
    assert f": {words}" in refusal(entry, **changes)


def test_a_claim_about_an_experiment():
    claim = make_claim(RUN)
    assert claim.settings["angle"] == ("plain", "optimal")
    assert claim.formula.source == "3/4*pi"
    assert make_claim({**RUN, "relation": ">="}).relation == ">="
    everything = {**RUN["settings"], "arithmetic": ["double", "100 digits"]}
    assert make_claim({**RUN, "settings": everything}).settings["arithmetic"][1] == "100 digits"


def test_one_gamma_is_every_poles():
    gamma = make_claim({**LOSS, "gamma": "2"}).gamma
    assert {pole: str(g) for pole, g in gamma.items()} == {"lambda": "2", "lambda_star": "2"}
    gamma = make_claim({**LOSS, "gamma": {"lambda": "lambda*rho"}}).gamma
    assert {pole: str(g) for pole, g in gamma.items()} == {"lambda": "lambda*rho"}


def test_the_teacher_may_stand_where_the_student_is():
    claim = make_claim({**LOSS, "eigenvalue": {"lambda_star": "lambda"}, "domain": OF_STATE})
    assert str(claim.eigenvalue["lambda_star"]) == "lambda"
    assert claim.parameters == ("lambda", "rho")


def test_one_eigenvalue_is_lambdas():
    claim = make_claim({**STATE, "eigenvalue": "s", "domain": ["0 < s < 1", "0 < rho < 1"]})
    assert list(claim.eigenvalue) == ["lambda"]


@pytest.mark.parametrize(
    ("entry", "changes", "names"),
    [
        (STATE, {}, "lambda rho"),
        (STATE, {"horizon": "T"}, "T lambda rho"),
        (STATE, {"domain": [*OF_STATE, "0 < mu < 1"]}, "lambda mu rho"),
        (STATE, {"autocorrelation": "R(Delta)", "domain": []}, "lambda"),
        (STATE, {"eigenvalue": "exp(-s)", "domain": ["s > 0", "0 < rho < 1"]}, "rho s"),
        # what is said of λ is said of its parameters
        (
            STATE,
            {"eigenvalue": "s", "gamma": "lambda*s", "domain": ["0 < s < 1", "0 < rho < 1"]},
            "rho s",
        ),
        (STATE, {"gamma": "w*lambda", "domain": [*OF_STATE, "abs(w) < 2"]}, "lambda rho w"),
        (LOSS, {"domain": ["0 < rho < 1"]}, "lambda lambda_star rho"),
        (
            LOSS,
            {"eigenvalue": {"lambda": "s", "lambda_star": "lambda"}}
            | {"domain": ["0 < s < 1", "0 < rho < 1"]},
            "rho s",
        ),
        (STATE, {"formula": "sum(lambda**Delta*R(Delta)) + 2*rho"}, "lambda rho"),
        (STATE, {"relation": "~", "limit": "rho -> 1-"}, "lambda rho"),
    ],
)
def test_parameters_are_all_that_stands_for_numbers(entry, changes, names):
    assert parameters(entry, **changes) == names


@pytest.mark.parametrize(
    ("entry", "changes", "names"),
    [
        (STATE, {}, ""),
        (SENSITIVITY, {}, "lambda"),
        (SENSITIVITY, {"eigenvalue": "s", "domain": ["0 < s < 1", "0 < rho < 1"]}, "s"),
        (SENSITIVITY, {"wrt": "rho"}, "rho"),
        (CURVATURE, {}, "phi r"),
        (CURVATURE, {"wrt": ["r", "rho"]}, "r rho"),
        (HESSIAN, {}, "lambda"),
        (HESSIAN, {"wrt": ["re(lambda)", "re(lambda)"]}, "re(lambda) re(lambda)"),
        (HESSIAN, {"wrt": ["re(lambda)", "im(lambda)"]}, "re(lambda) im(lambda)"),
    ],
)
def test_what_is_differentiated_by(entry, changes, names):
    assert by(entry, **changes) == names


THREE = {**STATE, "gamma": "a*b", "domain": ["0 < lambda < 1", "0 < rho < 1"]}
BETWEEN = "between real parameters only"


@pytest.mark.parametrize(
    ("ranges", "relation", "words"),
    [
        (["0 < a < 1", "0 < b < 1"], "a < b", ""),
        (["0 < a < 1", "0 < b"], "a < b", ""),
        (["0 < a < 1", "b < 1"], "a < b", ""),
        (["a > 0", "b > 0"], "a < b", ""),
        (["a < 1", "b < 1"], "a < b", ""),
        (["1/4 < a < 1/2", "0 < b < 1"], "a < b", ""),
        (["0 < a < 1", "0 < b < 1/2"], "a < b", ""),
        (["0 < a < 1", "1/2 < b < 2"], "a < b", ""),
        (["a < 1", "0 < b < 2"], "a < b", ""),
        (["a > 0", "0 < b < 2"], "a < b", ""),
        (["0 < a < 1", "0 < b < 1"], "a < d", "unknown symbol 'd'"),
        (["0 < a < 1", "0 < b < 1"], "d != 1/2", "unknown symbol 'd'"),
        (["1 <= a <= 4 in integers", "0 < b < 9"], "a < b", BETWEEN),
        (["1 <= a <= 4 in integers", "0 < b < 9"], "a != 2", BETWEEN),
        (["abs(a) < 1", "0 < b < 1"], "a != 1/2", BETWEEN),
        (["0 < a < 1", "0 < b < 1"], "a != 1/2", ""),
        (["0 < a < 1", "0 < b < 1"], "rho < b", ""),
        (["0 < a < 1", "0 < b < 1"], "lambda < b", ""),
        (["0 < a < 1", "0 < b < 1"], "a < lambda", ""),
        (["1 < a < 2", "0 < b < 1"], "a < b", "a < b: no value is left"),
        (["0 < a < 1", "1/2 < b < 1"], "a != b", ""),
        (["0 < a < 1", "0 < b < 1"], "lambda != 1/2", ""),
        (["0 < a < 1", "0 < b < 1", "b < a"], "a < b", "b < a, a < b: no value is left"),
    ],
)
def test_relations_leave_a_box(ranges, relation, words):
    entry = {**THREE, "domain": [*THREE["domain"], *ranges, relation]}
    if words:
        with pytest.raises(ClaimError, match="field 'domain'") as refused:
            make_claim(entry)
        assert words in str(refused.value)
    else:
        make_claim(entry)


@pytest.mark.parametrize(
    ("changes", "is_refused"),
    [
        ({"relation": "~", "limit": "b -> 1-"}, True),
        ({"relation": "~", "limit": "a -> 0+"}, True),
        ({"relation": "~", "limit": "lambda -> 1-"}, False),
        ({"quantity": "sensitivity", "eigenvalue": "b", "differentiate_gamma": True}, True),
        ({"quantity": "sensitivity", "eigenvalue": "a", "differentiate_gamma": True}, True),
    ],
)
def test_what_moves_is_neither_larger_nor_smaller(changes, is_refused):
    ranges = ["0 < rho < 1", "0 < a < 1", "0 < b < 1", "a < b"]
    poles = [] if "eigenvalue" in changes else ["0 < lambda < 1"]
    entry = {**THREE, "domain": [*poles, *ranges], **changes}
    if is_refused:
        with pytest.raises(ClaimError, match="not of what is differentiated by or goes to a limit"):
            make_claim(entry)
    else:
        make_claim(entry)


@pytest.mark.parametrize("limit", ["n -> 3-", "n -> 3+", "T -> 7+"])
def test_a_whole_number_goes_to_infinity_alone(limit):
    entry = {**THREE, "relation": "~", "horizon": "T"}
    ranges = [*THREE["domain"], "0 < a < 1", "0 < b < 1", "n >= 1 in integers"]
    with pytest.raises(ClaimError, match=r"'limit'.* is a whole number, and goes to oo or -oo"):
        make_claim({**entry, "limit": limit, "domain": ranges})
    make_claim({**entry, "limit": "n -> oo", "domain": ranges})


def test_horizons_have_no_relations():
    entry = {**THREE, "horizon": "T", "domain": [*THREE["domain"], "0 < a < 1", "0 < b < 1"]}
    for relation in ("T != 3", "a < T"):
        with pytest.raises(ClaimError, match=BETWEEN):
            make_claim({**entry, "domain": [*entry["domain"], relation]})
