"""Results from elsewhere: what is taken over, what is judged again, and all that is refused."""

import json
import os
from dataclasses import replace

import pytest

from verify.claims.file import make_claim
from verify.claims.trial import Trial
from verify.judging.engine import concluded
from verify.judging.evidence import Evidence, Finding
from verify.judging.methods import methods
from verify.reporting import adoption
from verify.reporting.adoption import ForeignError, import_results, import_trials
from verify.reporting.results import to_json
from verify.running.provenance import machine
from verify.running.store import Store
from verify.settings import Settings, Tier

SETTINGS = Settings(Tier(points=2, replicas=4, seconds=60), seed=3)
TRUE, OTHER, UNKNOWN = (
    make_claim(
        {
            "id": name,
            "autocorrelation": "KroneckerDelta(Delta, 0)",
            "quantity": "second_moment",
            "relation": "==",
            "formula": "1/(1 - lambda**2)",
            "domain": ["-1 < lambda < 1"],
        }
    )
    for name in ("true", "other", "unknown")
)
MEASURED = make_claim(
    {
        "id": "measured",
        "experiment": "hessian_against_angles",
        "settings": {"angles": "pi"},
        "quantity": "diagonal_mass",
        "relation": "<=",
        "formula": "1",
    }
)
CLAIMS = [TRUE, OTHER, MEASURED]
DATA = {"false_alarm": 1e-9}
PIECES = tuple(Evidence(m.name, Finding.SUPPORTS, "close", data=DATA) for m in methods(TRUE))
MEASUREMENT = (Evidence("experiment", Finding.SUPPORTS, "below", data=DATA),)
TRIAL = Trial("hessian_against_angles", (("angles", "pi"),))
TRIED = Evidence("trial", Finding.SUPPORTS, data={"diagonal_mass": [0.5]}, seconds=2.0)


@pytest.fixture
def results(tmp_path):
    """Writes results with a change in them."""

    def write(change=lambda report: None, found=((TRUE, PIECES),), settings=SETTINGS, trials=None):
        judged = [concluded(claim, pieces, 1.0) for claim, pieces in found]
        report = json.loads(json.dumps(to_json(judged, settings, trials)))
        change(report)
        path = tmp_path / "results.json"
        path.write_text(json.dumps(report), encoding="utf-8")
        return path

    return write


@pytest.fixture
def replayed(monkeypatch):
    """The claims judged again; they are found to be as PIECES say."""
    claims = []

    def run(again, settings, workers):
        assert (settings, workers) == (SETTINGS, 2)
        claims.extend(claim.id for claim in again)
        return (concluded(claim, PIECES, 1.0) for claim in again)

    monkeypatch.setattr(adoption, "run", run)
    return claims


def test_what_was_found_elsewhere_is_taken_over_and_says_so(results, store, replayed):
    def elsewhere(report):
        report["environment"]["packages"]["torch"] = "9.9"
        report["environment"]["device"] = "cuda"

    kept = Store(store)
    path = results(elsewhere, [(TRUE, PIECES), (MEASURED, MEASUREMENT)], trials={TRIAL: TRIED})
    assert import_results(path, CLAIMS, kept, 1, 2) == len(PIECES) + 2
    here = machine("cpu")
    there = {**here, "device": "cuda", "packages": {**here["packages"], "torch": "9.9"}}
    there["imported"] = True
    assert kept.known(TRUE, SETTINGS) == {
        piece.method: replace(piece, data={**DATA, "imported": there}) for piece in PIECES
    }
    said = {"imported": there}
    measured = replace(MEASUREMENT[0], data={**DATA, **said})
    assert kept.known(MEASURED, SETTINGS) == {"experiment": measured}
    known = kept.known(TRIAL, SETTINGS)["trial"]
    assert known == replace(TRIED, data={**TRIED.data, **said})
    assert known.seconds == 2.0
    assert kept.known(TRUE, replace(SETTINGS, seed=0)) == {}


