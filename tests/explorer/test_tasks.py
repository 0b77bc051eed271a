"""What readers come for can be done, in both languages, in few steps."""

from __future__ import annotations

import pytest

from kg.messages import Language
from tests.explorer.browsing import Tab
from tests.explorer.places import LANGUAGES
from tests.explorer.tasks import TASKS, Task, Walk


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("task", TASKS, ids=lambda task: task.do.__name__)
def test_a_task_takes_few_steps(task: Task, language: Language, tab: Tab) -> None:
    walk = Walk(tab, language)
    task.do(walk)
    assert walk.steps <= task.most
