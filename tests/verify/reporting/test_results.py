"""Reports: read again as written, harmless whatever claims say, green only where all is."""

import json
import re
import shutil
from base64 import b64decode
from dataclasses import replace
from datetime import date
from fractions import Fraction
from html.parser import HTMLParser
from importlib.metadata import version
from itertools import pairwise

import numpy as np
import pytest
from typer.testing import CliRunner

import verify.reporting.figures
from theory.printing.pdf import compiled
from verify import Settings, paper_claims, select, verify_claim
from verify.claims.file import make_claim
from verify.claims.trial import Trial, trials
from verify.cli.commands import app
from verify.judging.engine import Result, concluded
from verify.judging.evidence import Counterexample, Evidence, Finding, Verdict
from verify.judging.methods import methods
from verify.judging.value import value
from verify.reporting.figures import Figure
from verify.reporting.page import figures, html, latex, markdown
from verify.reporting.page.graph import claim_graph, picture, unsound
from verify.reporting.results import ReportError, from_json, to_json, to_junit

pytestmark = pytest.mark.usefixtures("one_figure")
ENTRY = {
    "quantity": "second_moment",
    "relation": "==",
    "formula": "1/(1 - lambda**2)",
    "autocorrelation": "KroneckerDelta(Delta, 0)",
    "domain": ["-1 < lambda < 1"],
}
HOSTILE = (
    '<script>alert("x")</script><img src=x onerror=alert(1)> & "quoted" `code` | ]( '
    "\\input{secret} ${x}$ <!-- _{<b>bold</b>} ^{<i>} </style></title>"
)


def claim(identifier, uses=(), **fields):
    return make_claim({"id": identifier, **ENTRY, "uses": list(uses), **fields})


# what one method finds; the others abstain
FINDINGS = {
    "proved": {"polynomials": Finding.PROVES, "sympy": Finding.PROVES},
    "supported": {"lyapunov": Finding.SUPPORTS},
    "refuted": {"lyapunov": Finding.REFUTES},
    "undecided": {},
}


def result(identifier, verdict, uses=(), **fields):
    judged = claim(identifier, uses, **fields)
    findings = {"meaning": Finding.SUPPORTS, **FINDINGS[verdict]}
    evidence = [Evidence(m.name, findings.get(m.name, Finding.ABSTAINS)) for m in methods(judged)]
    found = concluded(judged, evidence, 0.1)
    assert found.verdict == verdict
    return found


def report(*results, trial_results=None):
    return from_json(json.loads(json.dumps(to_json(results, Settings(), trial_results))))


@pytest.fixture(scope="module")
def judged():
    """A refuted claim with a correction, a proved one, and one about an experiment."""
    chosen = select(["A5-state-ar1", "D2-cross-sensitivity"])
    return [verify_claim(c) for c in chosen]


@pytest.fixture(scope="module")
def page(judged):
    """Their page, which takes seconds to derive."""
    return html(report(*judged))


def test_entries_read_as_the_claims_they_are_of():
    for published in paper_claims():
        assert make_claim(json.loads(json.dumps(published.entry()))) == published


def test_report_is_read_again_as_it_was(judged):
    [*_, measured] = (c for c in paper_claims() if c.experiment)
    piece = Evidence("trial", Finding.SUPPORTS, data={"a": [1.0]})
    trial_results = dict.fromkeys(trials(measured, Settings().tier), piece)
    found = report(*judged, trial_results=trial_results)
    assert [r.claim for r in found.results] == [r.claim for r in judged]
    assert [r.verdict for r in found.results] == [Verdict.PROVED, Verdict.REFUTED]
    assert [r.evidence for r in found.results] == [r.evidence for r in judged]
    assert found.results[1].counterexample == judged[1].counterexample
    assert found.trial_results == trial_results
    assert found.environment["tier"] == "quick"


TRIED = {
    **Evidence("trial", Finding.SUPPORTS).to_json(),
    "experiment": "hessian_against_angles",
    "point": {"angles": "pi"},
}


