"""The logistic curve and its inverse.

Symbols: p a share between 0 and 1, x its logit, any real number.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = ["expit", "logit"]

Floats = NDArray[np.float64]


def logit(p: ArrayLike) -> Floats:
    """Logarithm of the odds, ``ln p - ln(1 - p)``.

    Parameters
    ----------
    p
        Shares (..), above 0 and below 1.

    Returns
    -------
    ndarray
        Logits (..).

    Examples
    --------
    >>> float(logit(0.75).round(6))
    1.098612
    """
    share = np.asarray(p, dtype=np.float64)
    return np.asarray(np.log(share) - np.log1p(-share))


def expit(x: ArrayLike) -> Floats:
    """Share with given odds, ``1 / (1 + exp(-x))``: the inverse of `logit`.

    Parameters
    ----------
    x
        Logits (..).

    Returns
    -------
    ndarray
        Shares (..).

    Examples
    --------
    >>> float(expit(np.log(3.0)).round(6)), expit([-800.0, 800.0]).tolist()
    (0.75, [0.0, 1.0])
    """
    odds = np.asarray(x, dtype=np.float64)
    small = np.exp(-np.abs(odds))
    return np.asarray(np.where(odds < 0, small, 1.0) / (1.0 + small))
