"""Time functions in turns, and summarise the times.

All peers of a case run in one process and take turns, so that whatever slows the machine slows all of
them. In each round, the peers run in a shuffled order. Each one makes an untimed call and then a few timed
ones, so that the caches hold its own frame and temporaries, as in a loop over frames, and not those of
its predecessor. The order is reproducible: the seed is fixed. Where something has to happen before each
call, such as writing the next frame of a film, a sample is a single call.

With one thread, CPU time is measured. Wall-clock time would favour short calls on a busy machine, as these
often end before the scheduler interrupts them. While other programs kept both CPUs busy, the median of cv2
was 12 ms of wall-clock time, 5.4 ms of CPU time, and 5.1 ms of wall-clock time in calls that were not
interrupted; that of backproj was 1.0, 0.97 and 0.85 ms. With several threads, only the wall clock is useful.
"""

import itertools
import random
import statistics
import time
import timeit

# A peer's turn in a round is a visit. It takes this many samples, or fewer if they take longer than this
# many seconds.
SAMPLES, MAX_VISIT = 3, 0.1

# A sample is a loop of calls, in seconds long enough that reading the clock, 1 µs, is 0.5% of it.
MIN_SAMPLE = 200e-6

# In so many rounds all peers are visited. More rounds than this do not change the result.
MIN_VISITS, MAX_ROUNDS = 5, 250

SEED = 20


def clock(threads):
    """Return the clock for a number of threads, and the name of what it measures."""
    return (time.process_time, "CPU time") if threads == 1 else (time.perf_counter, "wall-clock time")


def measure(functions, seconds, clock=time.perf_counter, before=None, calls=None):
    """Time functions in turns, and return their samples by name and number of the round.

    A sample is in seconds per call. ``before`` has functions, by name, that run untimed before each sample
    of that name. A sample is of so many ``calls``; None: of as many as take long enough to be timed.

    A slow function skips rounds while it has used more than twice its share of the time. But in a minimum of
    rounds, which are spread over the whole time, all functions take part.
    """
    timers = {
        name: timeit.Timer(function, (before or {}).get(name, "pass"), clock)
        for name, function in functions.items()
    }
    numbers = {name: calls or calls_per_sample(timer) for name, timer in timers.items()}
    visits = {name: {} for name in timers}
    spent = dict.fromkeys(timers, 0.0)
    order, shuffle = list(timers), random.Random(SEED).shuffle
    begin, complete = time.perf_counter(), 0
    for number in itertools.count():
        done = max((time.perf_counter() - begin) / seconds, number / MAX_ROUNDS)
        if done >= 1 and complete >= MIN_VISITS:
            return visits
        with_all = complete <= done * MIN_VISITS
        complete += with_all
        shuffle(order)
        for name in order:
            elapsed = time.perf_counter() - begin
            if with_all or spent[name] <= 2 * elapsed / len(order):
                visits[name][number] = visit(timers[name], numbers[name])
                spent[name] += time.perf_counter() - begin - elapsed


def calls_per_sample(timer):
    """Return the number of calls in a sample."""
    timer.timeit(1)
    number = 1
    while timer.timeit(number) < MIN_SAMPLE:
        number *= 2
    return number


def visit(timer, number):
    """Make an untimed call, and return a few samples of ``number`` calls each."""
    end = time.perf_counter() + MAX_VISIT
    timer.timeit(1)
    samples = []
    while not samples or (len(samples) < SAMPLES and time.perf_counter() < end):
        samples.append(timer.timeit(number) / number)
    return samples


def middle(visits):
    """Return the median of all samples of the visits to a function."""
    return statistics.median(itertools.chain(*visits.values()))


def summary(visits, reference):
    """Return statistics of the visits to a function, and of its speed relative to another one's.

    These are the median, the quartiles and the minimum of all samples, in milliseconds; and the median and
    the quartiles of the speed in each round that both took part in, where that of the reference is 1.
    """
    samples = [1e3 * sample for sample in itertools.chain(*visits.values())]
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
