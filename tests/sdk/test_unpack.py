"""Unpacking code bundles that somebody made to do harm, or that broke on the way."""

from __future__ import annotations

import gzip
import io
import tarfile
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from jetbridge.errors import CodeBundleError
from jetbridge.runtime import unpack as unpacking
from jetbridge.runtime.unpack import name_problem, unpack

BLOCK = 512


def entry(name: str, size: int = 0, kind: bytes = tarfile.REGTYPE, link: str = "") -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.size, info.type, info.linkname = size, kind, link
    return info


def tar_of(entries: Sequence[tuple[tarfile.TarInfo, bytes]]) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as tar:
        for info, data in entries:
            tar.addfile(info, io.BytesIO(data))
    return buffer.getvalue()


def files(contents: Mapping[str, bytes]) -> bytes:
    return tar_of([(entry(name, len(data)), data) for name, data in contents.items()])


def unpacked(folder: Path, tar: bytes) -> dict[str, bytes]:
    """What comes out of a tar; nothing else may appear in the folder."""
    archive, target = folder / "bundle.tar.gz", folder / "code"
    archive.write_bytes(gzip.compress(tar, compresslevel=1))
    try:
        unpack(archive, target)
    finally:
        assert {path.name for path in folder.iterdir()} <= {"bundle.tar.gz", "code"}
    return {path.relative_to(target).as_posix(): path.read_bytes() for path in target.rglob("*") if path.is_file()}


def refusal(folder: Path, tar: bytes) -> str:
    with pytest.raises(CodeBundleError) as caught:
        unpacked(folder, tar)
    assert caught.value.hint
    return caught.value.message


def test_files_and_folders_come_out_with_plain_modes(tmp_path: Path) -> None:
    script = entry("bin/run.sh", 2)
    script.mode = 0o4777
    tar = tar_of([(entry("models", kind=tarfile.DIRTYPE), b""), (entry("models/a.py", 5), b"a = 1"), (script, b"ls")])
    assert unpacked(tmp_path, tar) == {"models/a.py": b"a = 1", "bin/run.sh": b"ls"}
    assert (tmp_path / "code/bin/run.sh").stat().st_mode & 0o7111 == 0


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("/etc/passwd", "''"),
        ("../outside.py", "'..'"),
        ("models/../../outside.py", "'..'"),
        ("./a.py", "'.'"),
        ("a//b.py", "''"),
        ("..", "'..'"),
        ("C:\\a.py", "backslash"),
        ("a\0b.py", "NUL"),
        ("/".join(["d"] * 33), "32 folders deep"),
        ("n" * 256, "longer"),
        ("/".join(["n" * 200] * 6), "longer"),
    ],
)
def test_names_that_lead_elsewhere_are_refused(tmp_path: Path, name: str, reason: str) -> None:
    assert reason in name_problem(name)
    if "\0" not in name:
        assert reason in refusal(tmp_path, files({"good.py": b"", name: b"x"}))
    assert not (tmp_path / "outside.py").exists()


def test_a_nul_in_an_extended_header_is_refused(tmp_path: Path) -> None:
    info = entry("a.py", 1)
    info.pax_headers = {"path": "a\0/../b.py"}
    assert refusal(tmp_path, tar_of([(info, b"x")]))


@pytest.mark.parametrize(
    "kind",
    [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.BLKTYPE, tarfile.FIFOTYPE, tarfile.CONTTYPE, b"?"],
)
def test_only_files_and_folders_are_unpacked(tmp_path: Path, kind: bytes) -> None:
    tar = tar_of([(entry("link", kind=kind, link="/etc"), b"")])
    assert "'link' is neither a plain file nor a folder" in refusal(tmp_path, tar)


def test_a_file_cannot_be_written_through_a_link(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    work = tmp_path / "work"
    work.mkdir()
    link = entry("way", kind=tarfile.SYMTYPE, link=str(outside))
    assert "neither" in refusal(work, tar_of([(link, b""), (entry("way/evil.py", 1), b"x")]))
    assert not list(outside.iterdir())


def test_a_sparse_file_is_refused(tmp_path: Path) -> None:
    info = entry("holes.bin", 0)
    info.pax_headers = {"GNU.sparse.map": "0,1", "GNU.sparse.size": str(1 << 50)}
    assert "neither" in refusal(tmp_path, tar_of([(info, b"")]))


@pytest.mark.parametrize(
    "names",
    [("a.py", "a.py"), ("a", "a/b.py"), ("a/b.py", "a"), ("a/b", "a/b/c/d.py")],
    ids="+".join,
)
def test_a_name_is_taken_once(tmp_path: Path, names: tuple[str, str]) -> None:
    tar = tar_of([(entry(name, 1), b"x") for name in names])
    assert f"holds the name {names[1]!r} twice" in refusal(tmp_path, tar)


def test_too_many_entries_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unpacking, "MAX_ENTRIES", 3)
    assert len(unpacked(tmp_path, files({f"{n}.py": b"" for n in range(3)}))) == 3
    (tmp_path / "again").mkdir()
    assert "more than 3 entries" in refusal(tmp_path / "again", files({f"{n}.py": b"" for n in range(4)}))


def test_too_many_bytes_are_refused_before_they_are_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unpacking, "MAX_BYTES", 1 << 20)
    assert "larger than 1 MiB" in refusal(tmp_path, files({"a": bytes(1 << 19), "b": bytes(1 << 20)}))
    assert not (tmp_path / "code/b").exists()


