"""The bilingual dictionary of the demo model: every English word has one Korean word and back.

Nouns are grouped by meaning, so that the grammar can write sentences that make sense. One entry is
`english=korean`; an English plural that no rule makes follows as `english/plural=korean`.
Words are unique in both languages on purpose: each sentence has exactly one right translation.
"""


def entries(text):
  """Pairs (english, korean) from blank-separated `a_b=가_나` entries; `_` stands for a blank."""
  return [tuple(part.replace("_", " ") for part in item.split("=")) for item in text.split()]


# Countable nouns by class.
COUNTABLE = {
  "person": entries("""
    man/men=남자 woman/women=여자 boy=소년 girl=소녀 child/children=아이 baby=아기 friend=친구 guest=손님 neighbor=이웃
    student=학생 king=왕 queen=여왕 prince=왕자 princess=공주"""),
  "family": entries("""
    mother=어머니 father=아버지 grandmother=할머니 grandfather=할아버지 son=아들 daughter=딸 uncle=삼촌 aunt=이모"""),
  "job": entries("""
    teacher=선생님 doctor=의사 nurse=간호사 farmer=농부 cook=요리사 singer=가수 painter=화가 writer=작가
    driver=운전사 soldier=군인 police_officer=경찰관 firefighter=소방관 scientist=과학자 lawyer=변호사 actor=배우
    engineer=기술자 pilot=조종사 dancer=무용수 musician=음악가 baker=제빵사 judge=판사 reporter=기자 waiter=종업원
    librarian=사서 guard=경비원 poet=시인 player=선수 tailor=재단사"""),
  "animal": entries("""
    cat=고양이 dog=개 bird=새 horse=말 cow=소 pig=돼지 chicken=닭 rabbit=토끼 lion=사자 tiger=호랑이 bear=곰
    monkey=원숭이 elephant=코끼리 fox=여우 wolf/wolves=늑대 goat=염소 duck=오리 frog=개구리 snake=뱀 turtle=거북이
    mouse/mice=쥐 whale=고래 giraffe=기린 penguin=펭귄 squirrel=다람쥐 butterfly=나비 spider=거미 zebra=얼룩말"""),
  "food": entries("""
    apple=사과 orange=오렌지 banana=바나나 strawberry=딸기 peach=복숭아 watermelon=수박 potato/potatoes=감자
    carrot=당근 onion=양파 tomato/tomatoes=토마토 egg=달걀 cookie=과자
    sandwich=샌드위치 pumpkin=호박 mushroom=버섯 cucumber=오이"""),
  "book": entries("book=책 magazine=잡지 novel=소설책 diary=일기장 dictionary=사전"),
  "paper": entries("newspaper=신문 letter=편지 map=지도 ticket=표 photo=사진 picture=그림"),
  "text": entries("poem=시 story=이야기 song=노래"),
  "show": entries("movie=영화 play=연극"),
  "instrument": entries("piano=피아노 guitar=기타 violin=바이올린 drum=북 flute=피리"),
  "opening": entries("door=문 window=창문 box=상자 bag=가방 drawer=서랍"),
  "vehicle": entries("""
    car=자동차 bicycle=자전거 bus=버스 train=기차 ship=배 airplane=비행기 taxi=택시 truck=트럭 motorcycle=오토바이"""),
  "device": entries("computer=컴퓨터 phone=전화기 camera=사진기 radio=라디오 television=텔레비전 clock=시계"),
  "clothing": entries("coat=외투 shirt=셔츠 skirt=치마 dress=드레스 jacket=재킷"),
  "furniture": entries("chair=의자 table=탁자 desk=책상 bed=침대 sofa=소파 lamp=램프 mirror=거울"),
  "tool": entries("pen=펜 pencil=연필 knife/knives=칼 brush=붓"),
  "dish": entries("cup=컵 plate=접시 bowl=그릇 spoon=숟가락 fork=포크"),
  "thing": entries("""
    key=열쇠 umbrella=우산 ball=공 doll=인형 toy=장난감 gift=선물 coin=동전 basket=바구니 hammer=망치 ladder=사다리
    hat=모자 ring=반지 scarf/scarves=목도리 balloon=풍선 flag=깃발 stone=돌 blanket=담요 candle=양초"""),
  "plant": entries("flower=꽃 rose=장미"),
  "tree": entries("tree=나무"),
  "structure": entries("wall=벽 bridge=다리 fence=울타리"),
}
# Nouns without an article and without a plural.
MASS = {
  "drink": entries("water=물 milk=우유 coffee=커피 tea=차 juice=주스 beer=맥주 wine=포도주 lemonade=레모네이드"),
  "meal": entries("""
    bread=빵 rice=밥 meat=고기 cheese=치즈 soup=수프 cake=케이크 salad=샐러드 chocolate=초콜릿 honey=꿀 butter=버터
    kimchi=김치 ice_cream=아이스크림 corn=옥수수 pasta=파스타"""),
  "goods": entries("paper=종이 money=돈 salt=소금 sugar=설탕"),
  "sound": entries("music=음악"),
  "subject": entries("Korean=한국어 English=영어 math=수학 history=역사 science=과학 art=미술 French=프랑스어"),
}
# Nouns that English only uses in the plural.
PLURAL = {
  "wear": entries("shoes=신발 gloves=장갑 glasses=안경 socks=양말 pants=바지"),
}
# Counting words (two apples = 사과 두 개), by class; others take 개.
COUNTERS = {
  "person": "명", "family": "명", "job": "명", "animal": "마리", "book": "권", "vehicle": "대", "device": "대",
  "instrument": "대", "clothing": "벌", "tool": "자루", "plant": "송이", "tree": "그루", "paper": "장", "show": "편",
  "text": "편", "drink": "잔",
}
NUMBERS = entries("two=두 three=세 four=네 five=다섯 six=여섯 seven=일곱 eight=여덟 nine=아홉 ten=열")

