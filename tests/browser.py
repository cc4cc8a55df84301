"""A real headless Chromium for the tests of pages, by its own protocol (Chrome DevTools Protocol) and nothing else.

Debian's package `chromium` has it (`apt-get install chromium`); `JETBRIDGE_CHROMIUM` names another one. The client of
the protocol is `websocket-client`, which the Kubernetes client brings.
"""

from __future__ import annotations

import base64
import itertools
import json
import os
import shutil
import subprocess
import time
from collections.abc import Generator
from contextlib import closing, contextmanager
from http.client import HTTPConnection
from pathlib import Path
from typing import Any, cast

import websocket

_PORT_FILE = "DevToolsActivePort"
_FLAGS = (
    "--headless",
    "--no-sandbox",  # tests may run as root
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--hide-scrollbars",
    "--remote-debugging-port=0",
    # A page that asks anybody for anything fails.
    "--proxy-server=127.0.0.1:9",
    "--proxy-bypass-list=<-loopback>",
)
_NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
_KEYS = {"ArrowRight": 39, "ArrowLeft": 37, "Home": 36, "End": 35, "Tab": 9, "Enter": 13}


def chromium() -> str:
    """The program; empty where there is none."""
    given = os.environ.get("JETBRIDGE_CHROMIUM", "")
    return given or next((found for name in _NAMES if (found := shutil.which(name))), "")


class Page:
    """A tab of the browser."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection
        self._ids = itertools.count(1)
        self.complaints: list[str] = []
        self.requests: list[str] = []
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.call(f"{domain}.enable")

    def call(self, method: str, **params: object) -> dict[str, Any]:
        """Calls the protocol; what happens meanwhile is noted."""
        number = next(self._ids)
        self._connection.send(json.dumps({"id": number, "method": method, "params": params}))
        while True:
            message = json.loads(self._connection.recv())
            if message.get("id") == number:
                if "error" in message:
                    raise AssertionError(f"{method}: {message['error']}")
                return cast("dict[str, Any]", message["result"])
            self._note(message.get("method", ""), message.get("params", {}))

    def _note(self, event: str, params: dict[str, Any]) -> None:
        if event == "Runtime.exceptionThrown":
            self.complaints.append(json.dumps(params["exceptionDetails"]))
        elif event == "Runtime.consoleAPICalled" and params["type"] in ("error", "warning", "assert"):
            self.complaints.append(json.dumps(params["args"]))
        elif event == "Log.entryAdded" and params["entry"]["level"] in ("error", "warning"):
            self.complaints.append(params["entry"]["text"])
        elif event == "Network.requestWillBeSent":
            self.requests.append(params["request"]["url"])

    def open(self, path: Path, *, scheme: str = "light", width: int = 1280, height: int = 900) -> float:
        """Opens a file; the seconds until its scripts have run."""
        feature = {"name": "prefers-color-scheme", "value": scheme}
        self.call("Emulation.setEmulatedMedia", features=[feature])
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)
        started = time.monotonic()
        self.call("Page.navigate", url=path.resolve().as_uri())
        self.wait("document.readyState === 'complete'")
        return time.monotonic() - started

    def prefer(self, scheme: str) -> None:
        """The person's system changes between light and dark."""
        self.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])

    def evaluate(self, script: str) -> Any:
        """The value of an expression."""
        found = self.call("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in found:
            raise AssertionError(f"{script}: {json.dumps(found['exceptionDetails'])}")
        return found["result"].get("value")

    def wait(self, script: str, seconds: float = 60.0) -> None:
        """Waits until an expression is true."""
        deadline = time.monotonic() + seconds
        while not self.evaluate(script):
            if time.monotonic() > deadline:
                raise AssertionError(f"never true: {script}")
            time.sleep(0.02)

    def press(self, key: str) -> None:
        """Presses a key."""
        for kind in ("rawKeyDown", "keyUp"):
            self.call("Input.dispatchKeyEvent", type=kind, key=key, code=key, windowsVirtualKeyCode=_KEYS[key])

    def write(self, text: str) -> None:
        """Types a text."""
        self.call("Input.insertText", text=text)

    def screenshot(self, path: Path, *, whole: bool = True) -> None:
        """A picture of the page."""
        data = self.call("Page.captureScreenshot", format="png", captureBeyondViewport=whole)["data"]
        path.write_bytes(base64.b64decode(data))


@contextmanager
def browser(folder: Path) -> Generator[Page]:
    """A browser with a fresh profile below a folder, and a page of it."""
    profile = folder / "profile"
    command = [chromium(), *_FLAGS, f"--user-data-dir={profile}", "about:blank"]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            port = _port(profile / _PORT_FILE, process)
            connection: Any = websocket.create_connection(_page_url(port), timeout=120, suppress_origin=True)  # pyright: ignore[reportUnknownMemberType] -- it has no types
            try:
                yield Page(connection)
            finally:
                connection.close()
        finally:
            process.terminate()
            process.wait(60)


def _port(file: Path, process: subprocess.Popen[bytes]) -> int:
    for _ in range(1200):
        if process.poll() is not None:
            raise AssertionError(f"{chromium()} ended with {process.returncode}")
        if file.exists() and (text := file.read_text()).count("\n"):
            return int(text.partition("\n")[0])
        time.sleep(0.05)
    raise AssertionError(f"{chromium()} opened no port")


def _page_url(port: int) -> str:
    with closing(HTTPConnection("127.0.0.1", port, timeout=60)) as connection:
        connection.request("GET", "/json/list")
        pages = json.loads(connection.getresponse().read())
    return next(page["webSocketDebuggerUrl"] for page in pages if page["type"] == "page")
