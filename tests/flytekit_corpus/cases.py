"""Every workflow and launch plan of the corpus. What a back end refuses is said here too, as its data says it."""

from __future__ import annotations

from tests.flytekit_corpus.case import Case

NO_VARIABLES = "flytekit's local execution sets no variables"
NO_DYNAMIC = {"airflow": ("task-dynamic",)}
ENGINES = ("argo", "airflow")
STRIPPED = "a store that is a folder: flytekit 1.16's Arrow reader drops the scheme of a URI (basic_dfs.py)"
EVERYWHERE = (*ENGINES, "local")


def everywhere(*codes: str) -> dict[str, tuple[str, ...]]:
    """A refusal by the plan, whatever the back end."""
    return dict.fromkeys(EVERYWHERE, codes)


UNKNOWN = ("BadTaskSpecification", "UnknownTaskType", "UnsupportedField")
"""Task types that belong to plugins, which may not be installed, or not take what flytekit wrote."""

CASES = (
    Case(name="flows.primitives.primitives"),
    Case(name="flows.primitives.extreme"),
    Case(name="flows.primitives.named_outputs", inputs=("n=23",)),
    Case(name="flows.primitives.enums", inputs=("size=large",)),
    Case(name="flows.primitives.optionals"),
    Case(name="flows.primitives.unions"),
    Case(name="flows.primitives.nothing"),
    Case(name="flows.primitives.several"),
    Case(name="flows.structs.lists"),
    Case(name="flows.structs.maps"),
    Case(name="flows.structs.constant_map"),
    Case(name="flows.structs.free_dicts"),
    Case(name="flows.structs.dataclasses"),
    Case(name="flows.structs.dataclass_input", inputs=('point={"x": 9, "y": 0.25}', "by=3")),
    Case(name="flows.structs.attributes"),
    Case(name="flows.structs.structs_in_lists"),
    Case(name="flows.structs.pydantic_models"),
    Case(name="flows.structs.file_in_struct"),
    Case(name="flows.structs.pickled"),
    Case(name="flows.files.one_file"),
    Case(name="flows.files.formats"),
    Case(name="flows.files.many_files"),
    Case(name="flows.files.folders"),
    Case(name="flows.files.frames", lacking=dict.fromkeys(ENGINES, STRIPPED)),
    Case(name="flows.files.schemas"),
    Case(name="flows.files.file_input", inputs=("file={data}/text.txt",)),
    Case(name="flows.files.frame_input", inputs=("df={data}/penguins.parquet",)),
    Case(name="flows.graphs.chain"),
    Case(name="flows.graphs.ordered"),
    Case(name="flows.graphs.nested"),
    Case(name="flows.graphs.passed_through"),
    Case(name="flows.graphs.decorators"),
    Case(name="flows.graphs.renamed"),
    Case(name="flows.graphs.built", inputs=("n=3",)),
    Case(name="flows.graphs.resolved"),
    Case(name="flows.graphs.own_resolver"),
    Case(name="flows.branches.on_input", inputs=("n=12",)),
    Case(name="flows.branches.on_output"),
    Case(name="flows.branches.on_float"),
    Case(name="flows.branches.on_bool"),
    Case(name="flows.branches.on_text"),
    Case(name="flows.branches.nested"),
    Case(name="flows.fan.mapped"),
    Case(name="flows.fan.partial"),
    Case(name="flows.fan.bound_promise"),
    Case(name="flows.fan.limited"),
    Case(name="flows.fan.two_lists"),
    Case(name="flows.fan.some_fail"),
    Case(name="flows.fan.empty"),
    Case(name="flows.fan.grown", refused=NO_DYNAMIC),
    Case(name="flows.fan.dynamics", refused=NO_DYNAMIC),
    Case(name="flows.fails.raising", fails="-1 is negative"),
    Case(name="flows.fails.handled", fails="-1 is negative"),
    Case(name="flows.fails.goes_on", fails="-1 is negative"),
    Case(name="flows.fails.retried"),
    Case(name="flows.fails.slept"),
    Case(name="flows.fails.approved", answers=(True,), refused={"airflow": ("gate-approve",)}),
    Case(name="flows.fails.asked", answers=(11,), refused={"airflow": ("gate-signal",)}),
    Case(name="flows.launched.scaled", inputs=("n=4",)),
    Case(name="flows.launched.dated", inputs=("at=2026-01-31T08:00:00Z",)),
    Case(name="flows.launched.fixed", inputs=("n=6",)),
    Case(name="flows.launched.marked"),
    Case(name="flows.launched.nightly", inputs=("at=2026-01-31T08:00:00Z",)),
    Case(name="flows.launched.often"),
    Case(
        name="flows.launched.mailed",
        refused={"argo": ("launch-plan-notifications",)},
        lacking={"airflow": "a mail server"},
    ),
    Case(name="flows.launched.launching"),
    Case(name="flows.options.asked", apart=NO_VARIABLES, gives={"o0": "hello $(HOME) {{x}} 3"}),
    Case(name="flows.options.caches"),
    Case(name="flows.options.secret", secrets={"_FSEC_BIRDS_TOKEN": "abc"}),
    Case(name="flows.options.decks"),
    Case(name="flows.options.checkpoints"),
    Case(name="flows.options.pods"),
    Case(name="flows.options.named_pod", refused=everywhere("task-pod-template-name", "BadTaskSpecification")),
    Case(name="flows.options.accelerated", lacking=dict.fromkeys(ENGINES, "a node with a GPU")),
    Case(name="flows.options.images"),
    Case(name="flows.options.overridden", apart=NO_VARIABLES, gives={"o0": "hello $(HOME) {{x}} 3", "o1": 0}),
    Case(name="flows.types_of_ours.own_type"),
    Case(
        name="flows.programs.containers",
        here=False,
        apart="flytekit's local execution needs Docker's daemon",
        gives={"o0": "a\n3"},
    ),
    Case(name="flows.programs.shells", lacking=dict.fromkeys(ENGINES, "an image with the plugins of its module")),
    Case(name="flows.programs.sqlites", refused=everywhere(*UNKNOWN), here=False),
    Case(name="flows.programs.alchemies", refused=everywhere(*UNKNOWN)),
    Case(name="flows.programs.athenas", refused=everywhere(*UNKNOWN, "sql-work"), here=False),
    Case(
        name="flows.programs.bigqueries", refused=everywhere(*UNKNOWN, "sql-work"), unchecked=("airflow",), here=False
    ),
    Case(name="flows.programs.sparks", refused=everywhere(*UNKNOWN, "resource-work"), here=False),
    Case(name="flows.references.with_task", refused=everywhere("TaskReferenceNotFound")),
    Case(name="flows.references.eagerly", inputs=("n=1",), refused=everywhere(*UNKNOWN), here=False),
    Case(name="flows.references.with_plan", refused=everywhere("WorkflowReferenceNotFound")),
)
