"""Linear algebra in a fixed order of operations."""

import numpy as np
import pytest

from nightlane_risk.exact import cholesky, correlate

MATRIX = [[4.0, 2.0, 0.6], [2.0, 2.0, 0.5], [0.6, 0.5, 3.0]]


def test_cholesky_factor_reproduces_the_matrix() -> None:
    factor = np.zeros((3, 3))
    for i, line in enumerate(cholesky(MATRIX)):
        factor[i, : i + 1] = line
    assert factor @ factor.T == pytest.approx(np.array(MATRIX))


def test_a_matrix_that_is_no_covariance_is_refused() -> None:
    with pytest.raises(ValueError, match="row 2: the matrix is not positive definite"):
        cholesky([[1.0, 2.0], [2.0, 1.0]])


def test_correlated_draws_have_the_covariance() -> None:
    independent = np.random.default_rng(7).standard_normal((200_000, 3))
    sample = np.cov(correlate(cholesky(MATRIX), independent).T)
    assert sample == pytest.approx(np.array(MATRIX), abs=0.05)
