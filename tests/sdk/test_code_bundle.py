"""Code bundles: what goes in, that equal code is one object, and how it gets into the arguments of tasks."""

from __future__ import annotations

import hashlib
import io
import json
import os
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jetbridge import code_bundle
from jetbridge.cli.target import Target, load_target
from jetbridge.code_bundle import CodeBundle, CopyMode, make_bundle, publish_bundle
from jetbridge.errors import CodeBundleError, UsageError
from jetbridge.runtime.unpack import unpack
from jetbridge.serialize.settings import SerializationSettings
from jetbridge.store import open_store
from jetbridge_translators import registry
from jetbridge_translators.api import Engine
from jetbridge_translators.base import Settings
from jetbridge_translators.cli.code import code_of, copy_mode
from jetbridge_translators.plan.macros import entrypoint_args
from jetbridge_translators.work import ContainerWork
from tests.sdk.shop import FLOWS, PRICES, shop, tree


def module(name: str, file: Path | str | None) -> ModuleType:
    made = ModuleType(name)
    made.__file__ = None if file is None else str(file)
    return made


def loaded(root: Path, **files: str) -> dict[str, ModuleType]:
    return {name.replace("__", "."): module(name, root / file) for name, file in files.items()}


def contents(bundle: CodeBundle) -> dict[str, bytes]:
    with tarfile.open(fileobj=io.BytesIO(bundle.data)) as tar:
        return {info.name: (tar.extractfile(info) or io.BytesIO()).read() for info in tar}


# What goes in


def test_auto_takes_the_loaded_modules_below_the_root(tmp_path: Path) -> None:
    root = shop(tmp_path / "code")
    elsewhere = tree(tmp_path / "other", {"tools.py": "", "site-packages/lib.py": ""})
    modules = loaded(root, shop="shop/__init__.py", shop__prices="shop/prices.py") | loaded(elsewhere, tools="tools.py")
    modules |= {"builtin": module("builtin", None), "json": sys.modules["json"], "pytest": sys.modules["pytest"]}
    bundle = make_bundle(root, "auto", modules)
    assert contents(bundle) == {"shop/__init__.py": b"", "shop/prices.py": PRICES.encode()}
    assert bundle.files == ("shop/__init__.py", "shop/prices.py")


def test_auto_leaves_out_installed_packages_and_ours_below_the_root(tmp_path: Path) -> None:
    root = tree(tmp_path, {"flow.py": "", ".venv/lib/site-packages/lib.py": "", "sdk/src/jetbridge/task.py": ""})
    modules = loaded(root, flow="flow.py", lib=".venv/lib/site-packages/lib.py")
    modules["jetbridge.task"] = module("jetbridge.task", root / "sdk/src/jetbridge/task.py")
    assert make_bundle(root, "auto", modules).files == ("flow.py",)


def test_this_interpreters_environment_is_never_copied() -> None:
    with pytest.raises(CodeBundleError, match="there is no code to copy"):
        make_bundle(Path(sys.prefix), "auto", {"pytest": sys.modules["pytest"]})


def test_a_module_in_a_src_layout_is_importable_from_the_bundle(tmp_path: Path) -> None:
    root = tree(tmp_path, {"src/shop/__init__.py": "", "src/shop/flows.py": "f", "main.py": "m"})
    modules = loaded(root, shop="src/shop/__init__.py", shop__flows="src/shop/flows.py", odd_name="main.py")
    assert make_bundle(root, "auto", modules).files == ("main.py", "shop/__init__.py", "shop/flows.py")


def test_a_script_is_bundled_under_its_own_name(tmp_path: Path) -> None:
    root = tree(tmp_path, {"flow.py": "x"})
    modules = loaded(root, flow="flow.py") | {"__main__": module("__main__", root / "flow.py")}
    assert make_bundle(root, "auto", modules).files == ("flow.py",)


def test_two_files_of_one_name_are_an_error(tmp_path: Path) -> None:
    root = tree(tmp_path, {"tools.py": "1", "src/tools.py": "2"})
    modules = loaded(root, tools="src/tools.py") | {"__main__": module("__main__", root / "tools.py")}
    with pytest.raises(CodeBundleError, match=r"two loaded files would both be 'tools.py'"):
        make_bundle(root, "auto", modules)


def test_a_root_behind_a_link_is_the_same_root(tmp_path: Path) -> None:
    root = tree(tmp_path / "real", {"flow.py": "x"})
    link = tmp_path / "link"
    link.symlink_to(root)
    digests = {
        make_bundle(at, "auto", loaded(via, flow="flow.py")).digest for at in (root, link) for via in (root, link)
    }
    assert len(digests) == 1


@pytest.mark.parametrize("what", ["file", "folder"])
def test_a_loaded_module_behind_a_link_to_outside_is_an_error(tmp_path: Path, what: str) -> None:
    root, outside = tmp_path / "code", tree(tmp_path / "outside", {"tools.py": "", "common/tools.py": ""})
    root.mkdir()
    linked = {"file": "tools.py", "folder": "common"}[what]
    (root / linked).symlink_to(outside / linked)
    with pytest.raises(CodeBundleError, match=r"is a link to .*outside the source root") as caught:
        make_bundle(root, "auto", {"tools": module("tools", next(root.rglob("tools.py"), root / "common/tools.py"))})
    assert "--copy none" in caught.value.hint


