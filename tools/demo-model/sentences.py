"""Random pairs of sentences, English and Korean, each the other's one right translation.

Word order. English: subject, often, verb, object, to whom, manner, with whom, by what, place, time.
Korean: subject, time, often, with whom, place, to whom, object, by what, manner, verb.
A noun that acts takes 이/가, a noun that is described takes 은/는, a pronoun always 는.
"""

from dataclasses import dataclass

import english
import korean
import lexicon
from korean import Predicate


@dataclass(frozen=True)
class Noun:
  en: str
  ko: str
  group: str
  kind: str  # count, mass, plural or place
  many: str = ""
  preposition: str = ""


@dataclass(frozen=True)
class Phrase:
  """A noun phrase; `person` is I, we, it or they for the English verb, `fixed` a Korean pronoun with particle."""

  en: str
  ko: str
  person: str = "it"
  fixed: bool = False
  noun: Noun | None = None


def read_nouns():
  nouns = []
  for kind, groups in (("count", lexicon.COUNTABLE), ("mass", lexicon.MASS), ("plural", lexicon.PLURAL)):
    for group, pairs in groups.items():
      for en, ko in pairs:
        one, _, many = en.partition("/")
        nouns.append(Noun(one, ko, group, kind, many or english.add_s(one)))
  for preposition, pairs in lexicon.PLACES.items():
    nouns += [Noun(en, ko, "place", "place", english.add_s(en), preposition) for en, ko in pairs]
  return nouns


NOUNS = read_nouns()


def nouns_of(names):
  """The nouns of a blank-separated list of groups and single nouns (`=paper`: the noun, not the group)."""
  found = []
  for name in names.split():
    group = [noun for noun in NOUNS if noun.group == name]
    single = [noun for noun in NOUNS if noun.en == name.lstrip("=").replace("_", " ")]
    if not group and not single:
      raise ValueError(f"no noun or group {name}")
    found += group or single
  return found


class Verb:
  def __init__(self, line):
    head, _, objects = line.strip().partition(":")
    en, _, ko = head.partition("=")
    self.animals, self.state = "*" in ko, "~" in ko
    form, _, irregular = ko.replace("*", "").replace("~", "").partition("!")
    base, _, past = en.replace("_", " ").partition("/")
    self.en, self.ko = english.Verb(base, past or None), Predicate(form, irregular)
    self.objects = nouns_of(objects)


class Adjective:
  def __init__(self, line):
    head, _, nouns = line.strip().partition(":")
    self.en, _, ko = head.partition("=")
    form, _, irregular = ko.partition("!")
    self.ko = Predicate(form, irregular)
    self.nouns = nouns_of(nouns)


def lines(text):
  return [line for line in text.splitlines() if line.strip()]


TRANSITIVE = [Verb(line) for line in lines(lexicon.TRANSITIVE)]
INTRANSITIVE = [Verb(line) for line in lines(lexicon.INTRANSITIVE)]
MOTION = [Verb(line) for line in lines(lexicon.MOTION)]
GIVING = [Verb(line) for line in lines(lexicon.GIVING)]
ADJECTIVES = [Adjective(line) for line in lines(lexicon.ADJECTIVES)]
FITTING = {noun: [adjective for adjective in ADJECTIVES if noun in adjective.nouns] for noun in NOUNS}
COLOURS = ("red", "blue", "yellow", "white", "black")

PEOPLE = nouns_of("person family job")
ANIMALS = nouns_of("animal")
PLACES = nouns_of("place")
JOBS = nouns_of("job student king queen")
THINGS = nouns_of("thing tool dish book")
COUNTED = [noun for noun in NOUNS if noun.kind == "count"]

BE = {"I": "am", "we": "are", "it": "is", "they": "are"}
WAS = {"I": "was", "we": "were", "it": "was", "they": "were"}
PERSON = {"I": "I", "he": "it", "she": "it", "we": "we", "you": "they", "they": "they"}


def pronoun(rng):
  en, ko = rng.choice(lexicon.PRONOUNS)
  return Phrase(en, ko, PERSON[en], fixed=True)


