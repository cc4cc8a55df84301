"""`jetbridge.toml`: where it is found, what it may hold, and what stands over what."""

from __future__ import annotations

from pathlib import Path

import pytest

from jetbridge.config.file import find_file, read_file
from jetbridge.config.known import OWN, Known
from jetbridge.config.resolve import Config, load_config
from jetbridge.errors import UsageError

KNOWN = (
    *OWN,
    Known(name="namespace", variable="JETBRIDGE_NAMESPACE", help=""),
    Known(name="namespace", variable="JETBRIDGE_ENGINE_NAMESPACE", owner="engine", default="usual", help=""),
    Known(name="mode", variable="JETBRIDGE_ENGINE_MODE", owner="engine", choices=("pod", "process"), help=""),
    Known(name="token", variable="JETBRIDGE_ENGINE_TOKEN", owner="engine", is_secret=True, help=""),
)
TEXT = """\
store = "s3://bucket/all"      # for everybody
namespace = "shared"

[engine]
namespace = "of-engine"
token = { env = "MY_TOKEN" }

[profile.team]
store = "s3://bucket/team"

[profile.team.engine]
token = { file = "token.txt" }
mode = "pod"
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    (tmp_path / "jetbridge.toml").write_text(TEXT)
    (tmp_path / "token.txt").write_text("from the file\n")
    return tmp_path / "jetbridge.toml"


def config(file: Path, profile: str = "", **environ: str) -> Config:
    return Config(KNOWN, environ, read_file(file, KNOWN), profile)


def test_the_nearest_file_above_is_found(file: Path, tmp_path: Path) -> None:
    deep = tmp_path / "a" / "b"
    deep.mkdir(parents=True)
    assert find_file(deep, {}) == file
    (deep / "jetbridge.toml").write_text("")
    assert find_file(deep, {}) == deep / "jetbridge.toml"
    assert find_file(deep, {"JETBRIDGE_CONFIG": str(file)}) == file
    with pytest.raises(UsageError, match="is no file"):
        find_file(deep, {"JETBRIDGE_CONFIG": str(tmp_path / "missing")})


def test_environment_over_profile_over_file_over_default(file: Path) -> None:
    both = config(file, "team", JETBRIDGE_STORE="s3://env")
    assert (both.get("store").value, both.get("store").source) == ("s3://env", "environment")
    team = config(file, "team").get("store")
    assert (team.value, team.source, team.place) == ("s3://bucket/team", "profile", f"{file}:9")
    plain = config(file).get("store")
    assert (plain.value, plain.source, plain.place) == ("s3://bucket/all", "file", f"{file}:1")
    none = Config(KNOWN, {}).get("namespace", "engine")
    assert (none.value, none.source) == ("usual", "default")


def test_what_is_said_of_one_engine_stands_over_what_is_said_of_all(file: Path) -> None:
    assert config(file).get("namespace", "engine").value == "of-engine"
    assert config(file, JETBRIDGE_NAMESPACE="e").get("namespace", "engine").value == "e"
    own = config(file, JETBRIDGE_NAMESPACE="e", JETBRIDGE_ENGINE_NAMESPACE="o")
    assert own.get("namespace", "engine").value == "o"


def test_a_profile_that_says_it_for_all_stands_over_the_rest_of_the_file(file: Path) -> None:
    file.write_text(TEXT.replace('store = "s3://bucket/team"', 'namespace = "of-team"'))
    assert config(file, "team").get("namespace", "engine").value == "of-team"


def test_secrets_come_from_where_they_are(file: Path) -> None:
    found = config(file, MY_TOKEN="from the variable").get("token", "engine")  # noqa: S106 -- a test's
    assert (found.value, found.reference) == ("from the variable", "env MY_TOKEN")
    found = config(file, "team").get("token", "engine")
    assert (found.value, found.reference) == ("from the file", "file token.txt")
    with pytest.raises(UsageError, match=r"jetbridge\.toml:6 refers to the variable 'MY_TOKEN', which is not set"):
        config(file).get("token", "engine")
    (file.parent / "token.txt").unlink()
    with pytest.raises(UsageError, match="cannot be read"):
        config(file, "team").get("token", "engine")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('stor = "x"', ":1: there is no setting 'stor'. Did you mean 'store'?"),
        ('\n[engine]\nnamespac = "x"', ":3: there is no setting 'namespac' of engine. Did you mean 'namespace'?"),
        ('[engin]\nnamespace = "x"', ":1: there is no setting 'engin'. Did you mean 'engine'?"),
        ('[profile.team]\nimages = "x"', ":2: there is no setting 'images'. Did you mean 'image'?"),
        ('[engine]\ntoken = "abc"', ":2: 'token' is a secret, which never stands in this file"),
        ('registry = "postgresql://me:hidden@db/x"', ":1: 'registry' holds a password"),
        ('[engine]\nmode = "pods"', ":2: 'mode' cannot be 'pods'. Did you mean 'pod'?"),
        ("store = 1.5", ":1: 'store' is a text, not 1.5"),
        ("store = true", ":1: 'store' is a text, not True"),
        ('store = { vault = "x" }', ":1: 'store' is found by { env = "),
        ("profile = 3", ":1: a profile is a table"),
        ('[profile]\nteam = "x"', ":1: a profile is a table"),
        ("store = ", "cannot be read"),
    ],
)
def test_what_cannot_be_used_is_said_with_its_line(file: Path, text: str, said: str) -> None:
    file.write_text(text)
    with pytest.raises(UsageError) as caught:
        read_file(file, KNOWN)
    assert said in caught.value.message
    assert "hidden" not in str(caught.value)


def test_all_at_once(file: Path) -> None:
    file.write_text('stor = "x"\n[engine]\ntoken = "abc"\n')
    with pytest.raises(UsageError, match=r"(?s)toml:1: .*toml:3: "):
        read_file(file, KNOWN)


def test_a_profile_that_is_not_there(file: Path, tmp_path: Path) -> None:
    file.write_text('[profile.team]\nstore = "x"\n')
    with pytest.raises(UsageError, match="has no profile 'tean'") as caught:
        load_config("tean", tmp_path, {})
    assert caught.value.hint == "Did you mean 'team'?"
    file.unlink()
    with pytest.raises(UsageError, match=r"no jetbridge\.toml"):
        load_config("", tmp_path, {"JETBRIDGE_PROFILE": "team"})