def test_all_takes_every_file_but_tools_and_environments(tmp_path: Path) -> None:
    root = shop(tmp_path)
    tree(root, {".git/config": "", "shop/__pycache__/a.pyc": "", "shop/b.pyc": "", ".pytest_cache/x": ""})
    tree(root, {"env/pyvenv.cfg": "", "env/lib/x.py": "", "data/rows.csv": "1,2", ".hidden": "h"})
    bundle = make_bundle(root, "all", {})
    expected = {".hidden", "data/rows.csv", "notes.txt", "shop/__init__.py", "shop/flows.py", "shop/prices.py"}
    assert set(bundle.files) == expected
    assert bundle.left_out == ()


def test_all_follows_no_link_out_of_the_root_and_says_so(tmp_path: Path) -> None:
    root, outside = tree(tmp_path / "code", {"a.py": "a"}), tree(tmp_path / "outside", {"secret.txt": "s"})
    (root / "inside.py").symlink_to("a.py")
    (root / "secret.txt").symlink_to(outside / "secret.txt")
    (root / "folder").symlink_to(outside)
    (root / "loop").symlink_to(root)
    (root / "gone").symlink_to("nowhere")
    os.mkfifo(root / "pipe")
    bundle = make_bundle(root, "all", {})
    assert contents(bundle) == {"a.py": b"a", "inside.py": b"a"}
    assert bundle.left_out == ("folder", "gone", "loop", "pipe", "secret.txt")


@pytest.mark.parametrize(("mode", "hint"), [("auto", "--copy all"), ("all", "--copy none")])
def test_nothing_to_copy_is_an_error(tmp_path: Path, mode: CopyMode, hint: str) -> None:
    with pytest.raises(CodeBundleError, match="there is no code to copy") as caught:
        make_bundle(tmp_path, mode, {})
    assert hint in caught.value.hint


@pytest.mark.parametrize(("limit", "value"), [("MAX_BYTES", 2000), ("MAX_ARCHIVE_BYTES", 300), ("MAX_ENTRIES", 1)])
def test_too_much_code_is_an_error_that_names_the_largest_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, limit: str, value: int
) -> None:
    root = tree(tmp_path, {"small.py": ""})
    (root / "big.bin").write_bytes(b"".join(hashlib.sha256(bytes([n])).digest() for n in range(100)))
    monkeypatch.setattr(code_bundle, limit, value)
    with pytest.raises(CodeBundleError, match="the code to copy is") as caught:
        make_bundle(root, "all", {})
    assert "The largest files are big.bin (0.0 MiB), small.py" in caught.value.hint


def test_a_name_that_no_worker_would_unpack_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "back\\slash.py").write_text("")
    with pytest.raises(CodeBundleError, match="cannot be in a code bundle: it has a backslash"):
        make_bundle(tmp_path, "all", {})


# The same code gives the same bytes

_PART = st.text(alphabet=st.characters(exclude_characters="/\\\0", exclude_categories=["Cs"]), min_size=1, max_size=20)
_NAMES = st.lists(_PART.filter(lambda part: not part.startswith((".", "__"))), min_size=1, max_size=4).map("/".join)


