"""Arithmetic whose last bit does not depend on the machine.

NumPy picks its kernels for exp, log and matrix products by what the processor offers, and they differ in the last bit. A
night that is replayed on another node must not differ, so these go through the C library of the image, element by element.
"""

import math
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

Vector = NDArray[np.float64]


def _elementwise(function: Callable[[float], float], values: Vector) -> Vector:
    return np.fromiter(map(function, values.tolist()), dtype=np.float64, count=values.size)


def exp(values: Vector) -> Vector:
    """Return e to the power of each value."""
    return _elementwise(math.exp, values)


def log(values: Vector) -> Vector:
    """Return the natural logarithm of each value."""
    return _elementwise(math.log, values)


def normal_cdf(values: Vector) -> Vector:
    """Return the standard normal distribution function of each value."""
    return 0.5 * _elementwise(math.erfc, values * -math.sqrt(0.5))


def cholesky(matrix: Sequence[Sequence[float]]) -> list[list[float]]:
    """Return the lower triangular factor of a symmetric positive definite matrix.

    Raises ValueError when the matrix is not positive definite.
    """
    factor: list[list[float]] = []
    for i, row in enumerate(matrix):
        line: list[float] = []
        for j in range(i + 1):
            above = line if i == j else factor[j]
            rest = row[j] - math.fsum(a * b for a, b in zip(line[:j], above[:j], strict=True))
            if i != j:
                line.append(rest / factor[j][j])
            elif rest > 0:
                line.append(math.sqrt(rest))
            else:
                raise ValueError(f"row {i + 1}: the matrix is not positive definite")
        factor.append(line)
    return factor


def correlate(factor: Sequence[Sequence[float]], independent: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the rows of `independent` mixed by a lower triangular factor, its columns added from left to right."""
    mixed = np.zeros_like(independent)
    for i, line in enumerate(factor):
        for j, weight in enumerate(line):
            mixed[:, i] += weight * independent[:, j]
    return mixed
