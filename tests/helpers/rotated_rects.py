"""Comparing rotated rectangles, as cv2 returns them: ((x, y), (width, height), angle)."""


def numbers(rect):
    (x, y), (width, height), angle = rect
    return x, y, width, height, angle


def difference(one, other):
    """Return the greatest difference of two rectangles' numbers. Half a turn makes no difference."""
    *different, turn = (abs(a - b) for a, b in zip(numbers(one), numbers(other), strict=True))
    return max(*different, min(turn, 180 - turn))


def size_alone(rect):
    return (0.0, 0.0), rect[1], 0.0


def has_direction(rect, prob):
    """Report whether a shape in a plane has any, beyond what rounding makes of sums of squares.

    A disc, a square and a pixel have none: their angle is made by the last bits alone, and IPP's differ.
    """
    _, (width, height), _ = rect
    return height * height - width * width > 1e-8 * sum(length * length for length in prob.shape)