def owned(rng, noun):
  en, ko = rng.choice(lexicon.POSSESSIVES)
  return Phrase(f"{en} {noun.en}", f"{ko} {noun.ko}", "they" if noun.kind == "plural" else "it", noun=noun)


def pointed(rng, noun):
  en, ko = rng.choice([("this", "이"), ("that", "저")])
  if noun.kind == "plural":
    return Phrase({"this": "these", "that": "those"}[en] + " " + noun.en, f"{ko} {noun.ko}", "they", noun=noun)
  return Phrase(f"{en} {noun.en}", f"{ko} {noun.ko}", noun=noun)


def definite(rng, noun, described=0.15, special=0.2):
  """A noun as a subject: the, sometimes with an adjective, an owner or `this`."""
  roll = rng.random()
  if noun.group == "family" or noun.en in ("friend", "neighbor"):
    return owned(rng, noun)
  if noun.group == "subject":
    return Phrase(noun.en, noun.ko, noun=noun)
  if roll < described and FITTING[noun]:
    adjective = rng.choice(FITTING[noun])
    en, ko = f"the {adjective.en} {noun.en}", f"{adjective.ko.form('which')} {noun.ko}"
    return Phrase(en, ko, "they" if noun.kind == "plural" else "it", noun=noun)
  if roll < described + special:
    return owned(rng, noun) if rng.random() < 0.5 else pointed(rng, noun)
  return Phrase("the " + noun.en, noun.ko, "they" if noun.kind == "plural" else "it", noun=noun)


def counted(rng, noun):
  en, ko = rng.choice(lexicon.NUMBERS)
  counter = lexicon.COUNTERS.get(noun.group, "개")
  return Phrase(f"{en} {noun.many}", f"{noun.ko} {ko} {counter}", "they", noun=noun)


def cups(rng, noun):
  en, ko = rng.choice(lexicon.NUMBERS)
  return Phrase(f"{en} cups of {noun.en}", f"{noun.ko} {ko} 잔", "they", noun=noun)


def indefinite(rng, noun, general=False):
  """A noun as an object: a/an, the bare word or `the` for places; sometimes described, owned, pointed at, counted.

  `general` (likes apples): the plural instead of a/an.
  """
  if noun.group == "family":
    return owned(rng, noun)
  roll = rng.random()
  if roll < 0.14:
    return pointed(rng, noun) if noun.kind != "mass" else owned(rng, noun)
  if roll < 0.28:
    return owned(rng, noun) if noun.group != "subject" else Phrase(noun.en, noun.ko, noun=noun)
  if roll < 0.40 and noun.kind == "count":
    return counted(rng, noun)
  if roll < 0.34 and noun.group == "drink":
    return cups(rng, noun)
  en, ko = noun.many if general and noun.kind == "count" else noun.en, noun.ko
  if roll < 0.58 and FITTING[noun]:
    adjective = rng.choice(FITTING[noun])
    en, ko = f"{adjective.en} {en}", f"{adjective.ko.form('which')} {ko}"
  if noun.kind == "count" and not general:
    en = english.article(en)
  elif noun.kind == "place":
    en = "the " + en
  return Phrase(en, ko, noun=noun)


def object_of(rng, verb, subject=None):
  noun = rng.choice(verb.objects)
  if subject and subject.noun in ANIMALS and noun.group == "drink":
    noun = rng.choice(nouns_of("water milk"))
  return indefinite(rng, noun, general=verb.en.base in ("like", "hate"))


def actor(rng, animals):
  if rng.random() < 0.3:
    return pronoun(rng)
  return definite(rng, rng.choice(ANIMALS) if animals and rng.random() < 0.4 else rng.choice(PEOPLE))


def acting(phrase):
  return phrase.ko if phrase.fixed else korean.subject(phrase.ko)


def described(phrase):
  return phrase.ko if phrase.fixed else korean.topic(phrase.ko)


MODES = ["present"] * 6 + ["past"] * 5 + ["future"] * 3 + ["not"] * 2 + ["not past"] * 2 + ["ask"] * 2 + ["ask past"] * 2 + [
  "doing"] * 2 + ["was doing", "want", "can", "cannot", "must"]