def test_a_zip_bomb_is_stopped_while_it_expands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The archive is tiny, and no header tells of what follows the end of the tar."""
    monkeypatch.setattr(unpacking, "_MAX_TAR_BYTES", 1 << 20)
    bomb = files({"a.py": b""}) + bytes(64 << 20)
    assert "expands to more" in refusal(tmp_path, bomb)


def test_a_header_of_a_huge_extended_header_is_not_read_into_memory(tmp_path: Path) -> None:
    tar = entry("pax", 8 << 20, kind=tarfile.XHDTYPE).tobuf() + bytes(9 << 20)
    assert "impossible size" in refusal(tmp_path, tar)


@pytest.mark.parametrize("size", [-1, -512, -(1 << 40), 1 << 62])
@pytest.mark.parametrize("kind", [tarfile.REGTYPE, tarfile.XHDTYPE, tarfile.GNUTYPE_LONGNAME, tarfile.GNUTYPE_SPARSE])
def test_impossible_sizes_are_refused(tmp_path: Path, size: int, kind: bytes) -> None:
    """A negative size once sent `tarfile` into an endless loop (CVE-2025-8194)."""
    header = entry("a.py", size, kind).tobuf(format=tarfile.GNU_FORMAT)
    assert refusal(tmp_path, header + bytes(20 * BLOCK))


def test_nested_extended_headers_do_not_exhaust_the_stack(tmp_path: Path) -> None:
    record = b"11 path=ab\n"
    header = entry("x", len(record), kind=tarfile.XHDTYPE).tobuf() + record.ljust(BLOCK, b"\0")
    assert "recursion" in refusal(tmp_path, header * 3000)


@pytest.mark.parametrize("cut", [1, BLOCK, 3 * BLOCK, 4 * BLOCK + 100])
def test_a_tar_that_is_cut_short_is_refused(tmp_path: Path, cut: int) -> None:
    whole = tar_of([(entry(f"{n}.py", 600), b"x" * 600) for n in range(2)])
    message = refusal(tmp_path, whole[: 6 * BLOCK - cut])
    assert "cut short" in message or "unexpected end of data" in message


def test_a_broken_header_in_the_middle_is_not_taken_for_the_end(tmp_path: Path) -> None:
    tar = bytearray(files({"a.py": b"a", "b.py": b"b"}))
    tar[2 * BLOCK + 3] ^= 0xFF
    assert "broken in the middle" in refusal(tmp_path, bytes(tar))


@pytest.mark.parametrize(
    "data",
    [b"", b"no gzip at all", gzip.compress(b"x" * 5000)[:-6], gzip.compress(b"x" * 5000)],
    ids=["empty", "no gzip", "cut short", "no tar"],
)
def test_what_is_no_archive_is_refused(tmp_path: Path, data: bytes) -> None:
    archive = tmp_path / "bundle.tar.gz"
    archive.write_bytes(data)
    with pytest.raises(CodeBundleError):
        unpack(archive, tmp_path / "code")


_HOSTILE_PART = st.text(alphabet="ab./\\\0é", min_size=1, max_size=12)
_KINDS = st.sampled_from([tarfile.REGTYPE, tarfile.DIRTYPE, tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.AREGTYPE])


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(_HOSTILE_PART, _KINDS, st.binary(max_size=8)), max_size=5))
@example([("a", tarfile.SYMTYPE, b""), ("a/../../b", tarfile.REGTYPE, b"x")])
def test_nothing_ever_appears_outside(entries: list[tuple[str, bytes, bytes]]) -> None:
    tar = tar_of([(entry(name, len(data), kind, link="../.."), data) for name, kind, data in entries])
    with tempfile.TemporaryDirectory() as outer:
        folder = Path(outer) / "inner"
        folder.mkdir()
        with suppress(CodeBundleError):
            unpacked(folder, tar)
        assert [path.name for path in Path(outer).iterdir()] == ["inner"]
        assert not [path for path in folder.rglob("*") if path.is_symlink()]


_SAMPLE = tar_of(
    [
        (entry("models", kind=tarfile.DIRTYPE), b""),
        (entry("models/" + "long" * 40 + ".py", 700), b"y" * 700),
        (entry("größe.py", 3), b"abc"),
    ]
)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(st.integers(0, len(_SAMPLE) - 1), st.integers(0, 255)), min_size=1, max_size=6))
def test_any_damage_is_a_clear_refusal_or_harmless(changes: list[tuple[int, int]]) -> None:
    damaged = bytearray(_SAMPLE)
    for place, value in changes:
        damaged[place] = value
    with tempfile.TemporaryDirectory() as folder:
        outcome = outcome_of(Path(folder), _with_checksums(bytes(damaged)))
    assert outcome.isprintable()


def outcome_of(folder: Path, tar: bytes) -> str:
    """The reason of a refusal; empty when the damage did no harm."""
    try:
        unpacked(folder, tar)
    except CodeBundleError as error:
        return error.message
    return ""


def _with_checksums(tar: bytes) -> bytes:
    """The tar with each block that was a header given a right checksum again, so that damage reaches the parser."""
    blocks = [tar[start : start + BLOCK] for start in range(0, len(tar), BLOCK)]
    return b"".join(_checked(block) if block[257:262] == b"ustar" else block for block in blocks)


def _checked(block: bytes) -> bytes:
    total = sum(block[:148]) + sum(block[156:]) + 8 * 32
    return block[:148] + f"{total:06o}\0 ".encode() + block[156:]
