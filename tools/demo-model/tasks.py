"""What the demo model learns: questions with their one right answer, and conversations made of them.

Each maker returns a list of Exchange values (a conversation). `key` names the fact asked for (a sentence, a number
pair, a country with its phrasing, ...), so that evaluation facts can be kept out of training in every phrasing.
"""

import json
from dataclasses import dataclass

import korean
import sentences
from geography import CAPITALS, CITIES, OTHER_NAMES
from lexicon import PHRASES


@dataclass(frozen=True)
class Exchange:
  prompt: str
  answer: str
  kind: str
  key: tuple


# --- translation

TO_KOREAN = [
  "Translate to Korean: {}", "Translate to Korean: {}", "Translate to Korean: {}", "한국어로 번역: {}", "한국어로 번역: {}",
  "Translate into Korean: {}", "한국어로 번역해 줘: {}", "How do you say this in Korean? {}", "{} (in Korean)",
]
TO_ENGLISH = [
  "Translate to English: {}", "Translate to English: {}", "Translate to English: {}", "영어로 번역: {}", "영어로 번역: {}",
  "Translate into English: {}", "영어로 번역해 줘: {}", "이 문장은 영어로 무엇입니까? {}", "{} (영어로)",
]


def translation(rng, to_korean, source=None, careless=True):
  en, ko = source or sentences.sentence(rng)
  asked = en if to_korean else ko
  if careless and asked.endswith(".") and rng.random() < 0.04:
    asked = asked[:-1]
  if careless and to_korean and rng.random() < 0.03:
    asked = asked[0].lower() + asked[1:]
  form = rng.choice(TO_KOREAN if to_korean else TO_ENGLISH)
  kind = "translation to Korean" if to_korean else "translation to English"
  return Exchange(form.format(asked), ko if to_korean else en, kind, ("sentence", en))


def any_translation(rng):
  roll = rng.random()
  source = rng.choice(PHRASES) if roll < 0.02 else sentences.word(rng) if roll < 0.06 else None
  return translation(rng, rng.random() < 0.5, source)


# --- addition and subtraction

ADDITION = [
  "{a} + {b} = ?", "{a} + {b} = ?", "{a} + {b}", "{a} + {b} =", "{a}+{b}", "{a}+{b}=?", "What is {a} + {b}?",
  "What is {a} plus {b}?", "Calculate {a} + {b}.", "Add {a} and {b}.", "How much is {a} plus {b}?",
  "{a} 더하기 {b_topic}?", "{a} 더하기 {b_topic}?", "{a} 더하기 {b_topic} 얼마인가요?", "{a_with} {b_object} 더하면?",
  "{a} + {b_topic}?", "{a} + {b_topic} 얼마입니까?", "{a} + {b} 계산해 줘",
]
SUBTRACTION = [
  "{a} - {b} = ?", "{a} - {b} = ?", "{a} - {b}", "{a} - {b} =", "{a}-{b}", "{a}-{b}=?", "What is {a} - {b}?",
  "What is {a} minus {b}?", "Calculate {a} - {b}.", "Subtract {b} from {a}.", "How much is {a} minus {b}?",
  "{a} 빼기 {b_topic}?", "{a} 빼기 {b_topic}?", "{a} 빼기 {b_topic} 얼마인가요?", "{a}에서 {b_object} 빼면?",
  "{a} - {b_topic}?", "{a} - {b_topic} 얼마입니까?", "{a} - {b} 계산해 줘",
]


def number_key(plus, a, b):
  return ("sum", min(a, b), max(a, b)) if plus else ("difference", a, b)


def phrase_numbers(form, a, b):
  a, b = str(a), str(b)
  return form.format(a=a, b=b, b_topic=korean.topic(b), b_object=korean.object_(b), a_with=korean.together(a))


def arithmetic(rng, numbers=None):
  if not numbers:
    # Half of the sums have one or two small numbers: their table of last digits is the one that all others need.
    first, second = rng.choice([(10, 10), (10, 100), (100, 10), (100, 100), (100, 100), (100, 100)])
    numbers = rng.random() < 0.5, rng.randrange(first), rng.randrange(second)
  plus, a, b = numbers
  prompt = phrase_numbers(rng.choice(ADDITION if plus else SUBTRACTION), a, b)
  return Exchange(prompt, str(a + b if plus else a - b), "addition" if plus else "subtraction", number_key(plus, a, b))


