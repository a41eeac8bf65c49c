"""Round steps for axes and bins."""


def round_step(spread: int, pieces: int) -> int:
    """Return the smallest of 1, 2, 5, 10, 20, 50, ... of which fewer than `pieces` fit wholly into the spread."""
    scale = 1
    while True:
        for digit in (1, 2, 5):
            if digit * scale * pieces > spread:
                return digit * scale
        scale *= 10
