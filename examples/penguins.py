"""Do bigger penguins have longer flippers? Real measurements from Palmer Station, Antarctica.

The table comes with the `palmerpenguins` package: 344 penguins of three species, as Gorman, Williams and Fraser
measured them (2014, PLoS ONE 9(3): e90081).
"""

from dataclasses import dataclass
from importlib.resources import files
from typing import NamedTuple

import pandas as pd

from jetbridge import current_context, task, workflow
from jetbridge.types.file import FlyteFile


@dataclass
class Fit:
    """A straight line through body mass (g) against flipper length (mm)."""

    species: str
    penguins: int
    slope: float
    intercept: float
    r_squared: float


@dataclass
class Report:
    """What the workflow found out."""

    rows_read: int
    rows_used: int
    fits: list[Fit]
    steepest: str


class Result(NamedTuple):
    """The workflow's outputs."""

    report: Report
    plot: FlyteFile


@task
def load() -> pd.DataFrame:
    """Reads the measurements as they were written down."""
    with (files("palmerpenguins") / "data" / "penguins-raw.csv").open() as table:
        return pd.read_csv(table)


@task
def clean(raw: pd.DataFrame, min_mass: int) -> pd.DataFrame:
    """Keeps the columns we need, under short names, and the penguins that were measured in full."""
    table = pd.DataFrame(
        {
            "species": raw["Species"].str.split().str[0],
            "flipper": raw["Flipper Length (mm)"],
            "mass": raw["Body Mass (g)"],
        }
    ).dropna()
    return table[table["mass"] >= min_mass].reset_index(drop=True)


@task
def fit(measured: pd.DataFrame, species: str) -> Fit:
    """Fits a line for one species by least squares."""
    rows = measured[measured["species"] == species]
    if len(rows) < 3:
        raise ValueError(f"only {len(rows)} penguins of species {species!r} are left: a line needs three")
    x, y = rows["flipper"], rows["mass"]
    slope = float(((x - x.mean()) * (y - y.mean())).sum() / ((x - x.mean()) ** 2).sum())
    intercept = float(y.mean() - slope * x.mean())
    residuals = y - (slope * x + intercept)
    r_squared = float(1 - (residuals**2).sum() / ((y - y.mean()) ** 2).sum())
    return Fit(species=species, penguins=len(rows), slope=slope, intercept=intercept, r_squared=r_squared)


@task
def summarize(raw: pd.DataFrame, measured: pd.DataFrame, fits: list[Fit]) -> Report:
    """Puts the numbers together."""
    steepest = max(fits, key=lambda line: line.slope)
    return Report(rows_read=len(raw), rows_used=len(measured), fits=fits, steepest=steepest.species)


@task
def draw(measured: pd.DataFrame, report: Report) -> FlyteFile:
    """Draws the penguins and the lines."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(figsize=(7, 5), layout="constrained")
    for line in report.fits:
        rows = measured[measured["species"] == line.species].sort_values("flipper")
        points = axes.scatter(rows["flipper"], rows["mass"], s=12, alpha=0.6)
        color = points.get_facecolor()[0]
        label = f"{line.species}: {line.slope:.0f} g/mm, R² {line.r_squared:.2f}"
        axes.plot(rows["flipper"], line.slope * rows["flipper"] + line.intercept, color=color, alpha=1, label=label)
    axes.set(xlabel="flipper length (mm)", ylabel="body mass (g)", title=f"{report.rows_used} penguins")
    axes.legend()
    path = current_context().working_directory / "penguins.png"
    figure.savefig(path, dpi=120)
    return FlyteFile(str(path))


@workflow
def pipeline(min_mass: int = 2000) -> Result:
    """Fits body mass against flipper length for each species of penguin."""
    raw = load()
    measured = clean(raw=raw, min_mass=min_mass)
    adelie = fit(measured=measured, species="Adelie")
    chinstrap = fit(measured=measured, species="Chinstrap")
    gentoo = fit(measured=measured, species="Gentoo")
    report = summarize(raw=raw, measured=measured, fits=[adelie, chinstrap, gentoo])
    return Result(report=report, plot=draw(measured=measured, report=report))


if __name__ == "__main__":
    print(pipeline())
