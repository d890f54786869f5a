"""Exponential and hyperbolic functions of doubles, bit for bit as Java's StrictMath, which Spark calls.

Its results are those of the algorithms of fdlibm (Sun Microsystems, 1993): arguments are reduced by multiples of ln 2,
and a rational approximation is scaled back. The kernel's differ from them in the last digit for one value in ten.
"""

from __future__ import annotations

from typing import Any

import numpy as np

Doubles = np.ndarray[Any, np.dtype[np.float64]]

_LN2_HIGH, _LN2_LOW, _PER_LN2 = 6.93147180369123816490e-01, 1.90821492927058770002e-10, 1.44269504088896338700e00
# The magnitudes up to which 0 and 1 times ln 2 are taken off; only the upper half of their bits is compared.
_HALF, _THREE_HALVES = float.fromhex("0x1.62e43p-2"), float.fromhex("0x1.0a2b2p0")
_EXP = (1.66666666666666019037e-01, -2.77777777770155933842e-03, 6.61375632143793436117e-05,
        -1.65339022054652515390e-06, 4.13813679705723846039e-08)  # fmt: skip
_EXPM1 = (-3.33333333333331316428e-02, 1.58730158725481460165e-03, -7.93650757867487942473e-05,
          4.00821782732936239552e-06, -2.01099218183624371326e-07)  # fmt: skip
_LARGEST, _SMALLEST = 7.09782712893383973096e02, -7.45133219101941108420e02  # arguments of exp
_LOG_LARGEST = float.fromhex("0x1.62e42p9")  # below it exp(x) itself cannot overflow


def _reduced(x: Doubles) -> tuple[Doubles, Doubles, Doubles]:
    """How many times ln 2 is taken off, and the high and low part of what is left."""
    size, sign = np.abs(x), np.sign(x)
    k = np.where(size < _HALF, 0.0, np.where(size < _THREE_HALVES, sign, np.trunc(x * _PER_LN2 + sign * 0.5)))
    return k, x - k * _LN2_HIGH, k * _LN2_LOW


def _polynomial(x: Doubles, coefficients: tuple[float, ...]) -> Doubles:
    found = np.full_like(x, coefficients[-1])
    for c in coefficients[-2::-1]:
        found = c + x * found
    return found


def exp(x: Doubles) -> Doubles:
    finite = np.clip(np.nan_to_num(x), _SMALLEST, _LARGEST)
    k, high, low = _reduced(finite)
    r = high - low
    t = r * r
    c = r - t * _polynomial(t, _EXP)
    y = 1 - ((low - (r * c) / (2 - c)) - high)
    found = np.ldexp(y, k.astype(np.int64))
    found = np.where(x > _LARGEST, np.inf, np.where(x < _SMALLEST, 0.0, found))
    return np.where(np.isnan(x), x, found)


def expm1(x: Doubles) -> Doubles:
    finite = np.clip(np.nan_to_num(x), -40.0, _LARGEST)
    k, high, low = _reduced(finite)
    r = high - low
    lost = (high - r) - low
    half = 0.5 * r
    square = r * half
    r1 = 1 + square * _polynomial(square, _EXPM1)
    t = 3 - r1 * half
    e = square * ((r1 - t) / (6 - r * t))
    zero = r - (r * e - square)
    e = (r * (e - lost) - lost) - square
    n = k.astype(np.int64)
    down = 0.5 * (r - e) - 0.5
    up = np.where(r < -0.25, -2 * (e - (r + 0.5)), 1 + 2 * (r - e))
    far = np.ldexp(1 - (e - r), n) - 1
    small = np.ldexp((1 - np.ldexp(1.0, -n)) - (e - r), n)
    large = np.ldexp((r - (e + np.ldexp(1.0, -n))) + 1, n)
    found = np.select(
        [k == 0, k == -1, k == 1, (k <= -2) | (k > 56), k < 20], [zero, down, up, far, small], default=large
    )
    found = np.where(np.abs(x) < 2.0**-54, x, found)
    found = np.where(x > _LARGEST, np.inf, np.where(x < -38.8, -1.0, found))
    return np.where(np.isnan(x), x, found)


def cosh(x: Doubles) -> Doubles:
    size = np.abs(x)
    t, whole, root = expm1(size), exp(size), exp(0.5 * size)
    w = 1 + t
    near = np.where(size < 2.0**-55, w, 1 + (t * t) / (w + w))
    middle = 0.5 * whole + 0.5 / whole
    found = np.select(
        [size < _HALF, size < 22, size < _LOG_LARGEST], [near, middle, 0.5 * whole], default=0.5 * root * root
    )
    return np.where(np.isfinite(x), found, size)


def sinh(x: Doubles) -> Doubles:
    size, half = np.abs(x), np.copysign(0.5, x)
    t, root = expm1(size), exp(0.5 * size)
    found = np.select(
        [size < 2.0**-28, size < 1, size < 22, size < _LOG_LARGEST],
        [x, half * (2 * t - t * t / (t + 1)), half * (t + t / (t + 1)), half * exp(size)],
        default=half * root * root,
    )
    return np.where(np.isfinite(x), found, x)


def tanh(x: Doubles) -> Doubles:
    size = np.abs(x)
    t = expm1(np.where(size >= 1, 2 * size, -2 * size))
    z = np.where(size >= 1, 1 - 2 / (t + 2), -t / (t + 2))
    found = np.where(size < 22, np.copysign(z, x), np.copysign(1.0, x))
    found = np.where(size < 2.0**-55, x * (1 + x), found)
    return np.where(np.isnan(x), x, found)


_LOG = (6.666666666666735130e-01, 3.999999999940941908e-01, 2.857142874366239149e-01, 2.222219843214978396e-01,
        1.818357216161805012e-01, 1.531383769920937332e-01, 1.479819860511658591e-01)  # fmt: skip


def log(x: Doubles) -> Doubles:
    """The natural logarithm of positive numbers: of a power of 2 and of 1 + f, from the root of 1/2 to that of 2."""
    m, k = np.frexp(np.where((x > 0) & np.isfinite(x), x, 1.0))
    m, k = 2 * m, k - 1.0
    high = (m.view(np.int64) >> 32) & 0xFFFFF  # the upper bits of the fraction
    halved = (high + 0x95F64) & 0x100000 != 0
    m, k = np.where(halved, 0.5 * m, m), np.where(halved, k + 1, k)
    f = m - 1
    s = f / (2 + f)
    z = s * s
    w = z * z
    r = z * _polynomial(w, _LOG[0::2]) + w * _polynomial(w, _LOG[1::2])
    square = 0.5 * f * f
    tiny = f * f * (0.5 - 0.33333333333333333 * f)
    rest = np.select(
        [np.abs(f) < 2.0**-20, ((high - 0x6147A) | (0x6B851 - high)) > 0],
        [tiny - k * _LN2_LOW, square - (s * (square + r) + k * _LN2_LOW)],
        default=s * (f - r) - k * _LN2_LOW,
    )
    return np.where(np.isfinite(x), k * _LN2_HIGH - (rest - f), x)


def log2(x: Doubles) -> Doubles:
    return log(x) / float(log(np.array([2.0]))[0])