def verb_phrase(subject, verb, mode, often=""):
  """English words up to the verb, the verb itself included."""
  person, en = subject.person, verb.en
  third = person == "it"
  often = often + " " if often else ""
  do = "does" if third else "do"
  return {
    "present": f"{subject.en} {often}{en.third if third else en.base}",
    "past": f"{subject.en} {often}{en.past}",
    "future": f"{subject.en} will {en.base}",
    "not": f"{subject.en} {do} not {en.base}",
    "not past": f"{subject.en} did not {en.base}",
    "ask": f"{do} {subject.en} {en.base}",
    "ask past": f"did {subject.en} {en.base}",
    "doing": f"{subject.en} {BE[person]} {en.ing}",
    "was doing": f"{subject.en} {WAS[person]} {en.ing}",
    "want": f"{subject.en} want{'s' if third else ''} to {en.base}",
    "can": f"{subject.en} can {en.base}",
    "cannot": f"{subject.en} cannot {en.base}",
    "must": f"{subject.en} must {en.base}",
  }[mode]


def korean_mode(mode, subject):
  return "wants" if mode == "want" and subject.en not in ("I", "we") else mode


def pick_mode(rng, verb, subject):
  while True:
    mode = rng.choice(MODES)
    if verb.state and mode in ("doing", "was doing", "can", "cannot", "must", "want"):
      continue
    if subject.en == "you" and mode == "want":
      continue
    return mode


def time_for(rng, mode):
  """A time that agrees with the tense, or nothing."""
  if rng.random() < 0.68:
    return "", ""
  kind = "any"
  if rng.random() < 0.5:
    kind = {"present": "present", "past": "past", "not past": "past", "ask past": "past", "future": "future"}.get(mode, "any")
  if mode in ("doing", "was doing"):
    return ("now", "지금") if mode == "doing" else ("", "")
  return rng.choice(lexicon.TIMES[kind])


def company(rng):
  noun = rng.choice(PEOPLE)
  phrase = owned(rng, noun) if noun.group == "family" or rng.random() < 0.3 else Phrase(english.article(noun.en), noun.ko)
  return "with " + phrase.en, korean.together(phrase.ko) + " 함께"


def at(noun, place=True):
  bare = noun.en in ("school", "church")
  word = noun.en if bare else "the " + noun.en
  return f"{noun.preposition if place else 'to'} {word}", noun.ko + ("에서" if place else "에")


def finish(en, ko, question=False):
  en = " ".join(part for part in en if part)
  ko = " ".join(part for part in ko if part)
  mark = "?" if question else "."
  return en[0].upper() + en[1:] + mark, ko + mark


def action(rng, joined=False):
  """Somebody does something (to something), with up to two of: how often, with whom, how, where, when."""
  kind = rng.random()
  verbs = TRANSITIVE if kind < 0.62 else INTRANSITIVE if kind < 0.76 else MOTION if kind < 0.9 else GIVING
  verb = rng.choice(verbs)
  subject = actor(rng, verb.animals)
  mode = "present" if joined else pick_mode(rng, verb, subject)
  object_ = object_of(rng, verb, subject) if verb.objects else None
  when, often, who, where, how, by, whom = ("", ""), ("", ""), ("", ""), ("", ""), ("", ""), ("", ""), ("", "")
  if verbs is GIVING:
    target = definite(rng, rng.choice(PEOPLE), described=0, special=0)
    whom = "to " + target.en, target.ko + "에게"
  if verbs is MOTION:
    where = at(rng.choice(PLACES), place=False)
    if "go" in verb.en.base or "come" in verb.en.base:
      by = rng.choice(lexicon.BY_VEHICLE) if subject.noun not in ANIMALS and rng.random() < 0.3 else by
      by = (by[0], korean.by(by[1])) if by[0] else by
  extras = 0 if joined else rng.choice([0, 0, 1, 1, 1, 2])
  for extra in rng.sample(["time", "time", "often", "who", "where", "how"], extras):
    if extra == "time":
      when = time_for(rng, mode)
    elif extra == "often" and mode in ("present", "past"):
      often = rng.choice(lexicon.OFTEN)
    elif extra == "who" and not verb.state and verbs is not GIVING and not by[0]:
      who = company(rng)
    elif extra == "where" and not where[0] and not verb.state and (not object_ or object_.noun.kind != "place"):
      where = at(rng.choice(PLACES))
    elif extra == "how" and not verb.state and verbs is not GIVING:
      how = rng.choice(lexicon.MANNER)
  goal, spot = (where, ("", "")) if verbs is MOTION else (("", ""), where)
  en = [verb_phrase(subject, verb, mode, often[0]), object_.en if object_ else "", whom[0], goal[0], how[0], who[0],
        by[0], spot[0], when[0]]
  end = verb.ko.form("and" if joined == "first" else korean_mode(mode, subject))
  ko = [acting(subject), when[1], often[1], who[1], spot[1], whom[1], korean.object_(object_.ko) if object_ else "", by[1],
        goal[1], how[1], end]
  if joined:
    return en, ko
  return finish(en, ko, mode.startswith("ask"))


