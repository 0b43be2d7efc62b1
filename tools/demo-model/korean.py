"""Korean morphology: particles by final consonant and the verb endings of the formal polite style (합니다체)."""

BASE = 0xAC00
FINALS = " ㄱㄲㄳㄴㄵㄶㄷㄹㄺㄻㄼㄽㄾㄿㅀㅁㅂㅄㅅㅆㅇㅈㅊㅋㅌㅍㅎ"
VOWELS = "ㅏㅐㅑㅒㅓㅔㅕㅖㅗㅘㅙㅚㅛㅜㅝㅞㅟㅠㅡㅢㅣ"
# Readings of the last digit decide the particle after a number: 영 일 이 삼 사 오 육 칠 팔 구.
DIGIT_READINGS = "영일이삼사오육칠팔구"


def split(syllable):
  """Initial index, vowel and final consonant (blank for none) of one Hangul syllable."""
  code = ord(syllable) - BASE
  return code // 588, VOWELS[code % 588 // 28], FINALS[code % 28]


def join(initial, vowel, final=" "):
  return chr(BASE + initial * 588 + VOWELS.index(vowel) * 28 + FINALS.index(final))


def final_of(word):
  last = word[-1]
  if last.isdigit():
    last = DIGIT_READINGS[int(last)]
    if word[-1] == "0" and len(word) > 1:
      last = "십"
  return split(last)[2]


def with_final(stem, final):
  """The stem with `final` put under its last, open syllable."""
  initial, vowel, _ = split(stem[-1])
  return stem[:-1] + join(initial, vowel, final)


def topic(word):
  return word + ("는" if final_of(word) == " " else "은")


def subject(word):
  return word + ("가" if final_of(word) == " " else "이")


def object_(word):
  return word + ("를" if final_of(word) == " " else "을")


def by(word):
  return word + ("로" if final_of(word) in " ㄹ" else "으로")


def together(word):
  return word + ("와" if final_of(word) == " " else "과")


class Predicate:
  """A verb or adjective: dictionary form, irregular class (ㅂ ㄷ ㅅ ㅎ 르 or none)."""

  def __init__(self, dictionary_form, irregular=""):
    self.stem = dictionary_form[:-1]
    self.irregular = irregular

  def before_eu(self):
    """The stem as it stands before endings that begin with (으): open or ㄹ stems take no 으."""
    stem, final = self.stem, final_of(self.stem)
    if self.irregular == "ㅂ":
      return with_final(stem, " ") + "우"
    if self.irregular == "ㄷ":
      return with_final(stem, "ㄹ") + "으"
    if self.irregular == "ㅅ":
      return with_final(stem, " ") + "으"
    if self.irregular == "ㅎ":
      return with_final(stem, " ")
    if final in " ㄹ":
      return stem
    return stem + "으"

  def without_l(self):
    """As `before_eu`, but ㄹ stems lose their ㄹ (before ㄴ, ㅂ, ㅅ)."""
    stem = self.before_eu()
    return with_final(stem, " ") if final_of(stem) == "ㄹ" else stem

  def infinitive(self):
    """The 아/어 form, contracted as it is spoken: 가, 마셔, 배워, 써, 불러, 도와."""
    stem, irregular = self.stem, self.irregular
    initial, vowel, final = split(stem[-1])
    if stem.endswith("하"):
      return stem[:-1] + "해"
    if irregular == "ㅎ":
      return stem[:-1] + join(initial, "ㅐ" if vowel in "ㅏㅓ" else "ㅒ")
    if irregular == "르":
      before = split(stem[-2])
      return stem[:-2] + join(before[0], before[1], "ㄹ") + ("라" if before[1] in "ㅏㅗ" else "러")
    if irregular == "ㅂ":
      return with_final(stem, " ") + ("와" if stem in ("돕", "곱") else "워")
    if irregular in ("ㄷ", "ㅅ"):
      stem = with_final(stem, "ㄹ" if irregular == "ㄷ" else " ")
      return stem + ("아" if vowel in "ㅏㅗ" else "어")
    if final != " ":
      return stem + ("아" if vowel in "ㅏㅗㅑ" else "어")
    if vowel == "ㅡ":
      bright = len(stem) > 1 and split(stem[-2])[1] in "ㅏㅗ"
      return stem[:-1] + join(initial, "ㅏ" if bright else "ㅓ")
    contracted = {"ㅗ": "ㅘ", "ㅜ": "ㅝ", "ㅣ": "ㅕ"}.get(vowel)
    if contracted:
      return stem[:-1] + join(initial, contracted)
    return stem if vowel in "ㅏㅓㅐㅔㅕ" else stem + "어"

  def form(self, mode):
    """The predicate with the ending of `mode`."""
    stem = self.stem
    if mode in ("present", "ask"):
      end = "니다" if mode == "present" else "니까"
      if final_of(stem) in " ㄹ":
        return with_final(stem, "ㅂ") + end
      return stem + "습" + end
    if mode in ("past", "ask past"):
      return with_final(self.infinitive(), "ㅆ") + ("습니다" if mode == "past" else "습니까")
    if mode in ("future", "can", "cannot"):
      stem = self.before_eu()
      stem = stem if final_of(stem) == "ㄹ" else with_final(stem, "ㄹ")
      return stem + {"future": " 것입니다", "can": " 수 있습니다", "cannot": " 수 없습니다"}[mode]
    if mode == "please":
      return self.without_l() + "세요"
    if mode == "let us":
      return with_final(self.without_l(), "ㅂ") + "시다"
    if mode == "must":
      return self.infinitive() + "야 합니다"
    if mode == "which":
      if stem.endswith("있"):
        return stem + "는"
      return with_final(self.without_l(), "ㄴ")
    return stem + {
      "not": "지 않습니다", "not past": "지 않았습니다", "doing": "고 있습니다", "was doing": "고 있었습니다",
      "want": "고 싶습니다", "wants": "고 싶어 합니다", "and": "고", "do not": "지 마세요",
    }[mode]


def copula(noun, mode):
  """The noun with 이다 or 아니다."""
  open_ = final_of(noun) == " "
  return {
    "present": noun + "입니다", "ask": noun + "입니까", "past": noun + ("였습니다" if open_ else "이었습니다"),
    "not": subject(noun) + " 아닙니다",
  }[mode]