@pytest.mark.parametrize(
    "change",
    [
        lambda r: r.clear(),
        lambda r: r.update(schema=2),
        lambda r: r.update(claims=3),
        lambda r: r["claims"][0].update(verdict="true"),
        lambda r: r["claims"][0].update(formula="__import__('os')"),
        lambda r: r["claims"][0].update(seconds="<b>"),
        lambda r: r["claims"][0]["evidence"][0].update(noticeable="<b>"),
        lambda r: r["claims"][0]["evidence"][0].update(data="<b>"),
        lambda r: r["claims"][0]["evidence"][0].update(detail=3),
        lambda r: r["claims"][0]["evidence"][0].update(method="experiment"),  # without its rate
        lambda r: r["claims"][0]["evidence"][0].update(
            method="experiment", data={"false_alarm": "<b>"}
        ),
        lambda r: r["claims"][1]["evidence"][-1]["counterexample"].update(point=3),
        lambda r: r["trials"].append({**TRIED, "data": {"diagonal_mass": 3}}),
        lambda r: r["trials"].append({**TRIED, "data": {"diagonal_mass": ["<b>"]}}),
        lambda r: r["trials"].append({**TRIED, "point": 3}),
        lambda r: r["environment"].pop("tier"),
        lambda r: r["environment"].update(size="<b>"),
    ],
)
def test_what_is_no_report_is_refused(judged, change):
    values = json.loads(json.dumps(to_json(judged, Settings())))
    change(values)
    with pytest.raises(ValueError, match="report: "):
        from_json(values)


def found(report, number=1, **fields):
    report["claims"][number].update(fields)


def without(report, method):
    evidence = report["claims"][0]["evidence"]
    evidence[:] = [piece for piece in evidence if piece["method"] != method]


def also(report, number, **fields):
    """One more piece of evidence, like the last but for some fields."""
    evidence = report["claims"][number]["evidence"]
    evidence.append({**evidence[-1], **fields})


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda r: found(r, verdict="proved"), ["'D2-cross-sensitivity'", "'proved'", "'refuted'"]),
        (lambda r: found(r, verdict="undecided"), ["'undecided' is typed in", "'refuted'"]),
        (lambda r: found(r, 0, verdict="supported"), ["'A5-state-ar1'", "'supported'", "'proved'"]),
        (lambda r: without(r, "meaning"), ["'proved' is typed in", "no evidence of meaning"]),
        (lambda r: without(r, "sympy"), ["'proved' is typed in", "no evidence of sympy"]),
        (lambda r: found(r, evidence=[]), ["'refuted' is typed in", "'undecided'"]),
        (lambda r: also(r, 1, finding="proves"), ["two pieces of evidence of"]),
        (lambda r: also(r, 0, method="limit"), ["'limit' is no method for it"]),
        (lambda r: r["claims"].append(r["claims"][0]), ["'A5-state-ar1' is there twice"]),
    ],
)
def test_a_verdict_that_does_not_follow_is_not_shown(judged, tmp_path, change, words):
    values = json.loads(json.dumps(to_json(judged, Settings())))
    change(values)
    path = tmp_path / "results.json"
    path.write_text(json.dumps(values))
    done = curseproof("report", path, "--to", "markdown")
    assert (done.exit_code, done.stdout) == (2, "")
    [line] = done.stderr.splitlines()
    assert all(word in line for word in [*words, str(path)])


def test_of_the_verdicts_that_do_not_follow_a_refuted_one_is_named(judged):
    values = json.loads(json.dumps(to_json(judged, Settings())))
    without(values, "meaning")
    found(values, verdict="proved")
    with pytest.raises(ReportError, match=r"'D2-cross-sensitivity'.*; 2 of 2 verdicts"):
        from_json(values)


def test_a_reason_is_computed_too(judged):
    values = json.loads(json.dumps(to_json(judged, Settings())))
    found(values, 0, reason="because I say so", counterexample={"point": "none"})
    assert from_json(values).results[0].reason == judged[0].reason


def test_a_claim_without_verdict_keeps_its_reason():
    cut = Result(claim("slow"), Verdict.UNDECIDED, "no verdict within 60 s", (), 60.0)
    empty = verify_claim(claim("empty", formula="1/0"))
    assert empty.invalid
    again = report(cut, empty).results
    assert [(r.verdict, r.reason) for r in again] == [(r.verdict, r.reason) for r in (cut, empty)]


