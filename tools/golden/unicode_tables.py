"""Writes Sources/CUnicode/tables.h: the Unicode properties that the `tokenizers` package acts by.

Everything is measured by asking the package, scalar by scalar, and never taken from a Unicode data file: the package
mixes several Unicode versions (an old one in its normalizers, newer ones in its patterns), and ids must equal its ids.

    python tools/golden/unicode_tables.py      # needs `tokenizers`; about two minutes
"""

import pathlib
import unicodedata

import tokenizers
from tokenizers import AddedToken, Regex, Tokenizer, models, normalizers, pre_tokenizers

LETTER, NUMBER, NUMERIC, SPACE, WORD = 1, 2, 4, 8, 16
SCALARS = [c for c in range(0x110000) if not 0xD800 <= c < 0xE000]
HANGUL = range(0xAC00, 0xAC00 + 11172)


def matching(pattern):
    """The scalars that a pattern of the Split pre-tokenizer matches."""
    split = pre_tokenizers.Split(Regex(pattern), "removed")
    return {c for c in SCALARS if not split.pre_tokenize_str(chr(c))}


def numeric():
    """The scalars that the Digits pre-tokenizer takes for digits."""
    digits = pre_tokenizers.Digits(individual_digits=True)
    return {c for c in SCALARS if len(digits.pre_tokenize_str("a" + chr(c) + "a")) == 3}


def word():
    """The scalars beside which a `single_word` token does not match."""
    tokenizer = Tokenizer(models.BPE({"Q": 0}, []))
    tokenizer.add_tokens([AddedToken("ZZ", single_word=True, normalized=False)])
    token = tokenizer.token_to_id("ZZ")
    return {c for c in SCALARS if token not in tokenizer.encode("ZZ" + chr(c)).ids}


def classes():
    bits = [0] * 0x110000
    sets = [(LETTER, matching(r"\p{L}")), (NUMBER, matching(r"\p{N}")), (NUMERIC, numeric()),
            (SPACE, matching(r"\s")), (WORD, word())]
    for bit, members in sets:
        for c in members:
            bits[c] |= bit
    starts, previous = [], None
    for c in range(0x110000):
        if bits[c] != previous:
            starts.append(c << 8 | bits[c])
            previous = bits[c]
    return starts


def decompositions():
    canonical, compatibility = {}, {}
    nfd, nfkd = normalizers.NFD(), normalizers.NFKD()
    for c in SCALARS:
        if c in HANGUL:
            continue
        d, k = nfd.normalize_str(chr(c)), nfkd.normalize_str(chr(c))
        if d != chr(c):
            canonical[c] = d
        if k != d:
            compatibility[c] = k
    return canonical, compatibility


def compositions(canonical):
    """(first, second) -> composed, for every composed scalar that NFC keeps; Hangul is arithmetic."""
    nfc = normalizers.NFC()
    pairs = {}
    for c, decomposed in canonical.items():
        if nfc.normalize_str(chr(c)) != chr(c):
            continue
        first = nfc.normalize_str(decomposed[:-1])
        assert len(first) == 1, hex(c)
        assert nfc.normalize_str(first + decomposed[-1]) == chr(c), hex(c)
        pairs[ord(first), ord(decomposed[-1])] = c
    return pairs


def combining(canonical):
    """The combining class of each scalar, found by which marks change places with it."""
    nfd = normalizers.NFD()
    low, high = 0x334, 0x345  # classes 1 and 240: one of them changes places with any other mark

    def swaps(a, b):
        text = chr(a) + chr(b)
        return a != b and nfd.normalize_str(text) == chr(b) + chr(a)

    known = {}
    for c in SCALARS:
        value = unicodedata.combining(chr(c))
        if value and c not in canonical and (swaps(c, low) or swaps(high, c)):
            known.setdefault(value, c)
    candidates = sorted(known)
    found = {}
    for c in SCALARS:
        if c in canonical or c in HANGUL or not (swaps(c, low) or swaps(high, c)):
            continue
        below = [k for k in candidates if swaps(c, known[k])]
        above = [k for k in candidates if swaps(known[k], c)]
        between = [k for k in candidates if k not in below and k not in above]
        assert len(between) == 1, (hex(c), between)
        found[c] = between[0]
    runs = []
    for c in sorted(found):
        if runs and runs[-1][0] + runs[-1][1] == c and runs[-1][2] == found[c]:
            runs[-1][1] += 1
        else:
            runs.append([c, 1, found[c]])
    return runs


class Pool:
    """Decompositions, stored once each and inside one another."""

    def __init__(self, texts):
        self.text = ""
        for text in sorted(set(texts), key=lambda t: (-len(t), t)):
            if text not in self.text:
                self.text += text

    def place(self, text):
        return self.text.index(text) << 8 | len(text)


def array(kind, name, numbers):
    lines, line = [], " "
    for number in numbers:
        piece = f" {number:#x},"
        if len(line) + len(piece) > 118:
            lines.append(line)
            line = " "
        line += piece
    lines.append(line)
    return f"static const {kind} {name}[] = {{\n" + "\n".join(lines) + "\n};\n\n"


def main():
    canonical, compatibility = decompositions()
    pairs = sorted(compositions(canonical).items())
    pool = Pool(list(canonical.values()) + list(compatibility.values()))
    text = "// Written by tools/golden/unicode_tables.py, which measured the `tokenizers` package "
    text += f"{tokenizers.__version__}; do not edit.\n\n"
    text += "// First scalar of a run << 8 | class bits.\n" + array("uint32_t", "class_runs", classes())
    text += "// First scalar of a run << 8 | combining class, then the scalar after the run << 8.\n"
    starts = []
    for first, count, value in combining(canonical):
        if starts and starts[-1] == first << 8:
            starts.pop()
        starts += [first << 8 | value, (first + count) << 8]
    text += array("uint32_t", "combining_runs", [0] + starts)
    for name, table in (("canonical", canonical), ("compatibility", compatibility)):
        text += "// Scalars in order, and for each its decomposition: place in the pool << 8 | count.\n"
        text += array("uint32_t", f"{name}_keys", sorted(table))
        text += array("uint32_t", f"{name}_places", [pool.place(table[c]) for c in sorted(table)])
    text += array("uint32_t", "decomposition_pool", [ord(c) for c in pool.text])
    text += "// First << 32 | second, in order, and for each what they compose to.\n"
    text += array("uint64_t", "composition_keys", [a << 32 | b for (a, b), _ in pairs])
    text += array("uint32_t", "compositions", [c for _, c in pairs])
    target = pathlib.Path(__file__).resolve().parents[2] / "Sources/CUnicode/tables.h"
    target.write_text(text.rstrip("\n") + "\n")
    print(f"{target}: {len(text)} bytes; {len(canonical)} + {len(compatibility)} decompositions, {len(pairs)} pairs")


if __name__ == "__main__":
    main()
