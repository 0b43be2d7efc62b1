"""English morphology: plurals, verb forms, articles and comparatives, for the words of the lexicon."""

from lexicon import COMPARATIVES

VOWELS = "aeiou"


def article(noun):
  return ("an " if noun[0] in "aeiou" and not noun.startswith("uni") else "a ") + noun


def add_s(word):
  if word.endswith(("s", "sh", "ch", "x")) or word in ("go",):
    return word + "es"
  if word.endswith("y") and word[-2] not in VOWELS:
    return word[:-1] + "ies"
  return word + "s"


def doubles(word):
  """Whether the last letter is doubled before -ing, -ed and -er (run, big; not wait, show, open)."""
  vowels = [letter in VOWELS for letter in word]
  return len(word) > 2 and vowels[-3:] == [False, True, False] and sum(vowels) == 1 and word[-1] not in "wxy"


def add_ing(word):
  if word.endswith("e") and not word.endswith("ee"):
    return word[:-1] + "ing"
  return word + (word[-1] if doubles(word) else "") + "ing"


def add_ed(word):
  if word.endswith("e"):
    return word + "d"
  if word.endswith("y") and word[-2] not in VOWELS:
    return word[:-1] + "ied"
  return word + (word[-1] if doubles(word) else "") + "ed"


def comparative(word):
  if word in COMPARATIVES:
    return COMPARATIVES[word]
  syllables = sum(1 for i, c in enumerate(word) if c in "aeiouy" and (i == 0 or word[i - 1] not in "aeiouy"))
  syllables -= word.endswith("e") and syllables > 1
  if word.endswith("y") and syllables <= 2:
    return word[:-1] + "ier"
  if syllables > 1:
    return "more " + word
  if word.endswith("e"):
    return word + "r"
  return word + (word[-1] if doubles(word) else "") + "er"


class Verb:
  """The forms of a verb; of a phrase such as `wait for`, the first word is inflected."""

  def __init__(self, base, past=None):
    head, _, tail = base.partition(" ")
    tail = " " + tail if tail else ""
    self.base = base
    self.third = add_s(head) + tail
    self.past = past or add_ed(head) + tail
    self.ing = add_ing(head) + tail