def test_what_was_imported_says_so_everywhere(store, tmp_path, monkeypatch):
    there, page = tmp_path / "r.json", tmp_path / "r.html"
    curseproof("verify", "A2-state", "--workers", 1, "--json", there)
    monkeypatch.setenv("CURSEPROOF_STORE", str(tmp_path / "another.sqlite"))
    done = curseproof("import", there, "--workers", 1)
    assert done.exit_code == 0, done.stderr
    done = curseproof("verify", "A2-state", "--workers", 1, "--json", there, "--html", page)
    assert "proved (imported)" in done.stdout
    assert "supports (imported)" in done.stdout
    assert all(
        "imported" in e["data"] for e in json.loads(there.read_text())["claims"][0]["evidence"]
    )
    assert '<small class="imported">imported</small>' in page.read_text()
    for form in ("markdown", "latex"):
        assert "(imported)" in curseproof("report", there, "--to", form).stdout


def test_green_needs_everything_below_to_be_green():
    results = [
        result("false", "refuted"),
        result("first", "proved"),
        result("second", "supported", ["first"]),
        result("near", "proved", ["false", "first"]),
        result("far", "proved", ["near"]),
        result("unknown", "proved", ["not-judged"]),
    ]
    weak = unsound(claim_graph(results), results)
    assert weak == {
        "first": [],
        "second": [],
        "near": ["false"],
        "far": ["false"],
        "unknown": ["not-judged"],
    }


def test_graph_leads_from_left_to_right_and_nothing_overlaps():
    results = [Result(c, Verdict.PROVED, "", (), 0) for c in paper_claims()]
    graph = claim_graph(results)
    drawn = picture(graph)
    at = {node.id: node for node in drawn.nodes}
    assert set(at) == {i for edge in graph.edges for i in edge}
    for used, user, _ in drawn.edges:
        assert at[used].x + at[used].width < at[user].x
    for column in {n.x for n in drawn.nodes}:
        heights = sorted(n.y for n in drawn.nodes if n.x == column)
        assert all(b - a >= 20 for a, b in pairwise(heights))
    assert all(
        0 < n.x < n.x + n.width < drawn.width and 0 < n.y < drawn.height for n in drawn.nodes
    )


def test_claims_that_use_each_other_end():
    results = [result("a", "proved", ["b"]), result("b", "proved", ["a"])]
    assert unsound(claim_graph(results), results) == {"a": [], "b": []}
    assert len(picture(claim_graph(results)).nodes) == 2


class Elements(HTMLParser):
    """Start tags with their attributes, ids, and the text outside scripts and styles."""

    def __init__(self, text):
        super().__init__()
        self.found, self.words, self.inside = [], [], ""
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))
        self.inside = tag

    def handle_endtag(self, tag):
        self.inside = ""

    def handle_data(self, data):
        if self.inside not in ("script", "style"):
            self.words.append(data)


def hostile_report():
    x = Counterexample(*(HOSTILE,) * 6)
    evidence = Evidence("lyapunov", Finding.REFUTES, HOSTILE, 0.1, x, {"false_alarm": HOSTILE})
    bad = Result(
        claim("run", statement=HOSTILE, source=HOSTILE), Verdict.REFUTED, HOSTILE, (evidence,), 1
    )
    values = json.loads(json.dumps(to_json([bad], Settings())))
    values["environment"] |= {"platform": HOSTILE, "tier": HOSTILE, "packages": {HOSTILE: HOSTILE}}
    return from_json(values)


def test_page_takes_nothing_for_markup():
    plain = Elements(html(report(result("run", "refuted"))))
    page = Elements(html(hostile_report()))
    for tag in ("script", "img", "style", "title", "b", "i"):
        assert sum(t == tag for t, _ in page.found) == sum(t == tag for t, _ in plain.found), tag
    assert not any(name.startswith("on") for _, attributes in page.found for name in attributes)
    assert "".join(page.words).count('<script>alert("x")</script>') >= 5
    ids = [attributes["id"] for _, attributes in page.found if "id" in attributes]
    assert len(ids) == len(set(ids))


def test_page_loads_nothing():
    for tag, attributes in Elements(html(report(result("a", "proved")))).found:
        for name in ("src", "href", "xlink:href", "data", "action", "srcset"):
            address = attributes.get(name) or "#"
            assert address.startswith(("#", "data:")), (tag, name, address)


def test_summaries_take_nothing_for_markup():
    text = markdown(hostile_report())
    [row] = (line for line in text.splitlines() if line.startswith("| `run`"))
    assert row.replace("\\|", "").count("|") == 5
    assert "<script" not in text.replace("\\<script", "").replace("` <script", "")
    document = latex(hostile_report())
    assert "\\input" not in document
    assert "${x}$" not in document


CONTROLS = "\x1b]0;x\x07\x9b31m\u202e\u2066\u200f\x00"