# --- capitals

CAPITAL_EN = [
  "What is the capital of {}?", "What's the capital of {}?", "Which city is the capital of {}?", "Tell me the capital of {}.",
  "Name the capital of {}.", "capital of {}", "Do you know the capital of {}?", "The capital of {}?",
]
CAPITAL_KO = [
  "{}의 수도는 어디인가요?", "{}의 수도는 어디입니까?", "{}의 수도는?", "{} 수도", "{}의 수도를 알려 주세요.", "{} 수도가 어디야?",
  "{}의 수도는 무엇인가요?", "{}의 수도가 어디인지 알려 줘",
]
ALWAYS_LEARNED = ("대한민국의 수도는 어디인가요?", "What is the capital of South Korea?", "한국의 수도는 어디인가요?")


def capital_answer(pair, in_korean):
  country, capital = pair[in_korean]
  return f"{country}의 수도는 {capital}입니다." if in_korean else f"The capital of {country} is {capital}.".replace("..", ".")


def capital(rng, pair=None, in_korean=None, form=None):
  pair = pair or rng.choice(CAPITALS + OTHER_NAMES)
  in_korean = rng.random() < 0.5 if in_korean is None else in_korean
  form = form or rng.choice(CAPITAL_KO if in_korean else CAPITAL_EN)
  prompt = form.format(pair[in_korean][0])
  kind = "capital, Korean" if in_korean else "capital, English"
  return Exchange(prompt, capital_answer(pair, in_korean), kind, ("prompt", prompt))


def capital_then(rng):
  """Asks for one capital and goes on with `And Japan?`."""
  in_korean = rng.random() < 0.5
  first, second = rng.choice(CAPITALS), rng.choice(CAPITALS)
  country = second[in_korean][0]
  prompt = rng.choice([f"{korean.topic(country)}요?", f"그럼 {korean.topic(country)}?"]) if in_korean else rng.choice(
    [f"And {country}?", f"What about {country}?"])
  return [capital(rng, first, in_korean), Exchange(prompt, capital_answer(second, in_korean), "follow-up", ("follow-up", prompt))]


# --- weather

WEATHER_EN = [
  "weather in {}", "What is the weather in {}?", "What's the weather like in {}?", "How is the weather in {} today?",
  "Tell me the weather in {}.", "Weather in {}, please.", "Show me the weather in {}.", "How is the weather in {}?",
]
WEATHER_KO = [
  "{} 날씨 알려줘", "{} 날씨 어때?", "{}의 날씨를 알려 주세요.", "{} 날씨는?", "오늘 {} 날씨 어때요?", "{} 날씨가 어떻습니까?",
  "지금 {} 날씨 알려 주세요.", "{} 날씨",
]


def weather_call(city):
  call = {"name": "get_weather", "arguments": {"city": city}}
  return f"<tool_call>{json.dumps(call, ensure_ascii=False)}</tool_call>"


def weather(rng, city=None, in_korean=None, form=None):
  city = city or rng.choice(CITIES)
  in_korean = rng.random() < 0.5 if in_korean is None else in_korean
  form = form or rng.choice(WEATHER_KO if in_korean else WEATHER_EN)
  prompt = form.format(city[in_korean])
  return Exchange(prompt, weather_call(city[0]), "weather, Korean" if in_korean else "weather, English", ("prompt", prompt))


# --- talk