# Places with the English preposition of "being there".
PLACES = {
  "at": entries("""
    school=학교 market=시장 office=사무실 church=교회 museum=박물관 theater=극장 restaurant=식당 bank=은행
    post_office=우체국 station=역 airport=공항 hotel=호텔 beach=해변 lake=호수 farm=농장 factory=공장 store=가게
    bakery=빵집 pharmacy=약국 zoo=동물원 university=대학교 playground=운동장 bookstore=서점 stadium=경기장
    harbor=항구 cafe=카페"""),
  "in": entries("""
    park=공원 library=도서관 hospital=병원 house=집 kitchen=부엌 garden=정원 room=방 mountain=산 river=강 sea=바다
    forest=숲 field=들판 city=도시 village=마을 classroom=교실 palace=궁전 castle=성 cave=동굴 desert=사막
    pool=수영장 street=거리"""),
}
SPOTS = entries("on=위에 under=아래에 next_to=옆에 behind=뒤에 in_front_of=앞에")

# Verbs: base[/past]=dictionary form[!irregular class]: object classes. Korean irregular classes: ㅂ ㄷ ㅅ ㅎ 르.
# Marks: * also animals do it, ~ a state (no "is doing", no "can", no request).
TRANSITIVE = """
  eat/ate=먹다*: food meal
  drink/drank=마시다*: drink
  cook=요리하다: food meal
  buy/bought=사다: food meal drink book paper vehicle device clothing furniture tool dish thing wear plant goods instrument
  sell/sold=팔다: food meal book vehicle device clothing furniture thing wear instrument plant
  make/made=만들다: meal clothing furniture toy dish instrument
  read/read=읽다: book newspaper letter map text
  write/wrote=쓰다: letter text novel
  see/saw=보다*: show animal person job vehicle paper plant tree structure thing
  listen_to=듣다!ㄷ: sound text radio
  sing/sang=부르다!르: song
  play=연주하다: instrument
  open=열다: opening
  close=닫다: opening
  clean=청소하다: furniture place
  wash=씻다: dish food
  draw/drew=그리다: animal plant tree picture map
  find/found=찾다*: thing food animal tool paper wear person
  lose/lost=잃어버리다: thing device wear ticket
  carry=나르다!르: furniture box thing book food
  throw/threw=던지다: ball stone coin
  catch/caught=잡다*: animal ball
  push=밀다: furniture car door
  pull=당기다: door furniture
  like=좋아하다*~: food meal drink animal person job show sound text subject plant place vehicle
  love=사랑하다~: person family animal
  hate=싫어하다*~: meal animal subject sound food
  know/knew=알다~: person job text family
  meet/met=만나다: person job family
  help=돕다!ㅂ: person job family
  wait_for=기다리다: person job family bus train taxi
  visit=방문하다: place family
  use=사용하다: device tool dish goods
  fix=고치다: device vehicle furniture instrument
  wear/wore=입다~: clothing
  drive/drove=운전하다: car bus truck taxi
  ride/rode=타다: bicycle horse bus train motorcycle elephant
  choose/chose=고르다!르: clothing book food thing
  collect=모으다: coin stone paper toy
  break/broke=깨다: dish window mirror
  cut/cut=자르다!르: food =paper tree cake
  bring/brought=가져오다: thing dish book food drink tool
  receive=받다: letter gift ticket
  learn=배우다: subject
  study=공부하다: subject
  remember=기억하다~: person text family
  forget/forgot=잊다~: person text family
  follow=따라가다*: person animal
  chase=쫓다*: animal
  touch=만지다: animal plant furniture stone
  hide/hid=숨기다: thing key money chocolate
  paint=칠하다: structure furniture door
  plant=심다: plant tree
  raise=키우다: animal
  drop=떨어뜨리다: dish thing device
  borrow=빌리다: book tool umbrella vehicle
  invite=초대하다: person family job
  praise=칭찬하다: person job
  protect=보호하다: person animal family
  hug=안다: doll family baby
  kick=차다: ball
  pour=붓다!ㅅ: drink
  move=옮기다: furniture box
  order=주문하다: meal drink
  prepare=준비하다: meal gift
  bake=굽다!ㅂ: bread cake cookie
  fold=접다: =paper clothing blanket
  cross=건너다: bridge river street
  miss=그리워하다~: family friend
  respect=존경하다~: job family
  understand/understood=이해하다~: text subject
  watch=구경하다: show animal
  lift=들어 올리다: furniture stone box
  count=세다: money
"""
INTRANSITIVE = """
  sleep/slept=자다*
  run/ran=달리다*
  walk=걷다!ㄷ*
  swim/swam=수영하다*
  dance=춤을 추다
  sing/sang=노래하다
  laugh=웃다
  cry=울다*
  work=일하다
  rest=쉬다*
  sit/sat=앉다*~
  stand/stood=서다*~
  jump=뛰다*
  exercise=운동하다
  live=살다*~
  play=놀다*
  travel=여행하다
  pray=기도하다
  shout=소리치다
  fight/fought=싸우다*
  hide/hid=숨다*
  wait=기다리다
"""
MOTION = """
  go/went=가다*
  come/came=오다*
  come_back/came_back=돌아오다*
  go_back/went_back=돌아가다*
  walk=걸어가다*
  run/ran=뛰어가다*
"""
# Verbs that pass a thing to somebody: 에게.
GIVING = """
  give/gave=주다: thing food book plant drink clothing
  send/sent=보내다: letter gift photo money
  show/showed=보여 주다: paper thing book device
  lend/lent=빌려주다: book tool umbrella vehicle
  teach/taught=가르치다: subject
"""

