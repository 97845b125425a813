"""The command that makes a static site of what ships, or of files of one's own."""

import argparse
from pathlib import Path

from model.problems import refusal
from model.scenario import load

from .common import needs, on_this_machine, print_json
from .options import JSON, WORKERS, argument, command, runs, runs_per_point

RUNS, RUNS_PER_POINT = 500, 200


@command(
    "optin site public --runs 2000",
    argument("folder", metavar="FOLDER", help="where to write: a new folder, an empty one, or an earlier site"),
    argument("--scenario", action="append", metavar="FILE", help="a scenario, may be repeated (all that ship)"),
    argument("--sweep", action="append", metavar="FILE", help="a sweep, may be repeated (the grids that ship)"),
    argument(
        "--score",
        action="append",
        nargs=2,
        default=[],
        metavar=("FORECAST", "OUTCOMES"),
        help="a forecast on record and what happened, as optin score takes them; may be repeated",
    ),
    runs(f"negotiations of each scenario ({RUNS})", RUNS),
    runs_per_point(RUNS_PER_POINT, "negotiations at each point of a sweep"),
    *(WORKERS, JSON),
)
def site(chosen: argparse.Namespace) -> None:
    """A static site without a server: reports, sweeps with sliders, forecasts, documents."""
    needs("site", "site", "markdown_it")
    from ..plans.sweepfile import read_sweep
    from ..runs.files import located
    from ..site.build import Content, build, check_folder, shipped_scenarios, shipped_sweeps, write
    from ..site.sliders import check_sweep
    from ..validation.forecast_scores import score
    from ..validation.outcomes import read_outcomes
    from ..validation.recorded import read_recorded

    folder = on_this_machine("FOLDER", located(chosen.folder))
    check_folder(folder)
    scenarios = [load(path) for path in chosen.scenario or shipped_scenarios()]
    sweeps = [read_sweep(path, runs=chosen.runs_per_point) for path in chosen.sweep or shipped_sweeps()]
    for what, names in (("--scenario", [its.name for its in scenarios]), ("--sweep", [its.name for its in sweeps])):
        if len(set(names)) < len(names):
            raise refusal(what, f"found {', '.join(names)}; different names are needed")
    for plan in sweeps:
        check_sweep(plan)
    scores = []
    for forecast, outcomes in chosen.score:
        recorded = read_recorded(Path(forecast))
        scores.append(score(recorded, read_outcomes(Path(outcomes), recorded)))
    pages = build(Content(scenarios, chosen.runs, sweeps, scores, chosen.workers))
    write(folder, pages)
    if chosen.json:
        print_json({"folder": str(folder), "pages": list(pages), "bytes": sum(map(len, pages.values()))})
    else:
        size = sum(map(len, pages.values()))
        print(f"Site of {len(pages)} files ({size:,} bytes) written: open {folder / 'index.html'} in a browser")


COMMANDS = (site,)