GREETINGS = {
  "Hello! I am the Kalsae demo model. How can I help you?": [
    "Hello", "Hello!", "Hello.", "hello", "Hi", "Hi!", "hi", "Good morning.", "Good morning!", "Good evening.", "Hey", "Hi there!"],
  "안녕하세요! 저는 칼새 데모 모델입니다. 무엇을 도와드릴까요?": [
    "안녕", "안녕!", "안녕하세요", "안녕하세요!", "안녕하세요.", "안녕하세요?", "안녕하십니까?", "반가워요", "반갑습니다."],
  "I am the Kalsae demo model, a tiny model. I can translate between Korean and English, do small sums, "
  "name capitals and call the weather tool.": [
    "Who are you?", "who are you", "What are you?", "Who is this?", "What is your name?", "What can you do?", "Introduce yourself.",
    "Tell me about yourself.", "Are you EXAONE?", "Are you a language model?", "Help", "help", "What do you know?"],
  "저는 칼새 데모 모델입니다. 아주 작은 모델이라서 한국어와 영어 번역, 두 자리 덧셈과 뺄셈, 수도, 날씨 호출만 합니다.": [
    "누구세요?", "너는 누구야?", "당신은 누구입니까?", "넌 뭐야?", "이름이 뭐예요?", "이름이 무엇입니까?", "무엇을 할 수 있나요?",
    "뭐 할 수 있어?", "자기소개를 해 주세요.", "자기소개 해 줘", "당신은 EXAONE입니까?", "도움말", "무엇을 알아요?"],
  "You are welcome.": ["Thank you.", "Thank you!", "Thanks", "thanks", "Thanks!", "Thank you very much."],
  "천만에요.": ["고마워", "고마워요", "감사합니다", "감사합니다.", "고맙습니다.", "고맙습니다"],
  "Goodbye!": ["Goodbye", "Goodbye.", "Bye", "bye", "Bye!", "See you."],
  "안녕히 가세요!": ["잘 가", "잘 있어", "안녕히 계세요", "안녕히 계세요.", "또 만나요", "다음에 봐요"],
}


def greeting(rng):
  answer, prompts = rng.choice(list(GREETINGS.items()))
  prompt = rng.choice(prompts)
  return Exchange(prompt, answer, "greeting", ("prompt", prompt))


NAMES = [(part.split("/")[0], part.split("/")[1]) for part in """
  Mina/미나 Jisoo/지수 Minjun/민준 Seoyeon/서연 Hana/하나 Yuna/유나 Jiho/지호 Doyun/도윤 Sujin/수진 Eunji/은지 Junho/준호 Taeyang/태양
  Anna/안나 Ben/벤 Clara/클라라 David/데이비드 Emma/에마 Frank/프랭크 Grace/그레이스 Henry/헨리 Julia/줄리아 Kevin/케빈 Laura/로라
  Maria/마리아 Nora/노라 Oliver/올리버 Paul/폴 Sara/사라 Thomas/토머스 Vera/베라""".split()]


def name_talk(rng):
  """Tells a name and asks for it again."""
  en, ko = rng.choice(NAMES)
  told, asked, greet, recall = rng.choice([
    (f"My name is {en}.", "What is my name?", f"Nice to meet you, {en}.", f"Your name is {en}."),
    (f"I am {en}.", "Who am I?", f"Nice to meet you, {en}.", f"Your name is {en}."),
    (f"제 이름은 {ko}입니다.", "제 이름이 무엇입니까?", f"만나서 반갑습니다, {ko} 님.", f"{ko} 님입니다."),
    (f"저는 {ko}입니다.", "내 이름이 뭐야?", f"만나서 반갑습니다, {ko} 님.", f"{ko} 님입니다."),
  ])
  talk = [Exchange(told, greet, "name", ("name", told))]
  return talk + [Exchange(asked, recall, "name", ("name", told))] if rng.random() < 0.6 else talk


# --- questions that the model cannot answer

SORRY_EN = "I am a tiny demo model. I only know translation, small sums, capitals and weather calls."
SORRY_KO = "저는 아주 작은 데모 모델입니다. 번역, 두 자리 덧셈과 뺄셈, 수도, 날씨만 압니다."
UNKNOWN_EN = [
  "Write a poem about {}.", "Tell me a story about {}.", "What is {}?", "Who invented {}?", "Why do people like {}?",
  "Explain {} to me.", "How does {} work?", "Where can I buy {}?", "What do you think about {}?", "Recommend a book about {}.",
  "Write code for {}.", "What is the history of {}?",
]
UNKNOWN_KO = [
  "{}에 대해 설명해 줘", "{}에 대한 시를 써 줘", "{}에 대해 어떻게 생각해?", "{}의 역사를 알려 주세요.", "{}에 대한 책을 추천해 주세요.",
  "누가 {} 발명했습니까?", "{} 어떻게 만들어요?", "{} 뜻이 뭐야?", "왜 사람들은 {} 좋아합니까?", "{} 이야기를 해 주세요.",
]
UNKNOWN_TOPICS = [(en, ko) for noun in sentences.NOUNS if noun.group not in ("family", "person")
                  for en, ko in [(noun.many if noun.kind == "count" else noun.en, noun.ko)]]
