"""Which files are a user's code: those of the loaded modules, or all below a folder."""

from __future__ import annotations

import os
import site
import sys
import sysconfig
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

from jetbridge.errors import CodeBundleError

_SKIPPED = frozenset(
    (".git", ".hg", ".svn", "__pycache__", ".mypy_cache", ".pytest_cache", ".ruff_cache", ".ipynb_checkpoints")
)
_INSTALLED = frozenset(("site-packages", "dist-packages"))
_OURS = frozenset(("jetbridge", "jetbridge_translators", "jetbridge_plugins"))
"""Every task image has them, and a copy from a checkout must not shadow them."""


@dataclass(frozen=True, slots=True)
class CodeFiles:
    """Files by their name in a bundle, and what a bundle cannot hold."""

    files: Mapping[str, Path]
    left_out: tuple[str, ...] = ()


def loaded_files(root: Path, modules: Mapping[str, ModuleType]) -> CodeFiles:
    """The files of the modules that were loaded from below a folder, and are not installed (as flytekit's `auto`).

    A file is named after its module, so that it is importable from the bundle also when the module's own folder is
    deeper than the root (`src/…`).

    Raises:
        CodeBundleError: a module's file is a link to outside, or two files have one name.
    """
    files: dict[str, Path] = {}
    left_out: list[str] = []
    for module, path in _modules_below(root, modules):
        if not path.is_file():
            left_out.append(_relative(path, root))
            continue
        _check_place(path, root)
        name = _entry_name(module, path, root)
        if files.setdefault(name, path) != path:
            raise CodeBundleError(
                f"two loaded files would both be {name!r} in the code bundle: {files[name]} and {path}",
                hint="Rename one, or give `--copy all`.",
            )
    return CodeFiles(files, tuple(sorted(left_out)))


def files_below(root: Path) -> CodeFiles:
    """Every file below a folder, without version control, virtual environments, bytecode and caches of tools.

    Links to files inside are taken as files; links to folders or to outside, and sockets and the like, are left out.

    Raises:
        CodeBundleError: a folder cannot be listed.
    """
    files: dict[str, Path] = {}
    left_out: list[str] = []
    for folder, folders, names in os.walk(root, onerror=_unreadable):
        here = Path(folder)
        folders[:] = [name for name in folders if name not in _SKIPPED and not (here / name / "pyvenv.cfg").is_file()]
        left_out += [_relative(here / name, root) for name in folders if (here / name).is_symlink()]
        for path in (here / name for name in names if not name.endswith(".pyc")):
            if path.is_file() and path.resolve().is_relative_to(root):
                files[_relative(path, root)] = path
            else:
                left_out.append(_relative(path, root))
    return CodeFiles(files, tuple(sorted(left_out)))


def _modules_below(root: Path, modules: Mapping[str, ModuleType]) -> Iterator[tuple[str, Path]]:
    """The user's own modules by the name they are imported by, and their files by a path below the root."""
    installed = _installed_folders()
    for name, file in _module_files(modules):
        path = _below(root, file)
        if path is None or _INSTALLED.intersection(path.relative_to(root).parts):
            continue
        if not any(place.is_relative_to(folder) for folder in installed for place in (path, file)):
            yield name, path


def _module_files(modules: Mapping[str, ModuleType]) -> Iterator[tuple[str, Path]]:
    """The files of modules, ours left out. Nothing is loaded by looking."""
    for key, module in sorted(modules.items()):
        attributes: Mapping[str, object] = getattr(module, "__dict__", {})
        file = attributes.get("__file__")
        # A script has no spec, and its own place for a name.
        name = key if key != "__main__" else str(getattr(attributes.get("__spec__"), "name", ""))
        if isinstance(file, str) and name.partition(".")[0] not in _OURS:
            yield name, Path(file).absolute()


def _below(root: Path, file: Path) -> Path | None:
    """The file by a path below the root, also where one of the two is reached through a link."""
    if file.is_relative_to(root):
        return file
    resolved = file.resolve()
    return resolved if resolved.is_relative_to(root) else None


def _installed_folders() -> tuple[Path, ...]:
    """Where the standard library and installed packages are. A base prefix such as `/usr` may well hold user code."""
    paths = sysconfig.get_paths()
    places = [paths[name] for name in ("stdlib", "platstdlib", "purelib", "platlib")] + [site.getusersitepackages()]
    environment = [sys.prefix] if sys.prefix != sys.base_prefix else []
    folders = [Path(place) for place in (*places, *environment)]
    return (*folders, *(folder.resolve() for folder in folders))


def _entry_name(module: str, path: Path, root: Path) -> str:
    """`a/b.py` for module `a.b`; the name below the root where the file's own place says something else."""
    parts = module.split(".")
    folders = parts if path.name.startswith("__init__.") else parts[:-1]
    expected = (*folders, path.name)
    own = path.name.partition(".")[0] in ("__init__", parts[-1])
    return "/".join(expected) if own and path.parts[-len(expected) :] == expected else _relative(path, root)


def _check_place(path: Path, root: Path) -> None:
    if not path.resolve().is_relative_to(root):
        raise CodeBundleError(
            f"{str(path)!r} is a link to {str(path.resolve())!r}, outside the source root {str(root)!r}",
            hint="Put the file itself there, or install it in the image and give `--copy none`.",
        )


def _relative(path: Path, root: Path) -> str:
    return path.relative_to(root).as_posix()


def _unreadable(error: OSError) -> None:
    raise CodeBundleError(
        f"{str(error.filename)!r} cannot be listed: {error.strerror}", hint="Make it readable, or move it away."
    ) from error
