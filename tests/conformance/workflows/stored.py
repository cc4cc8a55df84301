"""Files and directories, passed on from task to task."""

from pathlib import Path

from jetbridge import current_context, task, workflow
from jetbridge.types.directory import FlyteDirectory
from jetbridge.types.file import FlyteFile


@task
def write(text: str) -> FlyteFile:
    path = current_context().working_directory / "a name with spaces.txt"
    path.write_text(text)
    return FlyteFile(str(path))


@task
def pack(file: FlyteFile) -> FlyteDirectory:
    folder = current_context().working_directory / "tree"
    (folder / "deep" / "er").mkdir(parents=True)
    (folder / "copy.txt").write_bytes(Path(file).read_bytes())
    (folder / "deep" / "bytes.bin").write_bytes(bytes(range(256)) * 1024)
    (folder / "deep" / "er" / "empty").touch()
    return FlyteDirectory(str(folder))


@task
def read(file: FlyteFile, folder: FlyteDirectory) -> str:
    names = sorted(str(path.relative_to(str(folder))) for path in Path(folder).rglob("*") if path.is_file())
    return f"{names} {Path(file).read_bytes() == (Path(folder) / 'copy.txt').read_bytes()}"


@task
def hand_on(files: list[FlyteFile]) -> FlyteFile:
    """The first of them, as it is."""
    return files[0]


@workflow
def files(text: str = "{{text}}\r\n🐧") -> tuple[FlyteFile, FlyteFile]:
    first, second = write(text=text), write(text="")
    return hand_on(files=[first, second]), second


@workflow
def directories(text: str = "text") -> tuple[FlyteDirectory, str]:
    file = write(text=text)
    folder = pack(file=file)
    return folder, read(file=file, folder=folder)
