"""The attacks: each returns what it guessed of the attacked rows in one world, and how many files it took."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from tests.attacks.worlds import NONE, Cohort, Pair, Team, World, limited
from worker.gate import ACCEPTANCES, PROBABILITY_LIMIT, STEP_ROWS, Z_ONE_SIDED

QUOTA = 60


@dataclass(frozen=True)
class Guessed:
    """Which attacked rows the attacker holds to be events, after so many files."""

    events: np.ndarray
    files: int
    acceptances: int = 0


Attack = Callable[[World, np.ndarray, int], Guessed]


def parked(world: World, incumbent: np.ndarray, margin: float) -> np.ndarray:
    """Return a mixture of incumbent and better model whose gain lies `margin` rows under the threshold, noise aside.

    The attacker needs throw-away files to find it; here it is given away for nothing.
    """
    low, high = 0.0, 1.0
    step = limited(world.cohort.better, incumbent) - incumbent
    for _ in range(40):
        middle = (low + high) / 2
        gain, se = Pair(world, incumbent + middle * step, incumbent).probe(NONE, NONE)
        if gain + margin * world.row < max(Z_ONE_SIDED * se, STEP_ROWS * world.row):
            low = middle
        else:
            high = middle
    return incumbent + low * step


def one_row_probes(world: World, rows: np.ndarray, teams: int) -> Guessed:
    """From the reference itself, one row a file is moved up to one."""
    return _probes(world, rows, teams, size=1, base=lambda team: team.incumbent)


def ten_row_probes(world: World, rows: np.ndarray, teams: int) -> Guessed:
    """From the reference itself, ten rows a file are moved up; an acceptance is laid to all of them."""
    return _probes(world, rows, teams, size=10, base=lambda team: team.incumbent)


def parked_probes(world: World, rows: np.ndarray, teams: int) -> Guessed:
    """From a file just under the threshold, one row a file is moved up; after an acceptance the team parks anew."""
    return _probes(world, rows, teams, size=1, base=lambda team: parked(world, team.incumbent, 0.05))


def parked_ten_row_probes(world: World, rows: np.ndarray, teams: int) -> Guessed:
    """The same with ten rows a file."""
    return _probes(world, rows, teams, size=10, base=lambda team: parked(world, team.incumbent, 0.5))


def _probes(world: World, rows: np.ndarray, teams: int, *, size: int, base: Callable[[Team], np.ndarray]) -> Guessed:
    """Spread the rows over the teams; a row is held to be an event by how often its files were accepted."""
    votes, asked, files, acceptances = np.zeros(rows.size), np.zeros(rows.size), 0, 0
    generator = np.random.default_rng(int(world.y[:64].sum()) + world.n)
    for number in range(teams):
        team = Team(world, number)
        held = base(team)
        order = generator.permutation(rows.size)
        for turn in range(QUOTA):
            chosen = order[np.arange(turn * size, (turn + 1) * size) % rows.size]
            accepted = team.submit(held, rows[chosen], np.ones(size))
            votes[chosen] += accepted
            asked[chosen] += 1
            if accepted:
                held = base(team)
            if team.acceptances == ACCEPTANCES:
                break
        files, acceptances = files + team.sent, acceptances + team.acceptances
    return Guessed(_above(votes, asked), files, acceptances)


def _above(votes: np.ndarray, asked: np.ndarray) -> np.ndarray:
    share = votes / np.maximum(asked, 1)
    return share > np.median(share)


def rounding_edge(world: World, rows: np.ndarray, teams: int) -> Guessed:
    """Throw-away teams send one file far above the threshold, with one row moved, that lies at an edge of the shown grid.

    A step more or less is laid to the row. The strength of the file is found for nothing.
    """
    votes = np.zeros(rows.size)
    reference = world.cohort.reference
    step = limited(world.cohort.better, reference) - reference
    edge, low, high = 2.5 * STEP_ROWS * world.row, 0.0, 1.0
    for _ in range(40):
        middle = (low + high) / 2
        low, high = (
            (middle, high)
            if Pair(world, reference + middle * step, reference).probe(NONE, NONE)[0] < edge
            else (low, middle)
        )
    base = reference + low * step
    files = 0
    for number in range(teams):
        team = Team(world, number)
        place = number % rows.size
        if team.submit(base, rows[[place]], np.ones(1)):
            votes[place] += 1 if team.shown[0] >= 3 else -1
        files += team.sent
    return Guessed(votes > np.median(votes), files, teams)


def board_order(world: World, rows: np.ndarray, teams: int) -> Guessed:
    """Two accounts a row send the same strong file, one with the row moved: which of them stands higher on the board?"""
    votes = np.zeros(rows.size)
    reference = world.cohort.reference
    base = limited(world.cohort.better, reference)
    files = 0
    for number in range(teams // 2):
        place = number % rows.size
        plain, moved = Team(world, 2 * number), Team(world, 2 * number + 1)
        both = plain.submit(base), moved.submit(base, rows[[place]], np.ones(1))
        files += 2
        if all(both):
            votes[place] += np.sign(moved.shown[0] - plain.shown[0])
    return Guessed(votes > np.median(votes), files, files)


def exact_scores(world: World, rows: np.ndarray, teams: int, decimals: int = 3) -> Guessed:
    """No gate: a score to three decimals for every file, one row moved from a base near a rounding edge."""
    reference = world.cohort.reference
    base = world.ipa(reference)
    unit = 10.0**-decimals
    # The attacker shifts the base with rows of no interest until the score lies in the middle of an edge: given for nothing.
    offset = (np.floor(base / unit) + 0.5) * unit - base
    events = np.zeros(rows.size, dtype=bool)
    for place, row in enumerate(rows):
        y, p = world.y[row], reference[row]
        moved = ((y - p) ** 2 - (y - 1.0) ** 2) / (world.n * world.null)
        events[place] = np.round((base + offset + moved) / unit) > np.floor((base + offset) / unit)
    del teams
    return Guessed(events, rows.size + 1)


def learnt(
    attack: Attack, cohort: Cohort, *, rows: int, teams: int, worlds: int, seed: int = 0
) -> tuple[float, float, float, float]:
    """Return the labels learnt (rows × (2 × balanced accuracy − 1)), its standard error, files and acceptances a world."""
    even = np.argsort(np.abs(cohort.reference - 0.3))[:rows]
    found, files, acceptances = [], [], []
    for number in range(worlds):
        world = World(cohort, seed * 1_000_003 + number, even)
        guessed = attack(world, even, teams)
        truth = world.y[even] == 1
        accuracy = (guessed.events[truth].mean() + (~guessed.events[~truth]).mean()) / 2
        found.append(rows * (2 * accuracy - 1))
        files.append(guessed.files)
        acceptances.append(guessed.acceptances)
    return (
        float(np.mean(found)),
        float(np.std(found) / np.sqrt(worlds)),
        float(np.mean(files)),
        float(np.mean(acceptances)),
    )


def decided(cohort: Cohort, *, teams: int, worlds: int) -> tuple[float, float]:
    """Return how often the strongest adversary is right about one label of even odds, and the standard error.

    It knows every other label, parks exactly so that this one decides, repeats until three acceptances, parks anew after each, and guesses
    by how many files that took; the cut between the two guesses comes from half of the worlds, the rate from the other half.
    """
    target = np.argsort(np.abs(cohort.reference - 0.3))[:1]
    waits, labels = np.zeros(worlds), np.zeros(worlds)
    generator = np.random.default_rng(5)
    for number in range(worlds):
        world = World(cohort, 77_000 + number)
        labels[number] = generator.integers(2)
        for place in range(teams):
            waits[number] += _waited(world, Team(world, place), target, labels[number])
    half = worlds // 2
    cuts = np.unique(waits[:half])
    right = [np.mean((waits[:half] <= cut) == (labels[:half] == 1)) for cut in cuts]
    cut = cuts[int(np.argmax(right))]
    success = (waits[half:] <= cut) == (labels[half:] == 1)
    return float(success.mean()), float(success.std() / np.sqrt(success.size))


def _waited(world: World, team: Team, target: np.ndarray, label: float) -> int:
    while team.acceptances < ACCEPTANCES and team.sent < QUOTA:
        # Parked by what the attacker knows: all labels but one.
        world.y[target] = 0.5
        held = parked(world, team.incumbent, 0.0)
        world.y[target] = label
        before = team.acceptances
        up = np.minimum(team.incumbent[target] + PROBABILITY_LIMIT, 1.0)
        while team.acceptances == before and team.sent < QUOTA:
            team.submit(held, target, up)
    return team.sent


def climb(cohort: Cohort, *, files: int, gated: bool, seed: int) -> tuple[float, float, int]:
    """Climb by random changes; return what public and private score gained over the start, and the acceptances.

    Without a gate every improvement of the exact public score is kept. With it a team keeps what was accepted; its teams share what
    they have climbed.
    """
    public, private = World(cohort, 10 * seed), World(cohort, 10 * seed + 1)
    generator = np.random.default_rng(seed)
    best = cohort.reference
    score = public.ipa(best)
    team, acceptances = Team(public, 0), 0
    for number in range(files):
        if gated and team.sent == QUOTA:
            team = Team(public, number)
            team.incumbent = best
        shaken = np.clip(best + generator.normal(0, 0.003, best.size), 0.0, 1.0)
        if gated:
            kept = team.submit(shaken)
            acceptances += kept
            best = team.incumbent if kept else best
        elif (value := public.ipa(shaken)) > score:
            best, score = shaken, value
            acceptances += 1
    start = cohort.reference
    return public.ipa(best) - public.ipa(start), private.ipa(best) - private.ipa(start), acceptances


def heard_by_an_honest_team(cohort: Cohort, *, worlds: int, models: int = 20) -> tuple[float, float]:
    """Return how many improvements a team hears of that sends twenty models on their way to the better one, and the error."""
    heard = []
    for number in range(worlds):
        world, generator = World(cohort, 500_000 + number), np.random.default_rng(number)
        team = Team(world, 0)
        for place in range(models):
            share = np.clip((place + 1) / models + generator.normal(0, 0.1), 0, 1)
            file = (1 - share) * cohort.reference + share * cohort.better
            team.submit(np.clip(file + generator.normal(0, 0.004, file.size), 0, 1))
        heard.append(team.acceptances)
    return float(np.mean(heard)), float(np.std(heard) / np.sqrt(worlds))
