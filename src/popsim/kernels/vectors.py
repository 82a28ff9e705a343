"""Vectors of eight numbers, for loops that the compiler would not turn into vectors by itself.

A row of 101 ages cut into age groups leaves loops of 20 or 60 cells, of which a compiler runs a
large part one cell at a time. Rows padded to whole vectors, and loops over vectors said outright,
run two to three times as fast. LLVM splits a vector where the processor's registers are narrower,
so this is no matter of one machine. A sum over lanes is always added in the same order.
"""

from __future__ import annotations

from llvmlite import ir
from numba.core import types
from numba.core.datamodel import models
from numba.extending import intrinsic, register_model

__all__ = [
    "LANES",
    "any_beyond",
    "farthest",
    "fill",
    "first_lane",
    "fused",
    "least",
    "least_lane",
    "load",
    "plus",
    "settle",
    "shifted",
    "store",
    "stream",
    "sum_lanes",
    "sums_of_eight",
    "times",
    "with_first",
]

LANES = 8
_VECTOR = ir.VectorType(ir.DoubleType(), LANES)
# Rows of arrays are aligned to single numbers only.
_ALIGN = 8


class _Eight(types.Type):
    """Type of a vector inside kernels."""

    def __init__(self) -> None:
        super().__init__(name="popsim_eight_doubles")


_eight = _Eight()


@register_model(_Eight)
class _EightModel(models.PrimitiveModel):
    """A vector is held in a register."""

    def __init__(self, dmm, fe_type):
        super().__init__(dmm, fe_type, _VECTOR)


def _place(context, builder, array_type, array, index):
    """Pointer to a vector that begins at a cell of a one-dimensional array."""
    data = context.make_array(array_type)(context, builder, array).data
    return builder.bitcast(builder.gep(data, [index]), _VECTOR.as_pointer())


def _contiguous(array) -> bool:
    """Whether a type is a row of doubles without gaps."""
    return (
        isinstance(array, types.Array)
        and array.ndim == 1
        and array.layout == "C"
        and array.dtype == types.float64
    )


@intrinsic
def load(typingctx, row, index):
    """Vector of the cells index..index+7 of a row."""
    if not _contiguous(row):
        return None

    def generate(context, builder, signature, args):
        value = builder.load(_place(context, builder, signature.args[0], *args))
        value.align = _ALIGN
        return value

    return _eight(row, types.intp), generate


@intrinsic
def store(typingctx, row, index, vector):
    """Write a vector into the cells index..index+7 of a row."""
    if not _contiguous(row) or vector != _eight:
        return None

    def generate(context, builder, signature, args):
        place = _place(context, builder, signature.args[0], args[0], args[1])
        builder.store(args[2], place).align = _ALIGN
        return context.get_dummy_value()

    return types.void(row, types.intp, _eight), generate


@intrinsic
def stream(typingctx, row, index, vector):
    """Write a vector that begins on a cache line past the caches, which need not read it first."""
    if not _contiguous(row) or vector != _eight:
        return None

    def generate(context, builder, signature, args):
        written = builder.store(args[2], _place(context, builder, signature.args[0], *args[:2]))
        written.align = 8 * LANES
        once = ir.Constant(ir.IntType(32), 1)
        written.set_metadata("nontemporal", builder.module.add_metadata([once]))
        return context.get_dummy_value()

    return types.void(row, types.intp, _eight), generate


@intrinsic
def settle(typingctx):
    """Wait until all that was written can be read by other threads."""

    def generate(context, builder, signature, args):
        builder.fence("seq_cst")
        return context.get_dummy_value()

    return types.void(), generate


@intrinsic
def fill(typingctx, number):
    """Vector of one number in all lanes."""

    def generate(context, builder, signature, args):
        first = ir.Constant(ir.IntType(32), 0)
        empty = ir.Constant(_VECTOR, ir.Undefined)
        single = builder.insert_element(empty, args[0], first)
        lanes = ir.Constant(ir.VectorType(ir.IntType(32), LANES), [0] * LANES)
        return builder.shuffle_vector(single, empty, lanes)

    return _eight(types.float64), generate


@intrinsic
def shifted(typingctx, before, vector):
    """The last lane of one vector, then all but the last lane of another."""

    def generate(context, builder, signature, args):
        lanes = ir.Constant(
            ir.VectorType(ir.IntType(32), LANES), list(range(LANES - 1, 2 * LANES - 1))
        )
        return builder.shuffle_vector(args[0], args[1], lanes)

    return _eight(_eight, _eight), generate


@intrinsic
def with_first(typingctx, vector, number):
    """A vector with another number in its first lane."""

    def generate(context, builder, signature, args):
        return builder.insert_element(*args, ir.Constant(ir.IntType(32), 0))

    return _eight(_eight, types.float64), generate


@intrinsic
def first_lane(typingctx, number):
    """Vector of one number in its first lane and zeros in the others."""

    def generate(context, builder, signature, args):
        nothing = ir.Constant(_VECTOR, [0.0] * LANES)
        return builder.insert_element(nothing, args[0], ir.Constant(ir.IntType(32), 0))

    return _eight(types.float64), generate


