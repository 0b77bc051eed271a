"""What readers come for can be done, in both languages, in few steps."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from kg.messages import Language
from tests.explorer.browsing import Tab
from tests.explorer.places import LANGUAGES
from tests.explorer.serving import shipped_tab
from tests.explorer.tasks import TASKS, Task, Walk


@pytest.fixture(scope="module")
def own_tab() -> Iterator[Tab]:
    """A reader's own browser and service: what other tests did to theirs is no part of a task."""
    with shipped_tab() as tab:
        yield tab


@pytest.fixture
def tab(own_tab: Tab) -> Iterator[Tab]:
    """A wide tab."""
    own_tab.size(1280)
    yield own_tab
    own_tab.command("Emulation.clearDeviceMetricsOverride")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("task", TASKS, ids=lambda task: task.do.__name__)
def test_a_task_takes_few_steps(task: Task, language: Language, tab: Tab) -> None:
    walk = Walk(tab, language)
    task.do(walk)
    assert walk.steps <= task.most
