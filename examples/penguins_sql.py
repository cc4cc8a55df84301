"""Which penguins are heavy for their island? The same measurements as `penguins.py`, asked in SQL.

DuckDB reads the table itself. With a database of your own, change the URI: `postgresql+psycopg://reader@db:5432/birds`,
and name its password by `secret_connect_args={"password": Secret(group="warehouse", key="password")}`.
"""

from importlib.resources import files
from typing import Annotated

import pandas as pd

from jetbridge import StructuredDataset, kwtypes, task, workflow
from jetbridge_plugins.sql import SQLConfig, SQLTask

DUCKDB = SQLConfig(uri="duckdb:///:memory:")
Species = Annotated[StructuredDataset, kwtypes(species=str, penguins=int, mean_mass=float)]

by_species = SQLTask(
    name="penguins_sql.by_species",
    query_template="""
        SELECT species, count(*) AS penguins, round(avg(body_mass_g), 3) AS mean_mass
        FROM read_csv({{ .inputs.file }}, nullstr = 'NA')
        WHERE island = {{ .inputs.island }} AND body_mass_g IS NOT NULL
        GROUP BY species
        ORDER BY species
    """,
    task_config=DUCKDB,
    inputs=kwtypes(file=str, island=str),
    outputs=kwtypes(results=Species),
)
heaviest = SQLTask(
    name="penguins_sql.heaviest",
    query_template="""
        SELECT species, body_mass_g AS mass
        FROM read_csv({{ .inputs.file }}, nullstr = 'NA')
        WHERE island = {{ .inputs.island }}
        ORDER BY mass DESC NULLS LAST, species
        LIMIT 1
    """,
    task_config=DUCKDB,
    inputs=kwtypes(file=str, island=str),
    outputs=kwtypes(species=str, mass=int),
)


@task
def measurements() -> str:
    """Where the table is on the machine that runs the tasks."""
    return str(files("palmerpenguins") / "data" / "penguins.csv")


@task
def summary(species: StructuredDataset, heaviest: str, mass: int) -> str:
    """A sentence."""
    table = species.open(pd.DataFrame).all()
    kinds = ", ".join(f"{row.penguins} {row.species} ({row.mean_mass:.0f} g)" for row in table.itertuples())
    return f"{kinds}; the heaviest, a {heaviest}, has {mass} g"


@workflow
def pipeline(island: str = "Biscoe") -> tuple[StructuredDataset, str]:
    """Counts and weighs the penguins of an island."""
    file = measurements()
    species = by_species(file=file, island=island)
    top = heaviest(file=file, island=island)
    return species, summary(species=species, heaviest=top.species, mass=top.mass)


if __name__ == "__main__":
    print(pipeline(island="Dream")[1])
