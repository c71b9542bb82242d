"""The explorer in a page from disk, without a network: its numbers are those of `eval`."""

import math
import re
from fractions import Fraction
from itertools import product

import pytest
from chromium import browser
from javascript import node

from verify.judging.value import value
from verify.reporting.page.explorer import coordinates, fragment, javascript

PAGE = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>Explorer</title><link rel="icon" href="data:,">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:;
style-src 'unsafe-inline'; script-src 'unsafe-inline'">
<style>body { margin: 0; padding: 0 1rem; }</style></head><body>%s</body></html>"""

# λ, its parameters where 1 − |λ| = e and arg λ = t, and those of modulus and angle
MAPS = {
    "plain": ("lambda", {"lambda": "(1 - e)*exp(I*t)"}, "lambda", "lambda"),
    "polar": ("nu*exp(I*theta)", {"nu": "1 - e", "theta": "t"}, "nu", "theta"),
    "tanh": ("tanh(w)*exp(I*theta)", {"w": "atanh(1 - e)", "theta": "t"}, "w", "theta"),
    "gate": ("exp(I*theta)/(1 + exp(-w))", {"w": "log((1 - e)/e)", "theta": "t"}, "w", "theta"),
    "lru": ("exp(-exp(w) + I*theta)", {"w": "log(-log(1 - e))", "theta": "t"}, "w", "theta"),
    "lru_angle": (
        *("exp(-exp(w) + I*exp(v))", {"w": "log(-log(1 - e))", "v": "log(t)"}, "w", "v"),
    ),
}
GAMMAS = {
    "none": "1",
    "white": "sqrt(1 - (1 - e)**2)",
    "derived": "sqrt((1 - (1 - e)**2)*((1 - r*(1 - e))**2 + 4*r*(1 - e)*sin(t/2)**2)"
    "/(1 - r**2*(1 - e)**2))",
}
POSITIONS = [(2, 0.1, 1), (7, 0.25, 0), (7, 1, 2.5), (0.3, 0.5, 4)]  # of memory, theta, rho


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    path = tmp_path_factory.mktemp("explorer") / "page.html"
    path.write_text(PAGE % fragment(), encoding="utf-8")
    with browser() as opened:
        context = opened.new_context(offline=True, viewport={"width": 1200, "height": 900})
        page = context.new_page()
        page.complaints, page.requests = [], []
        page.on("console", lambda message: page.complaints.append(message.text))
        page.on("pageerror", lambda error: page.complaints.append(str(error)))
        page.on("request", lambda request: page.requests.append(request.url))
        page.goto(path.as_uri())
        yield page
        assert page.complaints == []
        assert page.requests == [path.as_uri()]


def choose(page, position, **choices):
    for name, number in zip(("memory", "theta", "rho"), position, strict=True):
        page.locator(f"#explorer-{name}").fill(str(number))
    for name, choice in choices.items():
        page.locator(f"#explorer-{name}").select_option(choice)


def shown(page, *names):
    return [float(page.locator(f"#explorer-{n}").get_attribute("data-value")) for n in names]


def filled(text, position):
    """A constant expression in e = 1 − |λ|, t = arg λ and r = ρ, as exact numbers."""
    memory, angle, correlation = position
    numbers = {"e": 10**-memory, "t": math.pi * angle}
    exact = {name: Fraction(number) for name, number in numbers.items()}
    exact["r"] = 1 - Fraction(10**-correlation)
    return re.sub(r"\b[etr]\b", lambda m: f"({exact[m[0]]})", text)


def expected(quantity, coordinate, gamma, position, which=0):
    eigenvalue, parameters, *names = MAPS[coordinate]
    settings = {name: filled(text, position) for name, text in parameters.items()}
    settings |= {"g": filled(GAMMAS[gamma], position), "rho": filled("r", position)}
    unit = {} if coordinate == "plain" else {"eigenvalue": eigenvalue}
    unit |= {"wrt": names[which]} if quantity == "sensitivity" and unit else {}
    return float(value(quantity, "rho**Delta", settings, gamma="g", **unit).real)


@pytest.mark.every(7)
@pytest.mark.parametrize("position", POSITIONS)
@pytest.mark.parametrize(("coordinate", "gamma"), [*product(MAPS, GAMMAS)])
def test_numbers(page, coordinate, gamma, position):
    choose(page, position, coordinates=coordinate, gamma=gamma)
    state, *sensitivities = shown(page, "second-moment", "radial", "angular")
    assert state == pytest.approx(expected("second_moment", "polar", gamma, position), rel=1e-13)
    for which, found in enumerate(sensitivities):
        exact = expected("sensitivity", coordinate, gamma, position, which)
        assert found == pytest.approx(exact, rel=1e-13)


@pytest.mark.parametrize("position", POSITIONS)
def test_what_is_derived_for_white_input_cures_modulus_and_angle(page, position):
    choose(page, position, coordinates="derived", gamma="white")
    plain = expected("sensitivity", "plain", "white", position)
    nu = 1 - 10 ** -position[0]
    slope = 10 ** -position[0] * (1 + nu) / math.sqrt(1 + nu**2)
    for found in shown(page, "radial", "angular"):
        assert found == pytest.approx(plain * slope**2, rel=1e-13)
    if position[2] == 0:
        assert found == pytest.approx(1, rel=1e-13)


def test_every_choice_is_tested():
    assert {c.key for c in coordinates()} == {*MAPS, "derived"}


@pytest.mark.parametrize(("slider", "step"), [("memory", 0.1), ("theta", 0.01), ("rho", 0.05)])
def test_keys_move_a_slider_and_the_numbers(page, slider, step):
    start = (2, 0.5, 1)
    choose(page, start, coordinates="lru", gamma="white")
    before = page.locator("#explorer-radial").inner_text()
    page.locator(f"#explorer-{slider}").focus()
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    order = ("memory", "theta", "rho")
    there = tuple(
        round(p + 3 * step, 2) if name == slider else p
        for name, p in zip(order, start, strict=True)
    )
    exact = expected("sensitivity", "lru", "white", there)
    assert shown(page, "radial") == [pytest.approx(exact, rel=1e-13)]
    assert page.locator("#explorer-radial").inner_text() != before
    spoken = page.locator(f"#explorer-{slider}").get_attribute("aria-valuetext")
    assert spoken == page.locator(f"#explorer-{slider}-value").inner_text()
    page.keyboard.press("End")
    page.keyboard.press("Home")
    assert float(page.locator(f"#explorer-{slider}").input_value()) in (0, 0.1)


def test_numbers_are_typeset(page):
    choose(page, (7, 0, 1), coordinates="polar", gamma="none")
    [sensitivity] = shown(page, "radial")
    text = page.locator("#explorer-radial").inner_text()
    mantissa, exponent = re.fullmatch(r"([\d.]+) × 10([⁰¹²³⁴⁵⁶⁷⁸⁹]+)", text).groups()
    exponent = int(exponent.translate(str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")))
    assert float(mantissa) * 10**exponent == pytest.approx(sensitivity, rel=1e-3)
    assert page.locator("#explorer-memory-value").inner_text() == "10⁷"


@pytest.mark.parametrize("coordinate", [c.key for c in coordinates()])
def test_curves_pass_through_the_dots(page, coordinate):
    """The current point is on its curve, and the loss vanishes at the teacher."""
    choose(page, (3, 0.2, 1), coordinates=coordinate, gamma="white")
    for kind in ("state", "radial", "angular"):
        dot = page.locator(f"#explorer-moments circle.explorer-{kind}")
        x, y = (float(dot.get_attribute(f"c{axis}")) for axis in "xy")
        path = points(page.locator(f"#explorer-moments path.explorer-{kind}"))
        assert min(abs(u - x) + abs(v - y) for u, v in path) < 0.1
    for part in ("radial", "angular"):
        dot = page.locator(f"#explorer-{part}-loss circle")
        x, y = (float(dot.get_attribute(f"c{axis}")) for axis in "xy")
        path = points(page.locator(f"#explorer-{part}-loss path.explorer-curve"))
        assert min(abs(u - x) + abs(v - y) for u, v in path) < 0.1
        assert max(v for _, v in path) == pytest.approx(y, abs=0.01)
        assert min(v for _, v in path) < y - 20


def points(path):
    numbers = map(float, re.findall(r"[-\d.]+", path.get_attribute("d")))
    return [*zip(*[numbers] * 2, strict=True)]


@pytest.mark.parametrize("gap", [1.0, 1e-3])
@pytest.mark.parametrize("distance", [0.3, 1e-3, 1e-7])
def test_the_loss_is_that_of_two_normalised_units(distance, gap):
    units = {"lambda": (distance, 0.3), "lambda_star": (2 * distance, 0.35)}
    settings = {n: f"(1 - {Fraction(e)})*exp(I*{Fraction(t)})" for n, (e, t) in units.items()}
    settings["rho"] = f"1 - {Fraction(gap)}"
    normalised = {"gamma": "sqrt(1 - abs(lambda)**2)"}
    exact = float(value("teacher_student_loss", "rho**Delta", settings, **normalised).real)
    gammas = [math.sqrt(e * (2 - e)) for e, _ in units.values()]
    given = [*gammas, *units["lambda"], *units["lambda_star"], gap]
    with node() as run:
        [found] = run(javascript(), [["loss_near_circle", given]])
    assert found == pytest.approx(exact, rel=1e-12)


@pytest.mark.parametrize("memory", [1, 3, 7])
def test_the_basin_of_plain_eigenvalues_narrows(page, memory):
    """Where the page says that the loss is half that at λ = 0, it is, up to its sampling."""
    choose(page, (memory, 0, 0), coordinates="plain", gamma="none")
    left, right = page.locator("#explorer-radial-basin").get_attribute("data-value").split(",")
    teacher = 1 - Fraction(10**-memory)

    def loss(student):
        settings = {"lambda": str(student), "lambda_star": str(teacher)}
        found = value("teacher_student_loss", "KroneckerDelta(Delta, 0)", settings)
        return float(found.real)

    left, right = Fraction(left), Fraction(right)
    assert -10 < left * 10**memory < 0 < right * 10**memory < 1
    for offset in (left, right):
        assert 0.5 <= loss(teacher + offset) / loss(0) < 0.6


@pytest.mark.parametrize("width", [360, 400, 768, 1200])
def test_no_width_overflows(page, width):
    page.set_viewport_size({"width": width, "height": 800})
    choose(page, (7, 0.25, 1), coordinates="lru_angle", gamma="none")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    right = page.evaluate(
        "document.getElementById('explorer-moments').getBoundingClientRect().right"
    )
    assert right <= width
    page.set_viewport_size({"width": 1200, "height": 900})


@pytest.mark.slow
def test_the_ends_of_every_slider_draw(page):
    """With all choices; what cannot be drawn is left out, and nothing complains."""
    for coordinate, gamma in product([c.key for c in coordinates()], GAMMAS):
        for position in ((0.1, 0, 0), (7, 1, 4), (7, 0, 4)):
            choose(page, position, coordinates=coordinate, gamma=gamma)
            assert all(v >= 0 for v in shown(page, "second-moment", "radial", "angular"))
    assert page.complaints == []


def test_every_control_has_a_label(page):
    controls = page.locator("#explorer input, #explorer select")
    assert controls.count() == 5
    for i in range(controls.count()):
        name = controls.nth(i).get_attribute("id")
        assert page.locator(f"#explorer label[for={name}]").count() == 1


def test_names_are_its_own():
    markup = re.sub(r"<(script|style).*?</\1>", "", fragment(), flags=re.DOTALL)
    names = re.findall(r'\b(?:id|class)="([^"]*)"', markup)
    assert names
    assert all(n.startswith("explorer") for group in names for n in group.split())
    assert not re.search(r"https?://(?!www\.w3\.org/2000/svg)", fragment())
