"""Writes blocks of every GGUF format that Kalsae decodes, with the values that the gguf package gets from them.

    python tools/golden/formats.py

Random blocks with sane scales, then the extremes: no bit set, every bit set, the largest and
the smallest scales, negative ones, infinity and NaN.
"""

import base64
import json
import os

import gguf
import numpy
from gguf import GGMLQuantizationType as Type

FIXTURE = os.path.join(os.path.dirname(__file__), "../../Tests/Fixtures/formats.golden.json")
# Where the half-precision numbers of a block lie.
HALVES = {Type.Q8_0: [0], Type.Q4_0: [0], Type.Q4_K: [0, 2], Type.Q6_K: [208]}
EXTREMES = [0.0, 65504.0, -65504.0, 2.0**-24, -(2.0**-24), 2.0**-14, 1.0, numpy.inf, numpy.nan]
RANDOM_COUNT = 6


def blocks(kind, generator):
    size = gguf.GGML_QUANT_SIZES[kind][1]
    result = generator.integers(0, 256, (RANDOM_COUNT + 2 * len(EXTREMES), size), dtype=numpy.uint8)
    scales = list(generator.uniform(-1, 1, RANDOM_COUNT)) + EXTREMES + EXTREMES
    result[RANDOM_COUNT : RANDOM_COUNT + len(EXTREMES)] = 0
    result[RANDOM_COUNT + len(EXTREMES) :] = 255
    for row, scale in zip(result, scales):
        for place in HALVES[kind]:
            row[place : place + 2] = numpy.array([scale], dtype=numpy.float16).view(numpy.uint8)
    return result


def text(array):
    return base64.b64encode(array.tobytes()).decode()


def main():
    generator = numpy.random.Generator(numpy.random.PCG64(11))
    golden = {}
    for kind in HALVES:
        stored = blocks(kind, generator)
        with numpy.errstate(invalid="ignore", over="ignore"):
            values = gguf.quants.dequantize(stored, kind).astype(numpy.float32)
        golden[kind.name.lower()] = {"blocks": text(stored), "values": text(values)}
    with open(FIXTURE, "w", encoding="utf-8") as file:
        json.dump(golden, file, indent=1)
        file.write("\n")


if __name__ == "__main__":
    main()