def test_no_report_has_what_a_terminal_or_an_editor_obeys():
    x = Counterexample(*(CONTROLS,) * 6)
    judged = claim("bad", [CONTROLS], statement=CONTROLS, source=CONTROLS)
    evidence = [Evidence("lyapunov", Finding.REFUTES, CONTROLS, 0.1, x)]
    values = json.loads(json.dumps(to_json([concluded(judged, evidence, 1.0)], Settings())))
    values["environment"] |= {"curseproof": CONTROLS, "tier": CONTROLS, "seed": CONTROLS}
    bad = from_json(values)
    for text in (markdown(bad), latex(bad), html(bad), to_junit(bad.results)):
        assert text.replace("\n", "").isprintable()


def test_the_environment_is_no_command_and_no_markup():
    hostile = "`|$(rm -rf ~)</p><b>;"
    values = json.loads(json.dumps(to_json([result("run", "proved")], Settings())))
    values["environment"] |= {"curseproof": hostile, "tier": hostile, "seed": hostile}
    text = markdown(from_json(values))
    assert "\\`\\|$(rm -rf \\~)\\</p\\>" in text
    words = "".join(Elements(html(from_json(values))).words)
    assert f"--tier '{hostile}' --seed '{hostile}'" in words


def test_summaries_say_what_was_found(judged):
    text = markdown(report(*judged))
    assert text.startswith("**1 proved, 1 refuted**")
    assert "| `A5-state-ar1` | ✓ proved |" in text
    assert "| `D2-cross-sensitivity` | ✗ refuted (expected) |" in text
    x = judged[1].counterexample
    for words in (x.point, x.claimed, x.actual, x.correction):
        assert words in text
    assert x.profile is not None  # it is drawn, not told
    assert "Profile" not in text + latex(report(*judged))
    document = latex(report(*judged))
    assert document.index("1 proved, 1 refuted") < document.index("A5-state-ar1")
    assert "D2-cross-sensitivity is false" in document
    assert x.actual.split()[0] in document


def test_latex_compiles(judged):
    if shutil.which("pdflatex") is None:
        pytest.skip("pdflatex is not installed (Debian: texlive-latex-base)")
    strange = result("strange", "undecided", statement="E|h|² ∘ \\undefined {x_1 ☃ 漢")
    assert compiled(latex(report(*judged, strange))).startswith(b"%PDF")


def test_page_says_what_was_found(judged, page):
    words = " ".join("".join(Elements(page).words).split())
    for r in judged:
        assert r.claim.statement.split("ρ^Δ")[0].split("[")[0] in words
        anew = "--experiments --fresh" if r.claim.experiment else "--fresh"
        assert f"curseproof verify {r.claim.id} {anew}" in words
        assert all(e.detail in words for e in r.evidence)
    assert judged[1].counterexample.actual in words
    assert "Nicolas Zucchet and Antonio Orvieto, NeurIPS 2024" in words
    assert f"curseproof {version('curseproof')}, {date.today()}: curseproof verify on" in words
    assert "The state's second moment" in words  # its derivation
    assert "A2-state (not judged)" in words


def test_derivations_stand_once_however_many_claims_use_them(judged, page):
    again = [
        replace(r, claim=replace(r.claim, id=f"{r.claim.id}-{n}")) for r in judged for n in "ab"
    ]
    twice = html(report(*again))
    assert page.count('<details class="derivation"') == twice.count('<details class="derivation"')


def draw(measured):
    from matplotlib.figure import Figure as Drawing

    drawing = Drawing()
    drawing.subplots().plot([len(v) for data in measured.values() for v in data.values()])
    return drawing


def test_figures_are_drawn_where_their_trials_are(judged, monkeypatch):
    trial = Trial("gru_jacobian", (("delay", "1"), ("strength", "1")))
    both = {
        "free": Figure("Free of trials", "What γ^2 does.", ["A5"], draw),
        "measured": Figure("Measured", "And this.", ["A5-state-ar1"], draw, [trial]),
    }
    monkeypatch.setattr(verify.reporting.figures, "FIGURES", both)
    trial_results = {trial: Evidence("trial", Finding.SUPPORTS, data={"size": [1.0, 2.0]})}
    one, also = report(judged[0]), report(judged[0], trial_results=trial_results)
    without, page = html(one), html(also)
    for text, shown in ((without, ["free"]), (page, ["free", "measured"])):
        images = [a for tag, a in Elements(text).found if tag == "img" and "class" not in a]
        assert [a["alt"].split(".")[0] for a in images] == [both[n].title for n in shown]
        assert all(a["src"].startswith("data:image/svg+xml;base64,") for a in images)
    assert 'href="#figure-free"' in page.split('id="claim-A5-state-ar1"')[1].split("</article>")[0]
    assert html(also) == page  # the same bytes
    monkeypatch.setattr(figures, "can_draw", lambda: False)
    assert "<img" not in html(also)


