"""The page in headless Chromium, opened from disk with no network."""

import re
from pathlib import Path

import chromium
import pytest

from verify import Settings, paper_claims, select, verify_claim
from verify.judging.engine import Result
from verify.judging.evidence import Evidence, Finding, Verdict
from verify.reporting.page import html
from verify.reporting.results import Report
from verify.running.provenance import environment

SECONDS = 2  # within which the page is to be there, on a machine that does nothing else
BYTES = 5_000_000


def said(claim):
    """A result on a claim that nobody has judged."""
    seen = Evidence("series", Finding.SUPPORTS, "6 points agree to 35 digits", 1e-35)
    verdict = Verdict.UNDECIDED if claim.id == "A3-sensitivity" else Verdict.SUPPORTED
    return Result(claim, verdict, "by series", (seen,) * 5, 0.1)


def written(results, path):
    """The page on results, as a file."""
    report = Report(results, {}, environment(Settings()))
    path.write_text(html(report), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def results():
    """Claims of some sections, two of them judged."""
    judged = {c.id: verify_claim(c) for c in select(["A5-state-ar1", "D2-cross-sensitivity"])}
    others = {c.id: said(c) for c in paper_claims() if c.id.startswith(("A", "D2", "G1-", "G8"))}
    return list((others | judged).values())


@pytest.fixture(scope="module")
def path(results, one_figure, tmp_path_factory):
    return written(results, tmp_path_factory.mktemp("page") / "report.html")


@pytest.fixture(scope="module")
def browser():
    with chromium.browser() as browser:
        yield browser


@pytest.fixture
def opened(browser, path):
    """Opens the page at a width; at the end nothing went wrong and nothing was asked for."""
    contexts, wrong, requests = [], [], []

    def opened(width=1200, **options):
        context = browser.new_context(
            viewport={"width": width, "height": 900}, offline=True, **options
        )
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: wrong.append(message.text))
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("request", lambda request: requests.append(request.url))
        page.goto(path.as_uri())
        return page

    yield opened
    for context in contexts:
        context.close()
    assert not wrong
    assert {r for r in requests if not r.startswith("data:")} == {path.as_uri()}


def visible_rows(page):
    return page.locator("table.claims tbody tr:visible")


@pytest.mark.slow
def test_the_page_on_all_claims_is_small_and_soon_there(browser, tmp_path):
    path = written([said(claim) for claim in paper_claims()], tmp_path / "report.html")
    assert path.stat().st_size < BYTES
    page = browser.new_page()
    times = []
    for _ in range(3):
        page.goto(path.as_uri())
        [entry] = page.evaluate("performance.getEntriesByType('navigation').map(e => e.toJSON())")
        times.append(entry["loadEventEnd"] / 1000)
    assert min(times) < SECONDS


def test_formulas_are_drawn(opened, results):
    page = opened()
    assert page.evaluate("document.fonts.ready.then(() => document.fonts.size)") == 1
    assert page.evaluate("document.fonts.check('16px \"STIX Two Math subset\"')")
    formulas = page.evaluate(
        """[...document.querySelectorAll("article > .formula")].map((formula) => {
          const box = (element) => element.getBoundingClientRect().toJSON();
          const fractions = [...formula.querySelectorAll("mfrac")];
          return [[...formula.querySelectorAll("math")].map(box),
                  fractions.map((fraction) => [...fraction.children].map(box))];
        })"""
    )
    assert len(formulas) == len(results)
    for pieces, fractions in formulas:
        assert all(piece["width"] > 10 and piece["height"] > 10 for piece in pieces)
        for above, below in fractions:
            assert above["bottom"] <= below["top"]
            assert above["left"] < below["right"]
    assert sum(map(len, (fractions for _, fractions in formulas))) > len(results)


def test_numbers_and_links_are_those_of_the_results(opened, results):
    page = opened()
    for verdict in Verdict:
        count = sum(r.verdict == verdict for r in results)
        total = page.locator(f".totals .{verdict}")
        assert total.count() == bool(count)
        if count:
            assert total.inner_text().split() == [str(count), str(verdict)]
    broken = page.evaluate(
        """[...document.querySelectorAll("[href^='#']")].map((a) => a.getAttribute("href"))
           .filter((href) => !document.getElementById(href.slice(1)))"""
    )
    assert broken == []


def test_factors_stand_side_by_side(opened):
    widths = opened().evaluate(
        """[...document.querySelectorAll("mo")].filter((mo) => mo.textContent === "\u2062")
           .map((mo) => mo.getBoundingClientRect().width)"""
    )
    assert len(widths) > 50
    assert set(widths) == {0}


