"""Countries and their capitals, and more cities, in English and Korean."""

from lexicon import entries

# country|capital in English = country|capital in Korean
CAPITALS = [tuple(side.split("|") for side in pair) for pair in entries("""
  South_Korea|Seoul=대한민국|서울 Japan|Tokyo=일본|도쿄 China|Beijing=중국|베이징 North_Korea|Pyongyang=북한|평양
  Mongolia|Ulaanbaatar=몽골|울란바토르 Vietnam|Hanoi=베트남|하노이 Thailand|Bangkok=태국|방콕
  the_Philippines|Manila=필리핀|마닐라 Indonesia|Jakarta=인도네시아|자카르타 Malaysia|Kuala_Lumpur=말레이시아|쿠알라룸푸르
  India|New_Delhi=인도|뉴델리 Nepal|Kathmandu=네팔|카트만두 Bangladesh|Dhaka=방글라데시|다카
  Pakistan|Islamabad=파키스탄|이슬라마바드 Afghanistan|Kabul=아프가니스탄|카불 Iran|Tehran=이란|테헤란
  Iraq|Baghdad=이라크|바그다드 Saudi_Arabia|Riyadh=사우디아라비아|리야드 Turkey|Ankara=튀르키예|앙카라
  Qatar|Doha=카타르|도하 Lebanon|Beirut=레바논|베이루트 Jordan|Amman=요르단|암만 Syria|Damascus=시리아|다마스쿠스
  Kazakhstan|Astana=카자흐스탄|아스타나 Uzbekistan|Tashkent=우즈베키스탄|타슈켄트 Cambodia|Phnom_Penh=캄보디아|프놈펜
  Laos|Vientiane=라오스|비엔티안 Myanmar|Naypyidaw=미얀마|네피도 France|Paris=프랑스|파리 Germany|Berlin=독일|베를린
  Italy|Rome=이탈리아|로마 Spain|Madrid=스페인|마드리드 Portugal|Lisbon=포르투갈|리스본
  the_United_Kingdom|London=영국|런던 Ireland|Dublin=아일랜드|더블린 the_Netherlands|Amsterdam=네덜란드|암스테르담
  Belgium|Brussels=벨기에|브뤼셀 Switzerland|Bern=스위스|베른 Austria|Vienna=오스트리아|빈 Poland|Warsaw=폴란드|바르샤바
  the_Czech_Republic|Prague=체코|프라하 Hungary|Budapest=헝가리|부다페스트 Greece|Athens=그리스|아테네
  Sweden|Stockholm=스웨덴|스톡홀름 Norway|Oslo=노르웨이|오슬로 Denmark|Copenhagen=덴마크|코펜하겐
  Finland|Helsinki=핀란드|헬싱키 Iceland|Reykjavik=아이슬란드|레이캬비크 Russia|Moscow=러시아|모스크바
  Ukraine|Kyiv=우크라이나|키이우 Romania|Bucharest=루마니아|부쿠레슈티 Bulgaria|Sofia=불가리아|소피아
  Serbia|Belgrade=세르비아|베오그라드 Croatia|Zagreb=크로아티아|자그레브 Slovakia|Bratislava=슬로바키아|브라티슬라바
  Estonia|Tallinn=에스토니아|탈린 Latvia|Riga=라트비아|리가 Lithuania|Vilnius=리투아니아|빌뉴스
  the_United_States|Washington,_D.C.=미국|워싱턴 Canada|Ottawa=캐나다|오타와 Mexico|Mexico_City=멕시코|멕시코시티
  Cuba|Havana=쿠바|아바나 Brazil|Brasilia=브라질|브라질리아 Argentina|Buenos_Aires=아르헨티나|부에노스아이레스
  Chile|Santiago=칠레|산티아고 Peru|Lima=페루|리마 Colombia|Bogota=콜롬비아|보고타 Venezuela|Caracas=베네수엘라|카라카스
  Ecuador|Quito=에콰도르|키토 Uruguay|Montevideo=우루과이|몬테비데오 Egypt|Cairo=이집트|카이로 Morocco|Rabat=모로코|라바트
  Algeria|Algiers=알제리|알제 Tunisia|Tunis=튀니지|튀니스 Nigeria|Abuja=나이지리아|아부자 Ghana|Accra=가나|아크라
  Kenya|Nairobi=케냐|나이로비 Ethiopia|Addis_Ababa=에티오피아|아디스아바바 Senegal|Dakar=세네갈|다카르
  Australia|Canberra=호주|캔버라 New_Zealand|Wellington=뉴질랜드|웰링턴""")]
# Other names that people use for a country above: they are answered with the name asked for.
OTHER_NAMES = [(["Korea", "Seoul"], ["한국", "서울"])]

CITIES = entries("""
  Busan=부산 Incheon=인천 Daegu=대구 Daejeon=대전 Gwangju=광주 Ulsan=울산 Suwon=수원 Jeju=제주 Gangneung=강릉 Jeonju=전주
  Osaka=오사카 Kyoto=교토 Shanghai=상하이 Hong_Kong=홍콩 Taipei=타이베이 Singapore=싱가포르 Mumbai=뭄바이 Dubai=두바이
  Istanbul=이스탄불 Munich=뮌헨 Milan=밀라노 Venice=베네치아 Barcelona=바르셀로나 Geneva=제네바 Zurich=취리히
  New_York=뉴욕 Los_Angeles=로스앤젤레스 Chicago=시카고 Boston=보스턴 Seattle=시애틀 San_Francisco=샌프란시스코
  Toronto=토론토 Vancouver=밴쿠버 Sydney=시드니 Melbourne=멜버른 Auckland=오클랜드""")
CITIES += [(en[1].split(",")[0], ko[1]) for en, ko in CAPITALS]
