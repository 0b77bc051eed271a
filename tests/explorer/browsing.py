"""A tab of a real browser: sizes, colour schemes, scripts on and off, what it asked and said."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from selenium.webdriver import Chrome
    from selenium.webdriver.remote.webelement import WebElement

HEIGHT: Final = 900
_WATCH: Final = """
window.violations = [];
addEventListener('securitypolicyviolation', (event) =>
  violations.push(`${event.violatedDirective} ${event.blockedURI} ${event.sample}`), true);
window.alert = window.confirm = window.prompt = () => { document.title = 'owned'; };
"""


class Tab:
    """One tab on one server."""

    def __init__(self, browser: Chrome, address: str) -> None:
        self.browser, self.address = browser, address
        browser.set_script_timeout(120)  # axe on a page of thousands of links

    def command(self, name: str, **parameters: Any) -> Any:
        """A command of the browser's own protocol."""
        return self.browser.execute_cdp_cmd(name, parameters)

    def open(self, path: str) -> None:
        self.browser.get(self.address + path)

    def run(self, script: str, *values: Any) -> Any:
        return self.browser.execute_script(script, *values)

    def find(self, selector: str) -> WebElement:
        return self.browser.find_element("css selector", selector)

    def all(self, selector: str) -> list[WebElement]:
        return self.browser.find_elements("css selector", selector)

    def link(self, text: str, inside: str = "") -> WebElement:
        """The first visible link with a text."""
        links = [found for found in self.all(f"{inside} a[href]") if text in found.text]
        shown = [found for found in links if found.is_displayed()]
        assert shown, f"no link “{text}” on {self.path}"
        return shown[0]

    @property
    def path(self) -> str:
        parts = urlsplit(self.browser.current_url)
        return parts.path + (f"?{parts.query}" if parts.query else "")

    def until(self, condition: Callable[[], object], seconds: float = 15) -> None:
        """Wait for something; what vanishes meanwhile is looked for again."""
        from selenium.common.exceptions import WebDriverException

        deadline = time.monotonic() + seconds
        while True:
            try:
                if condition():
                    return
            except WebDriverException:
                pass
            if time.monotonic() > deadline:
                raise AssertionError(f"in vain on {self.path}: {self.messages()} {self.loaded()}")
            time.sleep(0.05)

    def loaded(self) -> list[str]:
        """What the page has loaded, each with its status."""
        found: list[str] = self.run(
            "return performance.getEntriesByType('resource')"
            ".map(({ name, responseStatus }) => `${responseStatus} ${name}`)"
        )
        return found

    def size(self, width: int, height: int = HEIGHT) -> None:
        """Width and height of the window in CSS pixels, without loading the page again."""
        self.command(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=False,
        )
        # As on a phone: a bar beside the page would take of its width.
        self.command("Emulation.setScrollbarsHidden", hidden=True)
        self.dark(False)

    def dark(self, on: bool = True) -> None:
        features = [
            {"name": "prefers-color-scheme", "value": "dark" if on else "light"},
            # Else the page still rolls when it is looked at.
            {"name": "prefers-reduced-motion", "value": "reduce"},
        ]
        self.command("Emulation.setEmulatedMedia", features=features)

    def key(self, key: str, code: int, *, shift: bool = False) -> None:
        """One press of a key."""
        for kind in ("rawKeyDown", "keyUp"):
            self.command(
                "Input.dispatchKeyEvent",
                type=kind,
                key=key,
                code=key,
                windowsVirtualKeyCode=code,
                modifiers=8 if shift else 0,
            )

    @contextmanager
    def without_scripts(self) -> Iterator[None]:
        self.command("Emulation.setScriptExecutionDisabled", value=True)
        try:
            yield
        finally:
            self.command("Emulation.setScriptExecutionDisabled", value=False)

    @contextmanager
    def watching(self) -> Iterator[None]:
        """What breaks the policy is written down from the beginning of each page."""
        watch = self.command("Page.addScriptToEvaluateOnNewDocument", source=_WATCH)
        try:
            yield
        finally:
            self.command("Page.removeScriptToEvaluateOnNewDocument", **watch)

    def forget(self) -> None:
        """Start the logs anew."""
        self.browser.get_log("browser")
        self.browser.get_log("performance")

    def messages(self) -> list[str]:
        """Errors of the console since the last look."""
        return [
            entry["message"]
            for entry in self.browser.get_log("browser")
            if entry["level"] == "SEVERE" or "Content Security Policy" in entry["message"]
        ]

    def events(self) -> list[dict[str, Any]]:
        """Events of the browser's own protocol since the last look."""
        log = self.browser.get_log("performance")
        found: list[dict[str, Any]] = [json.loads(entry["message"])["message"] for entry in log]
        return found

    def asked_elsewhere(self, events: list[dict[str, Any]]) -> list[str]:
        """Requests that went anywhere but to the server itself."""
        own = (self.address + "/", "data:", "blob:")
        return [
            url
            for event in events
            if event["method"] == "Network.requestWillBeSent"
            and not (url := str(event["params"]["request"]["url"])).startswith(own)
        ]
