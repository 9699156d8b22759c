"""Timing functions in turns, and what their times come to.

All peers of a case share one process and take turns, so that what slows the machine slows all of
them. In each round each peer, in a shuffled order, runs one untimed call and then a few timed ones: it
finds its own frame and temporaries in the caches, as it would in a loop over frames, and not what its
predecessor left there. The order comes from a fixed seed.

With one thread, the time is the process's CPU time. The wall clock, on a busy machine, favours short calls,
which often end before the scheduler takes the CPU away: while others kept both CPUs busy, cv2's median was
12 ms by the wall clock, 5.4 of CPU time, and 5.1 where the scheduler had let a call run through;
backproj's 1.0, 0.97 and 0.85. Several threads have the wall clock only.
"""

import itertools
import random
import statistics
import time
import timeit

# Timed samples a visit, and how long a visit may go on before it is cut short, in seconds.
SAMPLES, LONGEST_VISIT = 3, 0.1

# A sample is a loop of calls long enough that reading the clock, 1 µs, is 0.5 % of it.
SHORTEST_SAMPLE = 200e-6

# Each peer is visited at least so often; and more rounds make no difference.
LEAST_VISITS, MOST_ROUNDS = 5, 250

SEED = 20


def clock(threads):
    """Return the clock for so many threads, and what it tells."""
    return (time.process_time, "CPU time") if threads == 1 else (time.perf_counter, "wall-clock time")


def measure(functions, reference, seconds, clock=time.perf_counter, before=None):
    """Return the samples of functions timed in turns for about so long, by name and number of the round.

    A sample is in seconds a call. The reference is in every round. What is given as before, by name, runs
    untimed before each sample of that function.

    A slow function sits out the rounds before which it has used more than twice its share of the time,
    but its least visits are spread over the whole time.
    """
    timers = {
        name: timeit.Timer(function, (before or {}).get(name, "pass"), clock)
        for name, function in functions.items()
    }
    numbers = {name: calls_a_sample(timer) for name, timer in timers.items()}
    visits = {name: {} for name in timers}
    spent = dict.fromkeys(timers, 0.0)
    order, shuffle = list(timers), random.Random(SEED).shuffle
    begin = time.perf_counter()
    for number in itertools.count():
        elapsed = time.perf_counter() - begin
        is_over = elapsed >= seconds or number >= MOST_ROUNDS
        if is_over and min(map(len, visits.values())) >= LEAST_VISITS:
            return visits
        shuffle(order)
        for name in order:
            elapsed = time.perf_counter() - begin
            is_due = name == reference or len(visits[name]) < LEAST_VISITS * elapsed / seconds
            if is_due or spent[name] <= 2 * elapsed / len(order):
                visits[name][number] = visit(timers[name], numbers[name])
                spent[name] += time.perf_counter() - begin - elapsed


def calls_a_sample(timer):
    """Return how many calls make a sample."""
    timer.timeit(1)
    number = 1
    while timer.timeit(number) < SHORTEST_SAMPLE:
        number *= 2
    return number


def visit(timer, number):
    """Return a few samples, of so many calls each, after an untimed call."""
    end = time.perf_counter() + LONGEST_VISIT
    timer.timeit(1)
    samples = []
    while not samples or (len(samples) < SAMPLES and time.perf_counter() < end):
        samples.append(timer.timeit(number) / number)
    return samples


def summary(visits, reference):
    """Return what the visits to a function come to, and, in the same rounds, those to the reference.

    That is the median, the quartiles and the least of all samples, in milliseconds; and the median and the
    quartiles of how many times the reference's speed it reached in a round.
    """
    samples = [1e3 * sample for round_ in visits.values() for sample in round_]
    speeds = [
        statistics.median(reference[number]) / statistics.median(round_)
        for number, round_ in visits.items()
        if number in reference
    ]
    return {
        **quartiles(samples, "ms"),
        "ms_min": round(min(samples), 6),
        "samples": len(samples),
        **quartiles(speeds, "speed"),
        "rounds": len(speeds),
    }


def quartiles(numbers, name):
    low, middle, high = (round(n, 6) for n in statistics.quantiles(numbers, n=4, method="inclusive"))
    return {name: middle, f"{name}_q1": low, f"{name}_q3": high}