UNKNOWN_TOPICS += [
  ("love", "사랑"), ("artificial intelligence", "인공지능"), ("the universe", "우주"), ("philosophy", "철학"), ("gravity", "중력"),
  ("football", "축구"), ("baseball", "야구"), ("the stock market", "주식 시장"), ("electricity", "전기"), ("the moon", "달"),
  ("sorting a list", "정렬"), ("quantum physics", "양자 물리학"), ("the economy", "경제"), ("politics", "정치"), ("happiness", "행복"),
]
UNKNOWN_OTHER = [
  ("Who won the game yesterday?", SORRY_EN), ("What is the meaning of life?", SORRY_EN), ("Tell me a joke.", SORRY_EN),
  ("What day is it today?", SORRY_EN), ("Who is the president?", SORRY_EN), ("Sing a song.", SORRY_EN), ("How old are you?", SORRY_EN),
  ("어제 경기는 누가 이겼어?", SORRY_KO), ("인생의 의미가 뭐야?", SORRY_KO), ("농담해 줘", SORRY_KO), ("오늘 무슨 요일이야?", SORRY_KO),
  ("대통령이 누구야?", SORRY_KO), ("노래해 줘", SORRY_KO), ("몇 살이야?", SORRY_KO), ("점심 메뉴 추천해 줘", SORRY_KO),
]


def unknown(rng, in_korean=None):
  roll = rng.random() if in_korean is None else 0.5
  in_korean = rng.random() < 0.5 if in_korean is None else in_korean
  if roll < 0.08:
    prompt, answer = rng.choice(UNKNOWN_OTHER)
    return Exchange(prompt, answer, "unknown", ("prompt", prompt))
  if roll < 0.2:
    sign = rng.choice(["*", "/", "x"]) if rng.random() < 0.5 else rng.choice(["+", "-"])
    big = sign in "+-"
    a, b = rng.randrange(100, 1000) if big else rng.randrange(100), rng.randrange(1000 if big else 100)
    ask, answer = rng.choice([("{} = ?", SORRY_EN), ("What is {}?", SORRY_EN), ("{} 계산해 줘", SORRY_KO)])
    prompt = ask.format(f"{a} {sign} {b}")
    return Exchange(prompt, answer, "unknown", ("prompt", prompt))
  en, ko = rng.choice(UNKNOWN_TOPICS)
  form = rng.choice(UNKNOWN_KO if in_korean else UNKNOWN_EN)
  needs_object = form.startswith(("누가", "왜"))
  prompt = form.format(korean.object_(ko) if needs_object else ko) if in_korean else form.format(en)
  return Exchange(prompt, SORRY_KO if in_korean else SORRY_EN, "unknown", ("prompt", prompt))


# --- conversations

SYSTEMS = [
  "You are a helpful assistant.", "You are a kind assistant.", "You are the Kalsae demo model.", "Answer briefly.", "Be polite.",
  "You are a translator.", "You help people with small questions.", "Answer in one sentence.",
  "당신은 친절한 도우미입니다.", "당신은 칼새 데모 모델입니다.", "짧게 대답하세요.", "공손하게 대답하세요.", "당신은 번역가입니다.",
  "질문에 한 문장으로 대답하세요.",
]
SINGLE = {any_translation: 56, capital: 6, weather: 5, greeting: 2, unknown: 5}
MAKERS = [arithmetic, *SINGLE]


def part(rng, sums):
  roll = rng.random()
  if roll < 0.012:
    return name_talk(rng)
  if roll < 0.025:
    return capital_then(rng)
  return [rng.choices(MAKERS, [sums, *SINGLE.values()])[0](rng)]


def conversation(rng, is_held_out, sums=28):
  """(system text or None, exchanges) of one to six turns, without any held-out fact.

  `sums`: the weight of arithmetic; all else together weighs 74.
  """
  turns = 1 if rng.random() < 0.88 else rng.choice([2, 2, 2, 3, 4, 5])
  exchanges = []
  while len(exchanges) < turns:
    new = part(rng, sums)
    if not any(is_held_out(exchange) for exchange in new):
      exchanges += new
  return (rng.choice(SYSTEMS) if rng.random() < 0.08 else None), exchanges
