"""The text that the test tokenizers are trained on and the strings that they are tried with, all generated here."""

import random
import unicodedata

NOUNS = "나무 바다 하늘 사람 학교 도서관 고양이 강아지 컴퓨터 언어 모델 날씨 서울 부산 대한민국 수도 음식 커피 노래 책".split()
VERBS = "갑니다 봅니다 먹습니다 읽습니다 만듭니다 있습니다 없습니다 좋아합니다 배웁니다 말했습니다 할까요 하세요".split()
ADVERBS = "오늘 내일 어제 아주 조금 빨리 천천히 함께 다시 항상 이미 아직".split()
PARTICLES = "은 는 이 가 을 를 에서 으로 와 과 도 만 에게 부터 까지".split()
WORDS = ("the a of and to in is it that was river mountain city capital weather model language computer answer "
         "question water light number reads writes makes finds between under after before small large quick slow "
         "hello world today tomorrow never always translation people house friend").split()
JAMO = "ㄱㄴㄷㄹㅁㅂㅅㅇㅈㅊㅋㅌㅍㅎㄲㄸㅃㅆㅉㅏㅑㅓㅕㅗㅛㅜㅠㅡㅣㅐㅔㅢㅄㄳㄶㅀ"
CONTRACTIONS = ["I'm", "you're", "we've", "he'll", "she'd", "don't", "it's", "I'M", "WE'LL", "'S", "'ſ", "'sabc", "''s"]
EMOJI = ["😀", "👍🏽", "👩‍💻", "👨‍👩‍👧‍👦", "🇰🇷", "❤️", "🏳️‍🌈", "1️⃣", "🫠", "✌🏿", "🧑🏻‍🤝‍🧑🏾"]
SCRIPTS = ["สวัสดีครับ", "ภาษาไทย", "नमस्ते दुनिया", "हिन्दी", "مرحبا بالعالم", "שלום עולם", "こんにちは", "カタカナ", "漢字",
           "Привет", "Ελληνικά", "Việt Nam", "ქართული", "አማርኛ", "বাংলা", "தமிழ்", "မြန်မာ", "ខ្មែរ", "བོད", "ᠮᠣᠩᠭᠣᠯ"]
DIGITS = ["٠١٢٣", "०१२", "１２３", "๑๒๓", "Ⅷ", "½", "²³", "①⑳", "㉑", "〇", "一二三", "𝟘𝟙", "𞥐", "৳৪", "፩፪", "꘠", "௧௨", "𑷠"]
CODE = ["def f(x):\n    return x + 1\n", "for (int i = 0; i < 10; ++i) {\n\t\tsum += a[i];\n\t}", "<div class=\"a\">&nbsp;</div>",
        "SELECT * FROM t WHERE id >= 42;", "let s = \"\\u{AC00}\" // 가", "if x:\n        pass\n\n\n\nelse:\n\t\t\t\ty()",
        "#!/bin/sh\necho \"$HOME\" | sed 's/a/b/g'\r\n", "{\"ids\":[1,2,3],\"null\":null}", "a->b::c<D&&>()", "x = y if z else w  # ..."]
SPECIALS = ["[|user|]", "[|assistant|]", "[|endofturn|]", "[|system|]", "[PAD]", "[EOS]", "<|endoftext|>", "[extra_id_7]",
            "[unused42]", "PI:URL", "<|python|>", "<s>", "</s>", "<left>", "<right>", "<both>", "word", "word<s>", "한",
            "Ångstr", "é", "<|begin_of_text|>", "<|eot_id|>", "<|start_header_id|>", "<unk>"]
MARKS = [chr(c) for c in range(0x300, 0x370)] + list("\u0591\u05b0\u064b\u0670\u093c\u094d\u0e38\u0e48\u3099\u309a\u20d0\U0001d165")


def english(rng, low=2, high=7):
    return " ".join(rng.choice(WORDS) for _ in range(rng.randint(low, high)))


def korean(rng):
    text = f"{rng.choice(ADVERBS)} {rng.choice(NOUNS)}{rng.choice(PARTICLES)} "
    return text + f"{rng.choice(NOUNS)}{rng.choice(PARTICLES)} {rng.choice(VERBS)}."


def training_lines():
    rng = random.Random(11)
    lines = []
    for _ in range(1500):
        lines += [korean(rng), english(rng).capitalize() + ".", f"{rng.choice(NOUNS)} {rng.randrange(10000)}"]
    for _ in range(120):
        lines += [rng.choice(CODE), rng.choice(CONTRACTIONS) + " " + english(rng), rng.choice("ㅋㅎㅠㅜ") * rng.randint(2, 9),
                  rng.choice(SCRIPTS), rng.choice(EMOJI) * rng.randint(1, 3), "ＦＵＬＬ ｗｉｄｔｈ " + rng.choice(DIGITS)]
    return lines


def some(rng, low, high, pick):
    return "".join(pick() for _ in range(rng.randint(low, high)))


def blanks(rng):
    return rng.choice([" ", "  ", "   ", "\t", "\t\t", "\n", "\n\n", "\r\n", "\u00a0", "\u3000", "\u2028", "\x0b", "\x85"])


def scalar(rng, top=0x110000):
    while True:
        c = rng.randrange(top)
        if not 0xD800 <= c < 0xE000:
            return chr(c)