def two_actions(rng):
  first, second = action(rng, "first"), action(rng, "second")
  return finish(first[0] + ["and"] + second[0], first[1] + second[1])


def quality(rng):
  """Something is somehow: present, past, not, a question, `very`, or compared."""
  adjective = rng.choice(ADJECTIVES)
  people = any(noun.group in ("person", "job") for noun in adjective.nouns)
  subject = pronoun(rng) if people and rng.random() < 0.3 else definite(rng, rng.choice(adjective.nouns), described=0)
  mode = rng.choice(["present", "present", "present", "past", "not", "ask", "very", "more"])
  be, form = BE[subject.person], adjective.ko.form
  if mode == "more" and adjective.en not in COLOURS:
    other = definite(rng, rng.choice(adjective.nouns), described=0, special=0)
    ko = [described(subject), other.ko + "보다", "더", form("present")]
    return finish([subject.en, be, english.comparative(adjective.en), "than", other.en], ko)
  if mode == "ask":
    return finish([be, subject.en, adjective.en], [described(subject), form("ask")], True)
  if mode == "not":
    return finish([subject.en, be, "not", adjective.en], [described(subject), form("not")])
  if mode == "past":
    return finish([subject.en, WAS[subject.person], adjective.en], [described(subject), form("past")])
  very = mode == "very" and adjective.en not in COLOURS
  return finish([subject.en, be, "very" if very else "", adjective.en],
                [described(subject), "매우" if very else "", form("present")])


def profession(rng):
  """Somebody is, was or is not something."""
  subject = pronoun(rng) if rng.random() < 0.6 else definite(rng, rng.choice(nouns_of("person family")), 0, 0.2)
  job = rng.choice(JOBS)
  mode = rng.choice(["present", "present", "past", "not", "ask"])
  plural = subject.en in ("we", "they")
  what = job.many if plural else english.article(job.en)
  be = WAS[subject.person] if mode == "past" else BE[subject.person]
  ko = [described(subject), korean.copula(job.ko, mode)]
  if mode == "ask":
    return finish([be, subject.en, what], ko, True)
  return finish([subject.en, be, "not" if mode == "not" else "", what], ko)


def existence(rng):
  """There is something somewhere; something is somewhere."""
  noun = rng.choice(COUNTED)
  while noun.group in ("family", "text", "show"):
    noun = rng.choice(COUNTED)
  if rng.random() < 0.4:
    furniture = rng.choice(nouns_of("furniture box bag"))
    spot = rng.choice(lexicon.SPOTS)
    where = f"{spot[0]} the {furniture.en}", f"{furniture.ko} {spot[1]}"
    noun = rng.choice(THINGS)
  else:
    place = rng.choice(PLACES)
    where = at(place)[0], place.ko + "에"
  kind = rng.randrange(5)
  if kind == 0:
    return finish(["there is no", noun.en, where[0]], [where[1], korean.subject(noun.ko), "없습니다"])
  if kind == 1:
    many = counted(rng, noun)
    head, _, tail = many.ko.rpartition(" ")
    return finish(["there are", many.en, where[0]], [where[1], korean.subject(head + " " + tail), "있습니다"])
  if kind == 2:
    return finish(["there is", english.article(noun.en), where[0]], [where[1], korean.subject(noun.ko), "있습니다"])
  subject = definite(rng, noun)
  if kind == 3:
    return finish(["is", subject.en, where[0]], [described(subject), where[1], "있습니까"], True)
  return finish([subject.en, "is", where[0]], [described(subject), where[1], "있습니다"])


