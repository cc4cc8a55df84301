"""Raw containers: a busybox-like image that holds nothing of ours, between tasks of ours."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

from jetbridge import (
    ContainerTask,
    FlyteDirectory,
    FlyteFile,
    Secret,
    conditional,
    current_context,
    kwtypes,
    task,
    workflow,
)

IMAGE = os.environ.get("JETBRIDGE_TEST_BOX", "none")
TEXT = 'it\'s "{{x}}" $(HOME) <b> & ü\n\tend'
WHEN = datetime(2026, 1, 31, 8, 0, 0, 250000, tzinfo=UTC)


def box(name: str, script: str, **options: object) -> ContainerTask:
    """A task of one shell script."""
    return ContainerTask(
        name=f"boxed.{name}",
        image=IMAGE,
        command=["sh", "-ec", script],
        input_data_dir="/var/in",
        output_data_dir="/var/out",
        **options,  # type: ignore[arg-type]
    )


values = box(
    "values",
    """\
for name in n text x yes at took; do cp /var/in/$name /var/out/$name; done
test "$(cat /var/in/words/1)" = two
test "$(cat /var/in/counts/b)" = 2
grep -q '"n": 41' /var/in/inputs.json
test -s /var/in/inputs.pb
echo "  $1 $2 $GREETING  " > /var/out/said.txt
echo '["'"$(cat /var/in/words/0)"'", "three"]' > /var/out/words
""",
    arguments=["sh", "{{.inputs.n}}", "{{.Inputs.words}}"],
    inputs=kwtypes(
        n=int, text=str, x=float, yes=bool, at=datetime, took=timedelta, words=list[str], counts=dict[str, int]
    ),
    outputs=kwtypes(n=int, text=str, x=float, yes=bool, at=datetime, took=timedelta, said=str, words=list[str]),
    environment={"GREETING": "hello $(PATH) {{x}}"},
)

files = box(
    "files",
    """\
test -f /var/in/letter
tr a-z A-Z < /var/in/letter > /var/out/loud
mkdir -p /var/out/tree/deep
cp -r /var/in/folder/inner /var/out/tree/deep/
find /var/in/folder -type f | wc -l > /var/out/count
grep -q '^letter: "/var/in/letter"$' /var/in/inputs.yaml
""",
    inputs=kwtypes(letter=FlyteFile, folder=FlyteDirectory),
    outputs=kwtypes(loud=FlyteFile, tree=FlyteDirectory, count=int),
    metadata_format=ContainerTask.MetadataFormat.YAML,
)

sized = box("sized", "cat /var/in/n > /var/out/n", inputs=kwtypes(n=int), outputs=kwtypes(n=int))
reports = box("reports", "echo 'no more birds' > /var/out/_ERROR; exit 4", outputs=kwtypes(n=int))
exits = box("exits", "echo going down; exit 3")
forgets = box("forgets", "echo 1 > /var/out/other", outputs=kwtypes(n=int, file=FlyteFile))
confuses = box("confuses", "echo many > /var/out/n", outputs=kwtypes(n=int))
peeks = box("peeks", "ln -s /proc/self/environ /var/out/got", outputs=kwtypes(got=FlyteFile))
defaults = ContainerTask(
    name="boxed.defaults",
    image=IMAGE,
    command=["cp"],
    arguments=["/var/flyte/inputs/text", "/var/flyte/outputs/text"],
    inputs=kwtypes(text=str),
    outputs=kwtypes(text=str),
)
tells = box(
    "tells",
    'test -z "$AWS_SECRET_ACCESS_KEY"; test ! -e /opt/jetbridge; test -n "$BIRDS_KEY"; echo found > /var/out/got',
    outputs=kwtypes(got=str),
    secret_requests=[
        Secret("jetbridge-s3", "AWS_ACCESS_KEY_ID", mount_requirement=Secret.MountType.ENV_VAR, env_var="BIRDS_KEY")
    ],
)


@task
def letter() -> FlyteFile:
    path = Path(current_context().working_directory, "letter.txt")
    path.write_text("dear birds")
    return FlyteFile(path)


@task
def folder() -> FlyteDirectory:
    root = Path(current_context().working_directory, "folder")
    (root / "inner").mkdir(parents=True, exist_ok=True)
    (root / "top.txt").write_text("top")
    (root / "inner/deep.txt").write_text("deep")
    return FlyteDirectory(str(root))


@task
def read(loud: FlyteFile, tree: FlyteDirectory, count: int) -> str:
    found = sorted(path.relative_to(str(tree)).as_posix() for path in Path(tree).rglob("*") if path.is_file())
    return f"{Path(loud).read_text()} {found} {count}"


@task
def times(n: int, by: int) -> int:
    return n * by


@workflow
def every_value(
    n: int = 41, text: str = TEXT, x: float = 2.5, at: datetime = WHEN, took: timedelta = timedelta(minutes=1.5)
) -> tuple[int, str, float, bool, datetime, timedelta, str, list[str]]:
    return values(n=n, text=text, x=x, yes=True, at=at, took=took, words=["one", "two"], counts={"a": 1, "b": 2})


@workflow
def with_files() -> str:
    loud, tree, count = files(letter=letter(), folder=folder())
    return read(loud=loud, tree=tree, count=count)


@workflow
def deciding(n: int = 7) -> int:
    found = sized(n=n)
    return conditional("size").if_(found > 5).then(times(n=found, by=10)).else_().then(times(n=found, by=100))


@workflow
def plain(text: str = "plain") -> str:
    return defaults(text=text)


@workflow
def secretive() -> str:
    return tells()


@workflow
def reporting() -> int:
    return reports()


@workflow
def exiting() -> None:
    exits()


@workflow
def forgetting() -> tuple[int, FlyteFile]:
    return forgets()


@workflow
def confusing() -> int:
    return confuses()


@workflow
def peeking() -> FlyteFile:
    return peeks()