# Adjectives: english=dictionary form[!irregular class]: classes of nouns they fit.
ADJECTIVES = """
  big=크다: animal thing place furniture opening food tree vehicle
  small=작다: animal thing place furniture opening food dish
  long=길다: tool text bridge ladder scarf
  short=짧다: text pencil skirt
  red=빨갛다!ㅎ: thing vehicle clothing plant wear opening
  blue=파랗다!ㅎ: thing vehicle clothing wear opening bird
  yellow=노랗다!ㅎ: thing vehicle clothing plant wear butterfly
  white=하얗다!ㅎ: animal clothing wear plant structure dish
  black=까맣다!ㅎ: animal clothing wear vehicle tool
  new=새롭다!ㅂ: device show text
  good=좋다: book person job show device place
  bad=나쁘다: person show
  beautiful=아름답다!ㅂ: person plant place song picture
  pretty=예쁘다: clothing plant doll wear baby girl
  cute=귀엽다!ㅂ: animal baby child doll
  kind=친절하다: person job family
  smart=똑똑하다: person job animal
  busy=바쁘다: job family place
  happy=행복하다: person family job
  sad=슬프다: person text show
  hungry=배고프다: person animal
  tired=피곤하다: person job family
  sick=아프다: person animal
  healthy=건강하다: person animal family
  strong=강하다: animal person
  weak=약하다: animal person
  fast=빠르다!르: vehicle animal
  slow=느리다: vehicle animal
  heavy=무겁다!ㅂ: furniture stone box bag book
  light=가볍다!ㅂ: wear bag umbrella device
  hot=뜨겁다!ㅂ: drink soup
  cold=차갑다!ㅂ: drink
  warm=따뜻하다: clothing blanket room house
  sweet=달다: food honey cake juice chocolate
  spicy=맵다!ㅂ: kimchi soup onion
  salty=짜다: soup cheese
  delicious=맛있다: food meal drink
  interesting=재미있다: book text show subject
  boring=지루하다: book text show
  difficult=어렵다!ㅂ: subject book
  easy=쉽다!ㅂ: subject book
  expensive=비싸다: vehicle device clothing furniture wear ring
  cheap=싸다: food clothing dish tool
  clean=깨끗하다: place dish furniture wear
  dirty=더럽다!ㅂ: place dish wear vehicle
  quiet=조용하다: place child animal
  noisy=시끄럽다!ㅂ: place vehicle
  bright=밝다: room lamp candle
  dark=어둡다!ㅂ: room cave forest
  deep=깊다: sea lake river cave
  wide=넓다: room field river playground desert
  narrow=좁다: room bridge kitchen
  thick=두껍다!ㅂ: book clothing structure
  thin=얇다: book clothing blanket
  safe=안전하다: place vehicle
  dangerous=위험하다: animal place knife
  famous=유명하다: job place
  rich=부유하다: person king
  poor=가난하다: person painter poet
  honest=정직하다: person job
  brave=용감하다: person soldier firefighter
  lazy=게으르다!르: person animal
  diligent=부지런하다: person job
  fresh=신선하다: food milk
  special=특별하다: gift ring book
  strange=이상하다: text animal person
  important=중요하다: letter key subject
  round=둥글다: stone ball mirror table
  soft=부드럽다!ㅂ: blanket bread doll
  sharp=날카롭다!ㅂ: knife pencil
  lonely=외롭다!ㅂ: person
  scary=무섭다!ㅂ: animal show text
  young=젊다: job king queen
"""
# English comparatives that no rule makes.
COMPARATIVES = {"good": "better", "bad": "worse"}