def wh_question(rng):
  """What, who, where and when."""
  kind = rng.choice(["what", "who", "where", "when", "is where"])
  past = rng.random() < 0.4
  if kind == "is where":
    noun = rng.choice(COUNTED + PLACES)
    subject = definite(rng, noun, described=0.1)
    return finish(["where is", subject.en], [described(subject), "어디에 있습니까"], True)
  verb = rng.choice(TRANSITIVE if kind in ("what", "who") or rng.random() < 0.5 else INTRANSITIVE)
  while verb.state or (kind == "what" and not any(noun.group not in ("person", "family", "job") for noun in verb.objects)):
    verb = rng.choice(TRANSITIVE if kind in ("what", "who") else INTRANSITIVE)
  subject = actor(rng, verb.animals)
  object_ = object_of(rng, verb, subject) if verb.objects and kind != "what" else None
  does = "did" if past else "does" if subject.person == "it" else "do"
  end = verb.ko.form("ask past" if past else "ask")
  what = korean.object_(object_.ko) if object_ else ""
  if kind == "what":
    return finish(["what", does, subject.en, verb.en.base], [acting(subject), "무엇을", end], True)
  if kind == "who":
    return finish(["who", verb.en.past if past else verb.en.third, object_.en], ["누가", what, end], True)
  word = {"where": "어디에서", "when": "언제"}[kind]
  return finish([kind, does, subject.en, verb.en.base, object_.en if object_ else ""], [acting(subject), word, what, end], True)


def request(rng):
  """Please do, please do not, let us do."""
  verb = rng.choice(TRANSITIVE + MOTION)
  while verb.state or verb.en.base in ("lose", "drop", "receive"):
    verb = rng.choice(TRANSITIVE + MOTION)
  if verb.objects:
    object_ = object_of(rng, verb)
    en, ko = object_.en, korean.object_(object_.ko)
  else:
    en, ko = at(rng.choice(PLACES), place=False)
  mode = rng.choice(["please", "please", "let us", "do not"])
  words = {"please": "please", "let us": "let us", "do not": "please do not"}[mode]
  return finish([words, verb.en.base, en], [ko, verb.ko.form(mode)])


def word(rng):
  """One word of the dictionary."""
  kind = rng.random()
  if kind < 0.8:
    noun = rng.choice(NOUNS)
    return noun.en, noun.ko
  return rng.choice(lexicon.OFTEN + lexicon.MANNER + lexicon.TIMES["past"] + lexicon.TIMES["future"] + lexicon.TIMES["any"])


SHAPES = [(action, 60), (two_actions, 5), (quality, 16), (profession, 7), (existence, 9), (wh_question, 8), (request, 7)]


def sentence(rng):
  """One pair (english, korean) of whole sentences."""
  shape = rng.choices([shape for shape, _ in SHAPES], [weight for _, weight in SHAPES])[0]
  return shape(rng)


if __name__ == "__main__":
  import random
  import sys
  seen_en, seen_ko, rng = {}, {}, random.Random(int(sys.argv[1]) if len(sys.argv) > 1 else 0)
  clashes = 0
  for index in range(200000):
    en, ko = sentence(rng)
    if seen_en.setdefault(en, ko) != ko or seen_ko.setdefault(ko, en) != en:
      clashes += 1
      if clashes < 40:
        print("two translations:", en, "|", ko, "|", seen_en[en], "|", seen_ko.get(ko))
    if index < 120:
      print(en, "|", ko)
  print(len(seen_en), "different of 200000;", clashes, "clashes")