def test_trials_alone_are_taken_over_from_other_versions(results, store):
    def older(report):
        report["environment"]["code"] = "0" * 64
        report["trials"][1]["question"] = "0" * 64

    kept = Store(store)
    narrow = replace(TRIAL, point=(("angles", "pi/10"),))
    path = results(older, [(TRUE, PIECES)], trials={TRIAL: TRIED, narrow: TRIED})
    assert import_trials(path, kept) == (1, 1)
    assert kept.known(TRIAL, SETTINGS)["trial"].imported
    assert not kept.known(narrow, SETTINGS)
    assert not kept.known(TRUE, SETTINGS)
    with pytest.raises(ForeignError, match="not what"):
        import_trials(results(lambda report: report.pop("trials")), kept)


def test_what_says_that_it_was_found_here_is_imported_too(results, store, replayed):
    kept = Store(store)
    own = replace(PIECES[1], detail="my own")
    kept.keep(TRUE, SETTINGS, own)
    import_results(results(), CLAIMS, kept, 1, 2)
    known = kept.known(TRUE, SETTINGS)
    assert known.pop("lyapunov") == own
    assert list(known) == [piece.method for piece in PIECES if piece.method != "lyapunov"]
    for piece in known.values():
        assert piece.imported
        assert {**piece.data["imported"], "imported": True} == {**machine("cpu"), "imported": True}


def test_a_file_does_not_set_the_time_of_a_replay(results, store, monkeypatch):
    """The judges here would have no time, and abstain as those of the file are said to have."""
    times = []

    def run(again, settings, workers):
        times.append(settings.tier.seconds)
        return (concluded(claim, PIECES, 1.0) for claim in again)

    monkeypatch.setattr(adoption, "run", run)
    for seconds in (0.001, 1e4):
        settings = replace(SETTINGS, tier=replace(SETTINGS.tier, seconds=seconds))
        import_results(results(settings=settings), CLAIMS, Store(store), 1, 2)
    assert times == [60, 1e4]


def test_that_a_claim_is_certified_is_not_taken_over(results, store, replayed):
    kept = Store(store)
    path = results(found=[(TRUE, (*PIECES, Evidence("coq", Finding.PROVES, "accepts")))])
    assert import_results(path, CLAIMS, kept, 1, 2) == len(PIECES)
    assert "coq" not in kept.known(TRUE, SETTINGS)


def test_a_claim_that_means_nothing_is_passed_over(results, store, replayed):
    path = results(found=[(TRUE, PIECES), (OTHER, ())])
    assert import_results(path, CLAIMS, Store(store), 0, 2) == len(PIECES)


@pytest.mark.parametrize(("replays", "count"), [(0, 0), (1, 1), (2, 2), (9, 2)])
def test_some_claims_are_judged_again_but_no_experiment(results, store, replayed, replays, count):
    found = [(TRUE, PIECES), (MEASURED, MEASUREMENT), (OTHER, PIECES)]
    import_results(results(found=found), CLAIMS, Store(store), replays, 2)
    assert len(replayed) == count
    assert set(replayed) <= {"true", "other"}


def test_the_claims_judged_again_are_drawn_at_random(results, store, replayed):
    path = results(found=[(TRUE, PIECES), (OTHER, PIECES)])
    for _ in range(60):
        import_results(path, CLAIMS, Store(None), 1, 2)
    assert set(replayed) == {"true", "other"}


def forged(report):
    report["claims"][0]["evidence"][5]["finding"] = "proves"


def on_top(report):
    """A second entry on the same claim, which alone would be kept last."""
    first = report["claims"][0]
    evidence = [{**piece, "finding": "proves"} for piece in first["evidence"]]
    report["claims"].append({**first, "evidence": evidence})


def appended(report):
    """After what every method found, a proof that would take the place of what was found."""
    evidence = report["claims"][0]["evidence"]
    evidence.append({**evidence[5], "finding": "proves"})


