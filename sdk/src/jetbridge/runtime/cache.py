"""Outputs of an equal call before, in place of the user's code.

<store>/cache/<task>/<cache version>/<key>/outputs.pb   the outputs; files in them stay where the run before left them
<store>/cache/<task>/<cache version>/<key>/leases/<n>   who makes them, where calls are serialized

The task and the version are there for people to find; the key holds both. A hit needs neither the user's module nor
the code bundle: the interface comes with the arguments. A cache that cannot be read or written never fails a task.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from google.protobuf.message import DecodeError

from jetbridge.bindings import parse
from jetbridge.errors import BindingError, JetbridgeError, StoreError
from jetbridge.idl import Literal, LiteralMap, TypedInterface
from jetbridge.runtime import exit_codes
from jetbridge.runtime.arguments import Arguments
from jetbridge.runtime.cache_interface import parse_interface
from jetbridge.runtime.cache_key import cache_key
from jetbridge.runtime.cache_lease import Lease
from jetbridge.runtime.cache_references import lost_reference
from jetbridge.runtime.data import TaskData
from jetbridge.runtime.environment import is_true
from jetbridge.runtime.layout import cache_prefix, outputs_uri
from jetbridge.runtime.options import last
from jetbridge.runtime.run_data import RunData
from jetbridge.store import ObjectNotFoundError, Store, join, normalize_uri
from jetbridge.suggest import did_you_mean

Say = Callable[[str], None]
_OTHER = re.compile(r"[^A-Za-z0-9_.-]|^\.+")
_LONGEST_NAME = 100
_PAUSE, _LONGEST_PAUSE = 0.25, 5.0
"""Seconds between two looks at what another makes."""


def run_cached(arguments: Arguments, data: TaskData, execute: Callable[[], int], say: Say) -> int:
    """Takes the outputs out of the cache, or runs the task and puts them there; the exit code.

    Args:
        arguments: What to run; its `cache` says how.
        data: The attempt's data.
        execute: Runs the task, commits and gives the exit code.
        say: Writes a line to the log.

    Raises:
        StoreError: a hit cannot be committed.
    """
    try:
        call = _call(arguments, data, say)
    except (JetbridgeError, ValueError, RecursionError) as error:
        # Inputs that cannot be read: the task itself reports that best.
        say(f"{data.name} runs without the cache: {_first_line(error)}")
        return execute()
    return call.run(execute)


def keep_committed(arguments: Arguments, data: TaskData, say: Say) -> None:
    """Puts the outputs that the node has committed before into the cache."""
    try:
        _call(arguments, data, say).keep()
    except (JetbridgeError, ValueError, RecursionError) as error:
        say(f"the outputs of {data.name} were not put into the cache: {_first_line(error)}")


def _call(arguments: Arguments, data: TaskData, say: Say) -> _Call:
    options = _options(arguments)
    inputs = _inputs(arguments, data.store, options.interface)
    key = cache_key(options.task, options.version, options.interface, inputs, options.ignored)
    folder = join(cache_prefix(options.root), _name(options.task), _name(options.version.strip()), key)
    return _Call(options, data, normalize_uri(arguments.run_root), folder, say)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Options:
    root: str
    task: str
    version: str
    interface: TypedInterface
    ignored: frozenset[str]
    serialize: bool
    overwrite: bool


def _options(arguments: Arguments) -> _Options:
    given = arguments.cache
    return _Options(
        root=last(given, "--cache-root"),
        task=last(given, "--cache-task"),
        version=last(given, "--cache-version"),
        interface=parse_interface(last(given, "--cache-interface")),
        ignored=frozenset(given.get("--cache-ignore", ())),
        serialize="--cache-serialize" in given,
        overwrite=is_true(last(given, "--cache-overwrite")),
    )


def _inputs(arguments: Arguments, store: Store, interface: TypedInterface) -> Mapping[str, Literal]:
    run, variables = RunData(store, normalize_uri(arguments.run_root)), interface.inputs.variables
    for name, _ in arguments.binds:
        if name not in variables:
            raise BindingError(f"the task has no input {name!r}", hint=did_you_mean(name, variables))
    return {name: run.resolve(parse(text), variables[name].type) for name, text in arguments.binds}


def _name(text: str) -> str:
    return _OTHER.sub("_", text)[:_LONGEST_NAME]


class _Call:
    """A call whose key is known."""

    def __init__(self, options: _Options, data: TaskData, run_root: str, folder: str, say: Say) -> None:
        self._options = options
        self._data = data
        self._store = data.store
        self._run_root = run_root
        self._folder = folder
        self._entry = join(folder, "outputs.pb")
        self._committed = outputs_uri(run_root, data.name)
        self._replaces = options.overwrite
        self._say = say

    def run(self, execute: Callable[[], int]) -> int:
        if self._options.serialize:
            return self._in_turn(execute)
        return exit_codes.DONE if self._reuse() else self._make(execute)

    def _in_turn(self, execute: Callable[[], int]) -> int:
        lease = Lease(self._store, join(self._folder, "leases"), f"{self._run_root}/{self._data.name}")
        for pause in _pauses():
            if self._reuse():
                return exit_codes.DONE
            try:
                mine = lease.acquire()
            except StoreError as error:
                self._say(f"{self._data.name} does not wait for equal calls: {_first_line(error)}")
                return self._make(execute)
            if mine:
                with lease.held(mine):
                    # Another may have put them there between the look and the lease.
                    return exit_codes.DONE if self._reuse() else self._make(execute)
            if pause == _PAUSE:
                self._say(f"{self._data.name} waits: an equal call of {self._options.task} runs already")
            time.sleep(pause)
        raise AssertionError("pauses never end")

    def _reuse(self) -> bool:
        """Makes the cached outputs those of the node, if there are any."""
        found = None if self._options.overwrite else self._find()
        if found is None:
            return False
        if self._store.create(self._committed, found):
            self._say(f"{self._data.name} is cached: its outputs are those of an equal call of {self._options.task}")
        self._data.write_controls()
        return True

    def _find(self) -> bytes | None:
        try:
            data = self._store.read(self._entry)
            problem = self._problem(data)
        except ObjectNotFoundError:
            return None
        except StoreError as error:
            self._say(f"{self._data.name} runs, because the cache cannot be read: {_first_line(error)}")
            return None
        if not problem:
            return data
        self._say(f"{self._data.name} runs, because its cached outputs {problem} ({self._entry})")
        self._replaces = True
        return None

    def _problem(self, data: bytes) -> str:
        """Why an entry is of no use; empty when it is."""
        try:
            literals = LiteralMap.FromString(data).literals
        except DecodeError:
            return "are damaged"
        if set(literals) != set(self._options.interface.outputs.variables):
            return "are not those that the task declares"
        lost = lost_reference(self._store, literals.values(), self._options.root)
        return f"refer to {lost}, which is gone" if lost else ""

    def _make(self, execute: Callable[[], int]) -> int:
        code = execute()
        if code == exit_codes.DONE:
            self.keep()
        return code

    def keep(self) -> None:
        """Puts what the node has committed into the cache: nothing while a dynamic task's nodes have not run."""
        try:
            outputs = self._store.read(self._committed)
            put = self._store.write if self._replaces else self._store.create
            put(self._entry, outputs)
        except ObjectNotFoundError:
            return
        except StoreError as error:
            self._say(f"the outputs of {self._data.name} were not put into the cache: {_first_line(error)}")


def _pauses() -> Iterator[float]:
    pause = _PAUSE
    while True:
        yield pause
        pause = min(pause * 1.5, _LONGEST_PAUSE)


def _first_line(error: BaseException) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0]
