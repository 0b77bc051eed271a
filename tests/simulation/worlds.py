"""Worlds with a known truth: what cities do, and the incomplete record of it.

A world is drawn in two steps. First the truth: which practices each city has. Then the record:
each city has some programmes on record, and each programme documents one of its practices. So a
practice that is not on record may well be there, and a city with more programmes on record has
more of everything on record.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, logit


@dataclass(frozen=True)
class Plan:
    """What is planted in a world.

    Attributes
    ----------
    cities, practices
        Size of the world.
    leaders
        Leading cities.
    popularity
        Parameters of the Beta distribution of the share of cities that have a practice.
    scale, tail
        Programmes on record: 1 + the whole part of a draw from a Lomax distribution with this
        scale and shape. A shape of 2 has no finite variance: a few cities have most programmes.
    bias
        The scale is so many times larger for leading cities.
    pairs
        Planted pairs of associated practices; no practice is in two of them.
    strength
        Share of cities in which the two practices of a planted pair are one decision, 0 to 1.
        Both remain as popular as they were.
    leader_practices
        Planted practices that leading cities have more often; none of them is in a planted pair.
    effect
        What is added to the log-odds of these practices in leading cities.
    """

    cities: int = 72
    practices: int = 40
    leaders: int = 24
    popularity: tuple[float, float] = (2.0, 4.0)
    scale: float = 10.0
    tail: float = 2.0
    bias: float = 1.0
    pairs: int = 0
    strength: float = 0.0
    leader_practices: int = 0
    effect: float = 0.0


@dataclass(frozen=True)
class World:
    """A truth and its record; the leading cities are the first rows.

    Attributes
    ----------
    leaders
        True for leading cities, shape (cities,).
    popularity
        Share of cities with each practice in the long run, leading cities aside.
    truth
        Which city has which practice, shape (cities, practices).
    programmes
        Programmes on record by the practice they document, shape (cities, practices).
    pairs
        Planted pairs, shape (pairs, 2), the smaller column first.
    leader_practices
        Columns of the planted practices of leading cities, ascending.
    """

    plan: Plan
    leaders: NDArray[np.bool_]
    popularity: NDArray[np.float64]
    truth: NDArray[np.bool_]
    programmes: NDArray[np.int64]
    pairs: NDArray[np.int64]
    leader_practices: NDArray[np.int64]

    @property
    def record(self) -> NDArray[np.bool_]:
        """What an analysis sees: practices with a programme on record."""
        return self.programmes > 0

    @property
    def documentation(self) -> NDArray[np.int64]:
        """Programmes on record of each city; 0 only where a city has no practice."""
        counts: NDArray[np.int64] = self.programmes.sum(axis=1)
        return counts


def draw_world(plan: Plan, seed: int | tuple[int, ...]) -> World:
    """Draw a world; the same plan and seed give the same world."""
    rng = np.random.default_rng(seed)
    shape = (plan.cities, plan.practices)
    leaders = np.arange(plan.cities) < plan.leaders
    popularity = rng.beta(*plan.popularity, size=plan.practices)
    chosen = rng.permutation(plan.practices)[: 2 * plan.pairs + plan.leader_practices]
    pairs = np.sort(chosen[: 2 * plan.pairs].reshape(plan.pairs, 2), axis=1)
    leader_practices = np.sort(chosen[2 * plan.pairs :])

    # A city has a practice when its draw is below the probability. In a city where two practices
    # are one decision they share the draw, which leaves the probability of each as it is.
    draws = rng.random(shape)
    joint = rng.random((plan.cities, plan.pairs)) < plan.strength
    draws[:, pairs[:, 1]] = np.where(joint, draws[:, pairs[:, 0]], draws[:, pairs[:, 1]])
    shift = np.zeros(shape)
    shift[np.ix_(leaders, leader_practices)] = plan.effect
    truth = draws < expit(logit(popularity) + shift)

    scale = np.where(leaders, plan.bias, 1.0) * plan.scale
    number = 1 + np.floor(scale * rng.pareto(plan.tail, plan.cities)).astype(np.int64)
    held = truth.sum(axis=1)
    number[held == 0] = 0
    chances = truth / np.maximum(held, 1)[:, np.newaxis]
    programmes = rng.multinomial(number, chances)
    return World(plan, leaders, popularity, truth, programmes, pairs, leader_practices)