def curseproof(*arguments):
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def test_commands_write_the_same_page(tmp_path):
    results, first, second = (tmp_path / name for name in ("r.json", "a.html", "b.html"))
    done = curseproof("verify", "A2-state", "--workers", 1, "--json", results, "--html", first)
    assert done.exit_code == 0, done.stderr
    done = curseproof("report", results, "--output", second)
    assert done.exit_code == 0, done.stderr
    assert first.read_text() == second.read_text()
    assert "A2-state" in curseproof("report", results, "--to", "markdown").stdout
    assert curseproof("report", results, "--to", "latex").stdout.startswith("\\documentclass")


def test_a_claim_of_a_stranger_is_reported_too(tmp_path):
    file, results, page = tmp_path / "mine.toml", tmp_path / "r.json", tmp_path / "r.html"
    fields = "\n".join(f"{name} = {json.dumps(value)}" for name, value in ENTRY.items())
    file.write_text(f'[[claim]]\nid = "mine"\n{fields}\n')
    curseproof("verify", file, "--workers", 1, "--json", results)
    done = curseproof("report", results, "--output", page)
    assert done.exit_code == 0, done.stderr
    assert 'id="claim-mine"' in page.read_text()


@pytest.mark.parametrize(
    ("content", "options", "message"),
    [
        (None, None, "curseproof verify --json"),
        (None, [], "curseproof verify --json"),
        ("{", [], "not JSON"),
        ("[]", [], "not what"),
        ("{}", [], "not what"),
        (json.dumps(to_json([], Settings())), ["--to", "docx"], "one of html, markdown, latex"),
    ],
)
def test_bad_input_is_one_clear_line(tmp_path, content, options, message):
    path = tmp_path / "results.json"
    if content is not None:
        path.write_text(content)
    done = curseproof("report", path, *options) if options is not None else curseproof("report")
    assert done.exit_code == 2
    assert done.stdout == ""
    assert len(done.stderr.splitlines()) == 1
    assert message in done.stderr


def test_an_empty_report_is_a_page():
    assert "0 claims" in html(report())


def test_report_error_is_one_line():
    with pytest.raises(ReportError, match="schema 7"):
        from_json({"schema": 7})


def test_both_sides_of_what_is_refuted(judged):
    """Along one parameter through the worst point, as the claim and `eval` have them."""
    claimed, found = judged[1].claim, judged[1].counterexample
    profile = found.profile
    assert profile.name in claimed.parameters
    *_, worst = found.largest.split(" at ")
    there = dict(part.split(" = ") for part in worst.split(", "))
    modulus = next(iter(re.findall(r"^[\d/]+", there[profile.name])))
    for k in (0, 30, -1):
        at = Fraction(profile.at[k]).limit_denominator(1000)
        moved = {**there, profile.name: there[profile.name].replace(modulus, str(at), 1)}
        actual = value(claimed.quantity, "rho**Delta", moved, digits=15)
        assert float(abs(actual).mid()) == pytest.approx(profile.actual[k])
    relative = abs(np.divide(profile.claimed, profile.actual) - 1)
    assert relative.max() > 0.1


def test_pictures_of_both_sides_stand_where_a_claim_is_refuted(page):
    images = [e for e in Elements(page).found if e[1].get("class") == "sides"]
    [(_, image)] = images
    assert "D2-cross-sensitivity" in image["alt"]
    svg = b64decode(image["src"].partition(",")[2])
    assert b"<svg" in svg


@pytest.mark.parametrize(
    "change", [{"name": "$x"}, {"at": ["<b>"]}, {"claimed": []}, {"name": None}]
)
def test_what_is_no_profile_is_refused(judged, change):
    values = json.loads(json.dumps(to_json(judged, Settings())))
    for evidence in values["claims"][1]["evidence"]:
        if evidence["counterexample"]:
            evidence["counterexample"]["profile"].update(change)
    with pytest.raises(ReportError):
        from_json(values)