def refuting(report):
    evidence = report["claims"][0]["evidence"]
    evidence[:] = evidence[:2]
    evidence[1]["finding"] = "refutes"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (forged, "claim 'true': sympy proves there, supports here; nothing was taken over"),
        (appended, "claim 'true': two pieces of evidence of sympy, where each method has one;"),
        (on_top, "claim 'true' is there twice"),
        (lambda r: r["claims"][0]["evidence"].pop(1), "claim 'true': no evidence of lyapunov;"),
        (lambda r: r["claims"][0]["evidence"][1].update(detail="\ud800"), "not JSON"),
        (lambda r: r["claims"][0]["evidence"][1].update(detail=3), "not what"),
        (lambda r: r["claims"][0]["evidence"][1].update(data=3), "not what"),
        (refuting, "claim 'true': lyapunov refutes there, supports here; nothing was taken"),
        (lambda r: r["environment"].update(code="0" * 64), "made by other code than this; use the"),
        (lambda r: r["claims"][0].update(id="unknown"), "claim 'unknown' is not known here; name"),
        (lambda r: r["claims"][0]["evidence"][0].update(question="0"), "'true' reads otherwise"),
        (lambda r: r["claims"][0]["evidence"][2].update(method="limit"), "'true' reads otherwise"),
        (lambda r: r["environment"].update(seed=4), "'true' reads otherwise here"),
        (
            lambda r: r["trials"][0].update(question="0"),
            "trial hessian_against_angles angles=pi is",
        ),
        (lambda r: r["trials"][0]["point"].update(angles="pi/10"), "is another one here"),
        (lambda r: r.update(schema=99), "schema 99; this version reads 1"),
        (lambda r: r.pop("environment"), "not what `curseproof verify --json` writes"),
        (lambda r: r["environment"].pop("python"), "not what `curseproof verify --json` writes"),
        (lambda r: r["environment"]["size"].update(huge=1), "not what"),
        (lambda r: r["claims"][0].update(evidence=3), "not what"),
        (lambda r: r["claims"][0].pop("evidence"), "not what"),
        (lambda r: r["claims"][0]["evidence"][0].pop("question"), "not what"),
        (lambda r: r["claims"][0]["evidence"][0].update(finding="sees"), "not what"),
        (lambda r: r.update(claims=[3]), "not what"),
        (lambda r: r.pop("trials"), "not what"),
    ],
)
def test_results_that_are_not_taken_over(results, store, replayed, change, words):
    kept = Store(store)
    path = results(change, trials={TRIAL: TRIED})
    with pytest.raises(ForeignError) as caught:
        import_results(path, CLAIMS, kept, 1, 2)
    assert str(caught.value).startswith(f"{path}: ")
    assert words in str(caught.value)
    assert not kept.known(TRUE, SETTINGS)
    assert not kept.known(TRIAL, SETTINGS)


def test_evidence_that_a_replay_does_not_find_is_not_taken_over(results, store, monkeypatch):
    """Here the claim is refuted by the first route, and the others are not asked."""
    false = (PIECES[0], Evidence("lyapunov", Finding.REFUTES))
    for there, here, words in (
        ((*false, *PIECES[2:]), false, "spectral supports there, nothing here"),
        (PIECES, false, "lyapunov supports there, refutes here"),
        (false, PIECES, "lyapunov refutes there, supports here"),
        ((PIECES[0], PIECES[1], replace(false[1], method="spectral")), PIECES, "spectral refutes"),
        (PIECES, (), "meaning supports there, nothing here"),
    ):
        monkeypatch.setattr(adoption, "run", lambda *_, found=here: [concluded(TRUE, found, 1.0)])
        with pytest.raises(ForeignError, match=words):
            import_results(results(found=[(TRUE, there)]), CLAIMS, Store(store), 1, 2)


def test_unreadable_results(tmp_path, store):
    with pytest.raises(ForeignError, match=r"none\.json: No such file or directory; `curse"):
        import_results(tmp_path / "none.json", CLAIMS, Store(store), 1, 1)
    (tmp_path / "x.json").write_bytes(os.urandom(64))
    with pytest.raises(ForeignError, match="not JSON"):
        import_results(tmp_path / "x.json", CLAIMS, Store(store), 1, 1)


def test_a_claim_is_replayed_as_it_is_judged(tmp_path, store):
    settings = replace(SETTINGS, seed=0)
    false = make_claim({**TRUE.entry(), "id": "false", "formula": "1/(1 + lambda**2)"})
    refuted = Evidence("lyapunov", Finding.REFUTES)
    report = to_json([concluded(false, [refuted], 1.0)], settings)
    path = tmp_path / "results.json"
    path.write_text(json.dumps(report))
    assert import_results(path, [false], Store(store), 1, 1) == 1