def assigned(rng):
    while True:
        c = scalar(rng, 0x20000)
        if unicodedata.category(c) not in ("Cn", "Co", "Lo") or rng.random() < 0.02:
            return c


def invalid(rng):
    pieces = [b"\xff", b"\xc0\x80", b"\xed\xa0\x80", b"\xea\xb0", b"\xf0\x9f\x98", b"\xf4\x90\x80\x80", b"\x80", b"abc", b" ",
              "가나".encode(), "😀".encode(), b"\x00", b"\xe1\x80\xe2\xf0\x91\x92\xf1\xbf\x41"]
    if rng.random() < 0.3:
        return rng.randbytes(rng.randint(1, 12))
    return b"".join(rng.choice(pieces) for _ in range(rng.randint(1, 5)))


def generators():
    """(how many strings, how one is made)"""
    r = random.Random(2026)
    syllable = lambda: chr(0xAC00 + r.randrange(11172))
    old = lambda: chr(r.choice([r.randrange(0x1100, 0x1200), r.randrange(0xA960, 0xA97D), r.randrange(0xD7B0, 0xD7FC)]))
    width = lambda: chr(r.choice([r.randrange(0xFF01, 0xFFEF), r.randrange(0x3131, 0x318F), r.randrange(0x3200, 0x3400)]))
    mixed = [lambda: korean(r), lambda: english(r, 1, 3), lambda: blanks(r), lambda: r.choice(EMOJI),
             lambda: r.choice(SCRIPTS), lambda: r.choice(DIGITS), lambda: r.choice(CONTRACTIONS), lambda: str(r.randrange(10**6))]
    return [
        (140, lambda: korean(r)),
        (120, lambda: english(r) + r.choice([".", "?", "!", " ...", "", "\n"])),
        (150, lambda: some(r, 2, 4, lambda: r.choice(mixed)())),
        (100, lambda: unicodedata.normalize("NFD", korean(r))[: r.randint(2, 20)]),
        (100, lambda: some(r, 1, 8, lambda: r.choice([syllable, old])())),
        (120, lambda: some(r, 1, 8, lambda: r.choice(JAMO)) + r.choice(["", " ", "요"])),
        (60, lambda: r.choice("ㅋㅎㅠㅜ") * r.randint(1, 14) + r.choice(["", "!", " 네"])),
        (100, lambda: some(r, 1, 7, width)),
        (80, lambda: some(r, 1, 4, lambda: r.choice(EMOJI)) + r.choice(["", " ok"])),
        (140, lambda: some(r, 1, 3, lambda: r.choice("aeoㅏ가กक漢1. ") + some(r, 0, 4, lambda: r.choice(MARKS)))),
        (120, lambda: some(r, 1, 4, lambda: " " * r.choice([1, 2, 3, 5, 31, 33]) + r.choice(["", "a", "가", "\n", "1"]))),
        (80, lambda: some(r, 1, 4, lambda: "\t" * r.choice([1, 2, 3, 9, 11]) + r.choice(["", "b", " ", "\n"]))),
        (110, lambda: some(r, 1, 5, lambda: blanks(r)) + r.choice(["", "x", "나", "!"]) + some(r, 0, 4, lambda: blanks(r))),
        (60, lambda: r.choice(CODE)[r.randint(0, 8):]),
        (90, lambda: some(r, 1, 3, lambda: r.choice(DIGITS) + r.choice(["", " ", "1", "a", ","])) + str(r.randrange(10**7))),
        (90, lambda: some(r, 1, 6, lambda: chr(r.choice([*range(32), 127, *range(128, 160), 97, 32, 0xAD, 0x200B, 0xFEFF])))),
        (60, lambda: some(r, 1, 3, lambda: r.choice(CONTRACTIONS) + r.choice(["", " "]))),
        (100, lambda: some(r, 1, 3, lambda: r.choice(SCRIPTS) + r.choice(["", " "]))),
        (170, lambda: some(r, 1, 4, lambda: r.choice(["", " ", "  ", "x", "가", "\n"]) + r.choice(SPECIALS))),
        (120, lambda: some(r, 1, 6, lambda: scalar(r))),
        (120, lambda: some(r, 1, 8, lambda: assigned(r))),
        (30, lambda: some(r, 1, 4, lambda: chr(r.choice([r.randrange(0xE000, 0xF900), r.randrange(0xF0000, 0xFFFFE)])))),
        (120, lambda: {"hex": invalid(r).hex()}),
    ]


def all_strings():
    strings = ["", " ", "\0", "a", "가", "  two\t\ttabs\n\n\nend", "ㅋㅋㅋ ㅠㅠ ㄱㅏ", "①２３ ﬁ ㎏ … ㈜", "\u1100\u1161\u11a8",
               "가\u11a7", "각\u11a8", "Ångström Ångström", "reachable  reachable !! 승 12", "word words sword word_ word.",
               "word\u0301 가word word가 ·word·", "\u212b\u2126\u0340\u0344\u0958\u2adc", "a\u0345\u0323\u0334\u0301" * 3,
               "e" + "\u0301\u0323" * 12, "\u0301", "ᄏᄏᄏ", "x\x07\x1b\x07y\x1b", "'sabc'ſabc 'Re'LL'vE'd"]
    seen = {repr(s) for s in strings}
    for count, make in generators():
        made = 0
        for _ in range(count * 40):
            text = make()
            if repr(text) not in seen and made < count:
                seen.add(repr(text))
                strings.append(text)
                made += 1
    return strings
