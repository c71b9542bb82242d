"""The command that draws."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from theory.printing.choices import one_of
from verify.cli.app import bad_input, command, err, fail, out


@command("figures", "curseproof figures curse growth --output pictures --formats png")
def figures(
    output: Annotated[Path, typer.Option(help="The folder to write to; made if need be.")],
    names: Annotated[
        list[str] | None,
        typer.Argument(
            help="curse, growth, basins, normalised, landscapes, eigenvalue_learning, discs, "
            "hessians, curvature, released or accuracy; and, with --results that have such "
            "trials, hessian_of_published_system, hessian_of_equivalent_systems, "
            "loss_against_memory, loss_against_angles_and_heads, effective_learning_rates, "
            "optimisers, embedding_autocorrelation, deep_networks_at_initialisation, "
            "gated_units, gated_networks_learning, nonlinear_units or teacher_normalizer. "
            "Without, all that can be drawn."
        ),
    ] = None,
    formats: Annotated[str, typer.Option(help="Of svg, pdf and png, with commas.")] = "svg",
    results: Annotated[
        Path | None,
        typer.Option(help="What verify or sweep --json wrote: its trials are drawn too."),
    ] = None,
) -> None:
    """Draw figures, one file each: of the derived formulas, and of experiments with --results."""
    from verify.cli.reporting import read_report
    from verify.reporting.figures import FIGURES
    from verify.reporting.figures.style import FORMATS, rendered

    trial_results = read_report(results).trial_results if results else {}
    found = {name: figure.found(trial_results) for name, figure in FIGURES.items()}
    drawable = [name for name, measured in found.items() if measured is not None]
    for name in names or ():
        if name not in FIGURES:
            fail(f"figures {name}: {one_of(name, FIGURES)}")
    if missing := set(names or ()) - set(drawable):
        fail(f"figures {', '.join(sorted(missing))}: of trials; name --results that have some")
    kinds = formats.split(",")
    for kind in kinds:
        if kind not in FORMATS:
            fail(f"--formats {kind}: {one_of(kind, FORMATS)}")
    with bad_input(OSError, ImportError):
        output.mkdir(parents=True, exist_ok=True)
        for name in names or drawable:
            with err.status(name):
                drawing = FIGURES[name].draw(found[name] or {})
            for kind in kinds:
                path = output / f"{name}.{kind}"
                path.write_bytes(rendered(drawing, kind))
                out.print(str(path), markup=False, soft_wrap=True)