def test_a_refutation_is_mathematics_beside_what_is_right(opened):
    page = opened()
    place, worst = (
        page.locator("#claim-D2-cross-sensitivity dt", has_text=words).locator("+ dd")
        for words in ("For certain", "At worst")
    )
    error = [float(re.search(r"[\d.]+", where.text_content())[0]) for where in (worst, place)]
    assert error[0] > error[1] > 0
    assert [where.locator("math").count() for where in (worst, place)] == [3, 3]
    correct = page.locator("#claim-D2-cross-sensitivity dt", has_text="Correct is").locator("+ dd")
    assert correct.locator("a").get_attribute("href") == "#claim-D2-cross-sensitivity-corrected"
    assert correct.locator(".changed").all_text_contents() == ["ρ2"] * 2


def test_table_filters(opened, results):
    page = opened()
    assert visible_rows(page).count() == len(results)
    page.select_option("#verdict", "refuted")
    assert visible_rows(page).locator("th").all_inner_texts() == ["D2-cross-sensitivity"]
    assert page.locator("#found").inner_text() == f"1 of {len(results)}"
    page.select_option("#section", "A")
    assert visible_rows(page).count() == 0
    page.select_option("#verdict", "")
    assert visible_rows(page).count() == sum(r.claim.id.startswith("A") for r in results)
    page.select_option("#section", "")
    page.fill("#search", "the RECURSION")
    assert visible_rows(page).locator("th").all_inner_texts() == ["A1-sensitivity-recursion"]
    page.fill("#search", "lambda**2*rho**2")  # formulas are searched as they are written
    assert "A6-sensitivity-ar1" in visible_rows(page).locator("th").all_inner_texts()
    for letter in ("ρ", "rho", "Rho"):  # and a letter by its name, too
        page.fill("#search", f"{letter} fig. 8 has")
        assert visible_rows(page).locator("th").all_inner_texts() == [
            "D2-cross-sensitivity-corrected"
        ]
    page.fill("#search", "no such claim")
    assert visible_rows(page).count() == 0


def test_the_parts_stay_within_reach(opened):
    page = opened()
    page.evaluate("window.scrollTo(0, 3000)")
    assert page.locator("nav").bounding_box()["y"] == 0


def test_totals_filter_the_table(opened):
    page = opened()
    page.fill("#search", "nothing")
    page.click(".totals .undecided a")
    assert visible_rows(page).locator("th").all_inner_texts() == ["A3-sensitivity"]


def test_table_sorts(opened, results):
    page = opened()

    def column():
        return visible_rows(page).locator("th").all_inner_texts()

    head = page.locator("th.claim[scope=col]")
    assert head.get_attribute("aria-sort") == "none"
    head.get_by_role("button").click()
    assert head.get_attribute("aria-sort") == "ascending"
    ascending = column()
    assert sorted(ascending) == sorted(r.claim.id for r in results)
    assert [i[0] for i in ascending] == sorted(i[0] for i in ascending)
    head.get_by_role("button").click()
    assert head.get_attribute("aria-sort") == "descending"
    assert column() == ascending[::-1]
    page.locator("th.verdict button").click()
    assert head.get_attribute("aria-sort") == "none"
    assert column()[0] == "A5-state-ar1"  # the only one proved
    page.locator("th.notices button").click()
    assert column()[-1] == "D2-cross-sensitivity"  # refuted: nothing left to notice


def test_graph_focuses(opened, results):
    page = opened()
    page.locator(".node[data-id=A5-state-ar1]").click()
    kin = page.eval_on_selector_all(".node.kin", "nodes => nodes.map(n => n.dataset.id)")
    uses = {r.claim.id: r.claim.uses for r in results}
    assert "A2-state" in kin
    assert "A3-sensitivity" not in kin
    assert {i for i, used in uses.items() if "A5-state-ar1" in used} <= set(kin)
    faint = "node => Number(getComputedStyle(node).opacity)"
    assert page.eval_on_selector(".node[data-id=A3-sensitivity]", faint) < 0.5
    assert page.eval_on_selector(".node[data-id=A2-state]", faint) == 1
    panel = page.locator(".focus")
    assert "Second moment of the state under AR(1) input" in panel.inner_text()
    panel.get_by_role("link", name="A5-state-ar1").click()
    assert page.url.endswith("#claim-A5-state-ar1")
    page.keyboard.press("Escape")
    assert panel.is_hidden()
    assert page.locator(".node.kin").count() == 0


