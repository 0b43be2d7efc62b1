"""Quantisers for Q4_K and Q6_K, which the gguf package can only decode.

Plain round-to-nearest, without the search for better scales that ggml's own quantiser does: the blocks are valid and
somewhat less exact.
"""

import numpy

BLOCK = 256


def _halves(values):
    """float16 bytes of a column of scales, and the float32 that a reader gets back."""
    stored = values.astype(numpy.float16)
    return stored.view(numpy.uint8).reshape(len(values), 2), stored.astype(numpy.float32)


def _ratio(values, scales):
    """values ÷ scales, 0 where the scale is 0."""
    return numpy.divide(values, scales, out=numpy.zeros_like(values), where=scales != 0)


def q4_k(values):
    """[rows, columns] float32 to [rows, bytes]: per 32 numbers a 6-bit scale and minimum, value = d·s·q − dmin·m."""
    parts = values.reshape(-1, 8, 32)
    lowest = numpy.minimum(parts.min(axis=2), 0)
    spread = parts.max(axis=2) - lowest
    d_bytes, d = _halves(spread.max(axis=1, keepdims=True) / (15 * 63))
    dmin_bytes, dmin = _halves(-lowest.min(axis=1, keepdims=True) / 63)
    scales = numpy.clip(numpy.rint(_ratio(spread / 15, numpy.broadcast_to(d, spread.shape))), 0, 63)
    minima = numpy.clip(numpy.rint(_ratio(-lowest, numpy.broadcast_to(dmin, lowest.shape))), 0, 63)
    step, offset = (d * scales)[:, :, None], (dmin * minima)[:, :, None]
    quants = numpy.clip(numpy.rint(_ratio(parts + offset, numpy.broadcast_to(step, parts.shape))), 0, 15)
    quants = quants.astype(numpy.uint8).reshape(-1, 4, 2, 32)
    s, m = scales.astype(numpy.uint8), minima.astype(numpy.uint8)
    packed = numpy.concatenate(
        [s[:, :4] | (s[:, 4:] >> 4) << 6, m[:, :4] | (m[:, 4:] >> 4) << 6, s[:, 4:] & 15 | (m[:, 4:] & 15) << 4], axis=1)
    nibbles = (quants[:, :, 0] | quants[:, :, 1] << 4).reshape(-1, 128)
    return numpy.concatenate([d_bytes, dmin_bytes, packed, nibbles], axis=1).reshape(len(values), -1)


def q6_k(values):
    """[rows, columns] float32 to [rows, bytes]: per 16 numbers an 8-bit scale, value = d·s·(q − 32)."""
    parts = values.reshape(-1, 16, 16)
    extreme = numpy.take_along_axis(parts, numpy.abs(parts).argmax(axis=2)[:, :, None], axis=2)[:, :, 0]
    wanted = extreme / -32
    d_bytes, d = _halves(numpy.abs(wanted).max(axis=1, keepdims=True) / 127)
    scales = numpy.clip(numpy.rint(_ratio(wanted, numpy.broadcast_to(d, wanted.shape))), -127, 127)
    step = numpy.broadcast_to((d * scales)[:, :, None], parts.shape)
    quants = numpy.clip(numpy.rint(_ratio(parts, step)) + 32, 0, 63).astype(numpy.uint8)
    # Two halves of 128; in each, number 32j + l has its low bits in byte 32(j mod 2) + l and its high bits in byte l.
    quants = quants.reshape(-1, 2, 4, 32)
    low = (quants[:, :, :2] & 15 | (quants[:, :, 2:] & 15) << 4).reshape(-1, 128)
    high = quants >> 4
    high = (high[:, :, 0] | high[:, :, 1] << 2 | high[:, :, 2] << 4 | high[:, :, 3] << 6).reshape(-1, 64)
    scale_bytes = scales.astype(numpy.int8).view(numpy.uint8)
    return numpy.concatenate([low, high, scale_bytes, d_bytes], axis=1).reshape(len(values), -1)