@settings(max_examples=30, deadline=None)
@given(st.dictionaries(_NAMES, st.binary(max_size=50), min_size=1, max_size=5))
def test_what_is_bundled_is_what_is_unpacked(wanted: dict[str, bytes]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "root"
        written: dict[str, bytes] = {}
        for name, data in wanted.items():
            path = root / "top" / name
            if not any(part.is_file() for part in path.parents) and not path.is_dir() and not name.endswith(".pyc"):
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(data)
                written[f"top/{name}"] = data
        archive, target = Path(folder) / "b.tar.gz", Path(folder) / "code"
        bundle = make_bundle(root, "all", {})
        archive.write_bytes(bundle.data)
        unpack(archive, target)
        found = {path.relative_to(target).as_posix(): path.read_bytes() for path in target.rglob("*") if path.is_file()}
        assert found == written
        assert set(bundle.files) == set(written)


def test_times_modes_and_the_order_of_creation_do_not_matter(tmp_path: Path) -> None:
    names = [f"pkg{n}/m{n % 3}.py" for n in range(20)]
    one = tree(tmp_path / "one", {name: name for name in names})
    two = tree(tmp_path / "two", {name: name for name in reversed(names)})
    os.utime(two / names[0], (1, 1))
    (two / names[1]).chmod(0o755)
    assert make_bundle(one, "all", {}).data == make_bundle(two, "all", {}).data
    with tarfile.open(fileobj=io.BytesIO(make_bundle(one, "all", {}).data)) as tar:
        assert {(info.mtime, info.mode, info.uid, info.gid, info.uname) for info in tar} == {(0, 0o644, 0, 0, "")}
        assert tar.getnames() == sorted(names)


def test_the_bytes_do_not_depend_on_the_hash_seed_or_the_clock(tmp_path: Path) -> None:
    root = shop(tmp_path)
    script = (
        "import sys; from pathlib import Path; from jetbridge.code_bundle import make_bundle; import shop.flows;"
        "b = [make_bundle(Path(sys.argv[1]), mode, sys.modules) for mode in ('auto', 'all')];"
        "print(b[0].digest, b[1].digest, b[0].files)"
    )
    outputs = {
        subprocess.run(
            [sys.executable, "-c", script, str(root)],
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": str(root), "PYTHONDONTWRITEBYTECODE": "1"},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(outputs) == 1
    assert "('shop/__init__.py', 'shop/flows.py', 'shop/prices.py')" in outputs.pop()


# The store


def test_equal_code_is_uploaded_once_under_its_digest(tmp_path: Path) -> None:
    bundle = make_bundle(shop(tmp_path / "code"), "all", {})
    store, prefix = open_store(), f"file://{tmp_path}/runs"
    uri = publish_bundle(store, prefix, bundle)
    stored = tmp_path / "runs/code" / f"{hashlib.sha256(bundle.data).hexdigest()}.tar.gz"
    assert uri == f"file://{stored}"
    before = stored.stat()
    assert publish_bundle(store, prefix, bundle) == uri
    assert (stored.stat().st_ino, stored.stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


# The way to the worker


def test_the_bundle_is_an_option_of_the_entrypoint(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "path", [*sys.path])
    file = tree(tmp_path, {"flow_of_bundle_test.py": FLOWS.replace("from shop import prices", "")})
    target = load_target(f"{file}/flow_of_bundle_test.py:order")
    uri = f"s3://bucket/runs/code/{'0' * 64}.tar.gz"
    plain, copied = (target.close(SerializationSettings(image="i", code_bundle=code)) for code in ("", uri))
    without, args = (list(closure.compiled.tasks[0].template.container.args) for closure in (plain, copied))
    at = without.index("--")
    assert args == [*without[:at], "--additional-distribution", uri, *without[at:]]
    assert entrypoint_args(args, ["n"])[-6:] == (f"--additional-distribution={uri}", *without[at:])
    work = Engine().plan(copied, "local").steps[0].work
    assert isinstance(work, ContainerWork)
    assert f"--additional-distribution={uri}" in work.args
    for backend in ("argo", "airflow"):
        artifact = Engine().translate(copied, backend, Settings(store="s3://bucket/runs"))
        (written,) = (data for data in artifact.files.values() if b"--additional-distribution=s3://" in data)
        assert f"{'0' * 64}.tar.gz".encode() in written


@pytest.mark.parametrize(
    ("backend", "options", "remote"),
    [
        ("local", {}, False),
        ("argo", {}, True),
        ("airflow", {}, True),
        ("airflow", {"containers": "pod"}, True),
        ("airflow", {"containers": "process"}, False),
    ],
)
def test_code_is_copied_by_default_where_tasks_run_elsewhere(
    backend: str, options: dict[str, str], remote: bool
) -> None:
    settings_ = Settings(options=options)
    assert registry.backend(backend).is_remote(settings_) is remote
    python = Target("t", "/code", (), lambda _: pytest.fail("not closed here"), lambda _: pytest.fail("not made here"))
    package = Target("t", "", (), python.close)
    assert copy_mode(None, backend, settings_, python) == ("auto" if remote else "none")
    assert copy_mode(None, backend, settings_, package) == "none"
    assert copy_mode("all", backend, settings_, python) == "all"


def test_a_package_without_code_has_none_to_copy() -> None:
    package = Target("t", "", (), lambda _: pytest.fail("not closed here"))
    with pytest.raises(UsageError, match="without any") as caught:
        code_of(package, "auto", "file:///store")
    assert "Python file" in caught.value.hint


# The command line


def jetbridge(*args: str) -> subprocess.CompletedProcess[str]:
    program = str(Path(sys.executable).parent / "jetbridge")
    return subprocess.run([program, *args], capture_output=True, text=True, check=False)


def test_run_copies_the_code_and_the_outputs_are_the_same(tmp_path: Path) -> None:
    command = ["run", f"{shop(tmp_path / 'code')}/shop/flows.py:order", "--store", str(tmp_path / "s"), "--json"]
    copied, plain = jetbridge(*command, "--copy", "auto"), jetbridge(*command)
    assert [json.loads(done.stdout)["outputs"] for done in (copied, plain)] == [{"o0": 21}, {"o0": 21}]
    (stored,) = (tmp_path / "s/code").iterdir()
    assert f"Code: 3 files in file://{stored}" in copied.stderr
    assert "Code:" not in plain.stderr


def test_a_wrong_input_is_found_before_anything_is_uploaded(tmp_path: Path) -> None:
    target = f"{shop(tmp_path / 'code')}/shop/flows.py:order"
    done = jetbridge("run", target, "--copy", "all", "--store", str(tmp_path / "s"), "-i", "n=many")
    assert done.returncode != 0
    assert "n=many" in done.stderr or "'many'" in done.stderr
    assert not (tmp_path / "s").exists()