@intrinsic
def plus(typingctx, a, b):
    """Sum of two vectors."""

    def generate(context, builder, signature, args):
        return builder.fadd(*args)

    return _eight(_eight, _eight), generate


@intrinsic
def times(typingctx, a, b):
    """Product of two vectors."""

    def generate(context, builder, signature, args):
        return builder.fmul(*args)

    return _eight(_eight, _eight), generate


@intrinsic
def fused(typingctx, a, b, c):
    """Return a * b + c, rounded once where the processor can."""

    def generate(context, builder, signature, args):
        product = builder.fmul(args[0], args[1], flags=("contract",))
        return builder.fadd(product, args[2], flags=("contract",))

    return _eight(_eight, _eight, _eight), generate


@intrinsic
def least(typingctx, a, b):
    """Lesser of two vectors in each lane; b where they cannot be compared."""

    def generate(context, builder, signature, args):
        smaller = builder.fcmp_ordered("<", *args)
        return builder.select(smaller, *args)

    return _eight(_eight, _eight), generate


def _bits(builder, vector):
    """The lanes as unsigned integers: what is below 0 or no number is greater than any number."""
    return builder.bitcast(vector, ir.VectorType(ir.IntType(64), LANES))


@intrinsic
def farthest(typingctx, a, b):
    """Of each lane the one farther on the way 0, 1, infinity, not a number, below 0."""

    def generate(context, builder, signature, args):
        a, b = (_bits(builder, v) for v in args)
        return builder.bitcast(builder.select(builder.icmp_unsigned(">", a, b), a, b), _VECTOR)

    return _eight(_eight, _eight), generate


@intrinsic
def any_beyond(typingctx, vector, limit):
    """Whether any lane is greater than a limit, below 0 or not a number."""

    def generate(context, builder, signature, args):
        highest = builder.bitcast(args[1], ir.IntType(64))
        empty = ir.Constant(ir.VectorType(ir.IntType(64), LANES), ir.Undefined)
        single = builder.insert_element(empty, highest, ir.Constant(ir.IntType(32), 0))
        lanes = ir.Constant(ir.VectorType(ir.IntType(32), LANES), [0] * LANES)
        limits = builder.shuffle_vector(single, empty, lanes)
        beyond = builder.icmp_unsigned(">", _bits(builder, args[0]), limits)
        found = builder.bitcast(beyond, ir.IntType(LANES))
        return builder.icmp_unsigned("!=", found, ir.Constant(ir.IntType(LANES), 0))

    return types.boolean(_eight, types.float64), generate


@intrinsic
def sum_lanes(typingctx, vector):
    """Sum of the lanes, halves first: ((0+4)+(2+6)) + ((1+5)+(3+7))."""

    def generate(context, builder, signature, args):
        value, width = args[0], LANES
        while width > 1:
            width //= 2
            lanes = ir.VectorType(ir.IntType(32), width)
            low = builder.shuffle_vector(value, value, ir.Constant(lanes, list(range(width))))
            high = builder.shuffle_vector(
                value, value, ir.Constant(lanes, list(range(width, 2 * width)))
            )
            value = builder.fadd(low, high)
        return builder.extract_element(value, ir.Constant(ir.IntType(32), 0))

    return types.float64(_eight), generate


@intrinsic
def sums_of_eight(typingctx, a, b, c, d, e, f, g, h):
    """Vector of the sums of eight vectors, lanes ((0+1)+(2+3)) + ((4+5)+(6+7))."""

    def generate(context, builder, signature, args):
        def halves(x, y, first, second):
            """Add lanes of two vectors that stand side by side, those of x beside those of y."""
            number = ir.VectorType(ir.IntType(32), LANES)
            low = builder.shuffle_vector(x, y, ir.Constant(number, first))
            high = builder.shuffle_vector(x, y, ir.Constant(number, second))
            return builder.fadd(low, high)

        ones = [0, 8, 2, 10, 4, 12, 6, 14], [1, 9, 3, 11, 5, 13, 7, 15]
        twos = [0, 1, 8, 9, 4, 5, 12, 13], [2, 3, 10, 11, 6, 7, 14, 15]
        fours = [0, 1, 2, 3, 8, 9, 10, 11], [4, 5, 6, 7, 12, 13, 14, 15]
        pairs = [halves(args[k], args[k + 1], *ones) for k in range(0, LANES, 2)]
        quads = [halves(pairs[k], pairs[k + 1], *twos) for k in range(0, 4, 2)]
        return halves(*quads, *fours)

    return _eight(*[_eight] * LANES), generate


@intrinsic
def least_lane(typingctx, vector):
    """Least of the lanes."""

    def generate(context, builder, signature, args):
        value = args[0]
        result = builder.extract_element(value, ir.Constant(ir.IntType(32), 0))
        for lane in range(1, LANES):
            other = builder.extract_element(value, ir.Constant(ir.IntType(32), lane))
            result = builder.select(builder.fcmp_ordered("<", other, result), other, result)
        return result

    return types.float64(_eight), generate