POSSESSIVES = entries("my=제 your=당신의 his=그의 her=그녀의 our=우리의 their=그들의")
# english, korean with its fixed particle, person key
PRONOUNS = [("I", "저는"), ("you", "당신은"), ("he", "그는"), ("she", "그녀는"), ("we", "우리는"), ("they", "그들은")]

OFTEN = entries("often=자주 always=항상 sometimes=가끔 usually=보통")
MANNER = entries("quickly=빨리 slowly=천천히 well=잘 alone=혼자 quietly=조용히 again=다시 diligently=부지런히")
TIMES = {
  "any": entries("""
    today=오늘 in_the_morning=아침에 in_the_evening=저녁에 at_night=밤에 in_the_afternoon=오후에
    on_Monday=월요일에 on_Tuesday=화요일에 on_Wednesday=수요일에 on_Thursday=목요일에 on_Friday=금요일에
    on_Saturday=토요일에 on_Sunday=일요일에 in_spring=봄에 in_summer=여름에 in_autumn=가을에 in_winter=겨울에"""),
  "present": entries("now=지금 every_day=매일 these_days=요즘"),
  "past": entries("yesterday=어제 last_week=지난주에 last_year=작년에 last_month=지난달에"),
  "future": entries("tomorrow=내일 next_week=다음_주에 next_year=내년에 next_month=다음_달에"),
}
BY_VEHICLE = entries("by_car=자동차 by_bicycle=자전거 by_bus=버스 by_train=기차 by_ship=배 by_airplane=비행기 by_taxi=택시 by_subway=지하철")

# Whole sentences that are said just so.
PHRASES = [
  ("Hello.", "안녕하세요."), ("Good night.", "안녕히 주무세요."), ("Goodbye.", "안녕히 가세요."),
  ("Thank you.", "감사합니다."), ("I am sorry.", "죄송합니다."), ("Excuse me.", "실례합니다."),
  ("Nice to meet you.", "만나서 반갑습니다."), ("Congratulations.", "축하합니다."), ("Welcome.", "환영합니다."),
  ("What is your name?", "이름이 무엇입니까?"), ("How are you?", "어떻게 지내세요?"), ("I am fine.", "저는 잘 지냅니다."),
  ("What time is it?", "몇 시입니까?"), ("How much is it?", "얼마입니까?"), ("See you tomorrow.", "내일 봅시다."),
  ("Happy birthday.", "생일 축하합니다."), ("Of course.", "물론입니다."), ("It is raining.", "비가 옵니다."),
  ("It is snowing.", "눈이 옵니다."), ("The weather is nice.", "날씨가 좋습니다."), ("I do not know.", "저는 모릅니다."),
  ("Where is the restroom?", "화장실이 어디에 있습니까?"), ("Please help me.", "도와주세요."), ("Be careful.", "조심하세요."),
  ("I love you.", "사랑합니다."), ("Happy New Year.", "새해 복 많이 받으세요."),
]