def test_only_what_rests_on_what_holds_is_green(opened):
    page = opened()
    mark = ".node[data-id={}] use"
    uses = {c.id: c.uses for c in paper_claims()}
    [*above] = (i for i, used in uses.items() if used == ("A3-sensitivity",))
    for identifier, hollow in (("A2-state", ""), (above[0], "-hollow")):
        href = page.locator(mark.format(identifier)).get_attribute("href")
        assert href == f"#mark-supported{hollow}"


def test_keyboard_is_enough(opened):
    page = opened()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the claims"
    page.locator(".node[data-id=A2-state]").focus()
    page.keyboard.press("Enter")
    assert page.locator(".focus").is_visible()
    assert page.evaluate("getComputedStyle(document.activeElement.querySelector('rect')).stroke")
    page.keyboard.press("Enter")
    assert page.locator(".focus").is_hidden()
    page.locator("th.source button").focus()
    outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    page.keyboard.press("Space")
    assert page.locator("th.source").get_attribute("aria-sort") == "ascending"
    assert outline == "solid"


def test_links_open_folded_derivations(opened):
    page = opened()
    link = page.locator("#claim-A5-state-ar1 dd a[href^='#s']").first
    target = link.get_attribute("href")
    assert not page.locator(f"{target} ol").is_visible()
    link.click()
    assert page.locator(f"{target} ol").is_visible()
    assert page.evaluate(f"document.querySelector('{target}').getBoundingClientRect().top") < 200
    step = page.locator(f"{target} li math").first.bounding_box()
    assert step["width"] > 50


@pytest.mark.parametrize("width", [360, 1200])
def test_nothing_is_wider_than_the_screen(opened, width):
    page = opened(width)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    outside = page.evaluate(
        """[...document.querySelectorAll("body *")].filter((element) =>
             element.getBoundingClientRect().right > innerWidth + 1 &&
             !element.closest(".scroll, .formula, .derivation math, .skip"))
           .map((element) => element.outerHTML.slice(0, 80))"""
    )
    assert outside == []


@pytest.mark.every(4)  # light and wide
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1200, 400])
def test_axe_finds_nothing(opened, scheme, width):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright")
    page = opened(width, color_scheme=scheme, bypass_csp=True)
    page.add_style_tag(content="article { content-visibility: visible !important }")
    found = axe.Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"]
    assert [(v["id"], [node["target"] for node in v["nodes"]]) for v in found] == []


def test_colours_are_told_apart_from_the_paper_in_both_schemes(opened):
    for scheme in ("light", "dark"):
        page = opened(color_scheme=scheme)
        ink, paper = (
            page.evaluate(f"getComputedStyle(document.body).{name}")
            for name in ("color", "backgroundColor")
        )
        badges = page.eval_on_selector_all(
            ".totals a", "a => a.map(e => getComputedStyle(e).color)"
        )
        assert all(contrast(colour, paper) > 4.5 for colour in [ink, *badges]), scheme


def contrast(one, other):
    """As WCAG has it."""

    def luminance(colour):
        parts = [int(part) / 255 for part in re.findall(r"\d+", colour)[:3]]
        linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
        return sum(w * p for w, p in zip((0.2126, 0.7152, 0.0722), linear, strict=True))

    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def test_print_is_on_paper(opened, tmp_path):
    page = opened(color_scheme="dark")
    page.emulate_media(media="print")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert not page.locator(".filters").is_visible()
    page.pdf(path=tmp_path / "report.pdf", format="A4")
    assert Path(tmp_path / "report.pdf").stat().st_size > 10_000


def test_without_scripts_everything_is_there(opened, results):
    page = opened(java_script_enabled=False)
    assert visible_rows(page).count() == len(results)
    page.locator(".node[data-id=A2-state]").click()
    assert page.url.endswith("#claim-A2-state")


def test_sliders_of_the_explorer_work_in_the_page(opened):
    page = opened()
    page.select_option("#explorer-coordinates", "plain")
    page.select_option("#explorer-gamma", "none")
    page.focus("#explorer-memory")
    page.keyboard.press("End")
    page.focus("#explorer-rho")
    page.keyboard.press("Home")
    shown = float(page.get_attribute("#explorer-second-moment", "data-value"))
    e = 1e-7  # at ρ = 0, 1/(1 − λ²) = 1/(e (2 − e))
    assert shown == pytest.approx(1 / (e * (2 - e)), rel=1e-12)
