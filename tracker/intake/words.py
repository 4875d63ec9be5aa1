"""The vocabulary the rules share: offices, groups, roles, places, verbs.

Only general words of the field stand here, in the languages of the appeals;
never the name of a person or of an organisation.
"""

import re

# Whoever can be asked: posts, bodies and groups (English; matched as whole words).
OFFICES_EN = (
    r"presidents?|vice[- ]presidents?|prime[- ]ministers?|ministers?|ministry|ministries|"
    r"government|cabinet|parliament|parliamentarians?|deputies|"
    r"deputy|members? of parliament|mps?|senate|senators?|congress|council|assembly|"
    r"house of representatives|"
    r"prosecutors?|prosecutor[- ]general|prosecutor[’']s office|attorney[- ]general|procurator|"
    r"courts?|judges?|judiciary|"
    r"authority|authorities|administration|governors?|mayors?|akims?|police|security services?|"
    r"law enforcement(?: agenc\w+| bodies)?|"
    r"agency|agencies|commission(?:er)?s?|committees?|ombuds(?:man|person|woman)|akyikatchy|"
    r"chair(?:man|woman|person)?|"
    r"speaker|secretary|secretary[- ]general|secretary of state|head|heads|leaders?|leadership|"
    r"director(?:ate)?|department|bureau|inspectorate|"
    r"rapporteurs?|representatives?|ambassadors?|embassy|embassies|missions?|delegations?|"
    r"united nations|un|osce|odihr|european union|eu|"
    r"council of europe|member states|participating states|states parties|state bodies|"
    r"state organs|state|kenesh|"
    r"chancellor|king|queen|minister[- ]president|high commissioner|officials?|service|"
    r"prison service|military|army|"
    r"armed forces|company|corporation|bank|board|management|university|rector|employers?|"
    r"governments|state party"
)
GROUPS_EN = (
    r"civil society|ngos?|citizens|parties|forces|groups|community|media|journalists|activists|"
    r"organi[sz]ations|"
    r"politicians|people who|society|opposition|international community|partners|donors|bloggers|"
    r"voters|lawyers|"
    r"trade unions|unions|compatriots|residents|protesters|candidates|companies|institutions|"
    r"actors|stakeholders"
)
AUTHORITY_EN = re.compile(rf"\b(?:{OFFICES_EN}|{GROUPS_EN})\b", re.IGNORECASE)
OFFICE_EN = re.compile(rf"\b(?:{OFFICES_EN})\b", re.IGNORECASE)

# Russian and Kyrgyz: beginnings of words, since the ending changes with the case.
OFFICE_STEMS = (
    r"президент|вице-президент|премьер-министр|премьер|министр|министерств|правительств|"
    r"кабинет\w* министр|кабмин|парламент|депутат|"
    r"жогорку кенеш|кенеш|мажилис|сенат|госдум|государственн\w+ дум|дум[аеуы]\b|меджлис|маджлис|"
    r"генеральн\w+ прокурор|генеральн\w+ прокуратур|генпрокур|прокурор|прокуратур|верховн\w+ суд|"
    r"конституционн\w+ (?:суд|палат)|суд(?:у|ы|а|ам|ьям|ьи|ей)?\b|"
    r"орган(?:ам|ы|ов|у)?\b|власт(?:ям|и|ей|ь)\b|аким|губернатор|мэр|мэри|глав[аеуы]\b|"
    r"председател|спикер|тораг|"
    r"омбудсмен|акыйкатчы|уполномоченн|комитет|комисси|цик\b|гкнб|мвд|мид\b|минюст|минздрав|"
    r"управлени|департамент|агентств|служб[аеуы]\b|"
    r"администраци|начальник|руководител|руководств|директор|директорат|секретар|"
    r"генеральн\w+ секретар|представител|"
    r"посольств|посл[уаы]\b|оон\b|обсе\b|бдипч|европейск\w+ союз|ес\b|государств|совет\w*|"
    r"палат[аеуы]|ведомств|милици|полици|"
    r"инспекци|следственн|военн\w+ прокур|ректор|правлени|глава|"
    r"башкы прокур|өкмөт|министрлер кабинет|бийлик|сот\w*|мамлекет"
)
GROUP_STEMS = (
    r"парти[яиюйе]|политическ\w+ сил|сил[ыам]\b|гражданск\w+ обществ|нпо\b|граждан|общественност|"
    r"обществ|сообществ|сми\b|журналист|активист|"
    r"правозащитник|организаци|лидер|политик|коллег|партнер|доноров|донорам|соотечественник|"
    r"жител|адвокат|юрист|блогер|"
    r"оппозици|кандидат|работодател|кыргызстанц|казахстанц|элдик|жаран|коом"
)
AUTHORITY_CYRILLIC = re.compile(rf"\b(?:{OFFICE_STEMS}|{GROUP_STEMS})", re.IGNORECASE)
OFFICE_CYRILLIC = re.compile(rf"\b(?:{OFFICE_STEMS})", re.IGNORECASE)

# The first word of a line that names an addressee in the dative ("To the Minister").
DATIVE_START = re.compile(
    r"^(?:(?:временно )?(?:исполняющ\w+ обязанност\w+|и\.\s?о\.)\s+|(?:перв|втор|генеральн|"
    r"верховн|главн|специальн|военн|государственн|"
    r"центральн|министерск|конституционн|полномочн|чрезвычайн|национальн|уполномоченн|областн|"
    r"городск|районн|действующ)\w*(?:ому|ему|ой|ей|ым)\s+|заместителю\s+|вице-)*"
    r"(?:президенту|премьер-министру|премьеру|министру|министерству|правительству|кабинету|"
    r"парламенту|депутатам|депутату|"
    r"жогорку кенешу|кенешу|мажилису|сенату|сенаторам|думе|прокурору|прокуратуре|суду|судьям|"
    r"судье|органам|властям|акиму|губернатору|мэру|мэрии|"
    r"главе|главам|председателю|спикеру|торага|омбудсмену|омбудсману|акыйкатчы|уполномоченному|"
    r"комитету|комиссии|управлению|департаменту|"
    r"агентству|службе|администрации|начальнику|руководителю|руководителям|руководству|директору|"
    r"секретарю|представителю|"
    r"представителям|представительству|посольству|послу|послам|верховному комиссару|комиссару|"
    r"докладчику|палате|совету|ведомству|инспекции|"
    r"ректору|лидерам|лидеру|политическим партиям|партиям|политическим силам|гражданам|народу|"
    r"международному сообществу|"
    r"международным организациям|государственным органам|правоохранительным органам|"
    r"гражданскому обществу)\b",
    re.IGNORECASE,
)
KYRGYZ_DATIVE_LINE = re.compile(
    rf"(?:{OFFICE_STEMS})\w*(?:\s+[\w.\-]+){{0,3}}$|(?:{OFFICE_STEMS})\w*(?:ина|ине|уна|үнө|га|"
    rf"ге|го|гө|ка|ке|ко|кө)\b",
    re.IGNORECASE,
)

HONORIFIC = re.compile(
    r"^(?:(?:his|her|their) excellency|h\.?\s?e\.?|the (?:right )?honou?rable|hon\.|honou?rable|"
    r"mr\.?|mrs\.?|ms\.?|miss|dr\.?|prof\.?|"
    r"(?:lieutenant |major )?(?:general|colonel|major)(?=\s+[A-Z]\.)|(?:генерал|полковник|"
    r"майор)[\w-]*(?=\s+[А-ЯЁ]\.)|"
    r"господину|госпоже|господин|госпожа|г-ну|г-же|г-н|г-жа|уважаемому|его превосходительству|"
    r"ее превосходительству|мырза|айым)"
    r"(?:,|\s)\s*",
    re.IGNORECASE,
)

ROLES = re.compile(
    r"\b(?:director|head|president|chair(?:man|woman|person)?|lawyer|advocate|attorney|activist|"
    r"expert|professor|doctor|member|"
    r"coordinator|founder|co-founder|leader|representative|secretary|manager|journalist|editor|"
    r"researcher|defender|deputy|"
    r"analyst|consultant|writer|student|teacher|officer|candidate|scholar|scientist|economist|"
    r"sociologist|politician|"
    r"ceo|fellow|lecturer|phd|ph\.d|mp|blogger|artist|psychologist|physician|engineer|"
    r"entrepreneur|citizen|pensioner|"
    r"judge|prosecutor|minister|ambassador|"
    r"директор\w*|руководител\w+|председател\w+|президент\w*|адвокат\w*|юрист\w*|активист\w*|"
    r"эксперт\w*|профессор\w*|доктор\w*|"
    r"член\w*|координатор\w*|основател\w+|учредител\w+|лидер\w*|представител\w+|секретар\w+|"
    r"журналист\w*|редактор\w*|"
    r"правозащитни\w+|депутат\w*|исследовател\w+|аналитик\w*|консультант\w*|писател\w+|"
    r"студент\w*|преподавател\w+|кандидат\w*|"
    r"заместител\w+|экономист\w*|социолог\w*|политолог\w*|врач\w*|блогер\w*|художни\w+|"
    r"психолог\w*|инженер\w*|пенсионер\w*|гражданин|гражданка|"
    r"режиссер\w*|историк\w*|менеджер\w*|төрага\w*|мүчөсү|башчысы|жетекчи\w*)\b",
    re.IGNORECASE,
)
INSTITUTIONS = re.compile(
    r"\b(?:associations?|foundation|fund|union|committee|centre|center|bureau|institute|"
    r"university|organi[sz]ations?|network|coalition|"
    r"movement|party|council|agency|society|league|initiative|federation|alliance|group|"
    r"group[s]?|ngo|forum|platform|house|club|"
    r"academy|commission|watch|international|partnership|office|programme|program|collective|"
    r"rights|school|media|magazine|newspaper|"
    r"service|consortium|campaign|clinic|chamber|"
    r"ассоциаци\w+|фонд\w*|союз\w*|комитет\w*|центр\w*|бюро|институт\w*|университет\w*|"
    r"организаци\w+|сеть|сети|коалици\w+|движени\w+|"
    r"парти[яию]|совет\w*|агентств\w+|обществ\w+|объединени\w+|лига|лиги|инициатив\w+|"
    r"федераци[яию]|альянс\w*|групп\w+|нпо|оо|оф|оюл|пф|"
    r"форум\w*|платформ\w+|клуб\w*|академи\w+|комисси\w+|партнерств\w+|учреждени\w+|палат\w+|"
    r"клиник\w+|школ\w+|газет\w+|журнал\w*|"
    r"бирикме\w*|уюм\w*|коому|кыймыл\w*)\b",
    re.IGNORECASE,
)
_COUNTRY_NAMES = (
    "kyrgyzstan kazakhstan tajikistan tadjikistan uzbekistan turkmenistan russia belarus ukraine "
    "georgia armenia azerbaijan moldova "
    "germany france poland lithuania latvia estonia norway sweden finland denmark netherlands "
    "belgium switzerland austria italy spain "
    "portugal czechia hungary romania bulgaria serbia turkey türkiye iran iraq israel india "
    "china japan korea mongolia afghanistan "
    "pakistan nepal indonesia malaysia thailand philippines australia canada usa uk ireland "
    "britain england scotland america mexico "
    "brazil argentina egypt kenya nigeria ghana uganda "
    "кыргызстан казахстан таджикистан узбекистан туркменистан россия беларусь украина грузия "
    "армения азербайджан молдова германия "
    "франция польша литва латвия эстония норвегия швеция финляндия дания нидерланды бельгия "
    "швейцария австрия италия испания чехия "
    "турция сша великобритания израиль индия китай канада монголия"
)
COUNTRIES = frozenset(_COUNTRY_NAMES.split())
# Words with a capital letter that belong to the name of a state or an office, not of a person.
NOT_NAMES = re.compile(
    r"^(?:republic|federation|kingdom|union|united|states?|nations?|kyrgyz|kazakh|tajik|uzbek|"
    r"turkmen|russian|belarusian|ukrainian|"
    r"georgian|armenian|european|human|rights|the|of|and|for|mr|mrs|ms|dr|his|her|excellency|"
    r"dear|open|appeal|statement|declaration|"
    r"general|special|high|supreme|central|election|national|public|international|affairs|"
    r"justice|internal|foreign|interior|security|health|"
    r"law|legal|independent|free|civil|society|youth|women|children|freedom|democracy|"
    r"signatures?|signed|date|contacts?|contact|we|our|"
    r"республик\w*|федераци\w*|кыргызск\w*|казахск\w*|таджикск\w*|узбекск\w*|российск\w*|"
    r"белорусск\w*|украинск\w*|соединенн\w*|объединенн\w*|"
    r"наци[ийя]\w*|союз\w*|кыргызстан\w*|казахстан\w*|таджикистан\w*|узбекистан\w*|"
    r"росси[ийяею]\w*|беларус\w*|кр|рк|рф|рт|руз|рб|сша|оон|"
    r"кыргыз|республикасынын|республикасы|казак|"
    r"господину|госпоже|господин|госпожа|уважаем\w*|открытое|обращение|заявление|мы|наш\w*|дата|"
    r"подпис\w*|контакт\w*|"
    r"кабинет\w*|министр\w*|жогорку|кенеш\w*|совет\w*|прокурор\w*|депутат\w*|граждан\w*|"
    r"генеральн\w*|верховн\w*|центральн\w*|национальн\w*|государственн\w*|внутренних|иностранных|"
    r"дел|юстиции|здравоохранения|"
    r"january|february|march|april|june|july|august|september|october|november|december|monday|"
    r"tuesday|wednesday|thursday|friday|"
    r"января|февраля|марта|апреля|мая|июня|июля|августа|сентября|октября|ноября|декабря)$",
    re.IGNORECASE,
)

# Base forms with which an English demand begins.
_VERBS = (
    "abandon abide abolish accelerate accept acknowledge act adhere adopt address allow amend "
    "annul answer apologise apologize appoint "
    "apply approve arrange arrest assist assure avoid ban begin bring build call cancel carry "
    "cease change check clarify close "
    "combat commit compensate complete comply condemn conduct confirm consider continue control "
    "convene cooperate correct "
    "create deal declare decriminalise decriminalize define delete deny develop direct disband "
    "disclose discontinue dismiss dissolve "
    "do drop elect eliminate enable end enforce ensure enter establish evaluate evacuate exclude "
    "execute exempt expand expedite explain "
    "express extend facilitate fight finance find finish follow form free fulfil fulfill fully "
    "fund give go grant guarantee "
    "halt hand hear help hold honour honor identify implement impose improve include increase "
    "inform initiate install "
    "institute introduce investigate invite issue join keep launch leave legalise legalize lift "
    "listen maintain make meet modify monitor "
    "move negotiate nullify observe obtain open oppose order organise organize overturn pardon "
    "participate pay permit "
    "postpone prepare preserve prevent prioritise prioritize proceed prohibit promote prosecute "
    "protect prove provide publicly publish punish "
    "push put quash raise ratify reaffirm recall recognise recognize reconsider record recuse "
    "reduce reform refrain "
    "refuse register reinstate reject release remain remove renew reopen repeal replace reply "
    "report rescind resign resolve "
    "respect respond restore restrain return reveal reverse review revise revoke sack safeguard "
    "sanction save secure send "
    "separate set sign simplify solve speak stand start stay step stop strengthen strictly "
    "submit support suspend take "
    "terminate train transfer treat turn uphold use utilise verify veto vote waive withdraw work"
)
BASE_VERBS = frozenset(_VERBS.split())
_ADVERBS_EN = (
    r"(?:immediately|unconditionally|urgently|promptly|fully|publicly|strictly|swiftly|"
    r"thoroughly|effectively|independently|"
    r"impartially|finally|also|further|explicitly|officially|permanently|without delay|at once|"
    r"as a matter of urgency|"
    r"and|,|not|never)"
)
IMPERATIVE_EN = re.compile(
    rf"^(?:that\s+)?(?:do not|don[’']t|to|not to|please)?\s*(?:{_ADVERBS_EN}\s*,?\s*)*([a-z]+)",
    re.IGNORECASE,
)

_INFINITIVE_NOUNS = (
    r"област[ьи]|власт[ьи]|част[ьи]|чест[ьи]|вест[ьи]|есть|шесть|месть|сеть|сети|смерт[ьи]|"
    r"памят[ьи]|пут[ьи]|печать|печати|мать|"
    r"суть|сути|пять|девять|десять|\w*дцать|пятьсот|дети|почти|хотя|десяти|пяти|шести|девяти|"
    r"\w*дцати|помощь|ночь|речь|"
    r"\w+ост[ьи]|\w+асти"
)
INFINITIVE_RU = re.compile(
    rf"(?<!\w)(?!(?:{_INFINITIVE_NOUNS})(?!\w))[а-яё]*(?:[аяеиоуы]ть(?:ся)?|[сз]ть(?:ся)?|"
    rf"[йд]ти(?:сь)?|[сз]ти(?:сь)?|чь(?:ся)?)(?!\w)",
    re.IGNORECASE,
)
_ADVERBS_RU = (
    r"(?:немедленно|незамедлительно|срочно|безотлагательно|безусловно|публично|официально|"
    r"полностью|также|в срочном порядке|"
    r"в кратчайшие сроки|в ближайшее время|неукоснительно|строго|и|,|не|наконец|впредь|тщательно|"
    r"объективно|всесторонне)"
)
IMPERATIVE_RU = re.compile(
    rf"^(?:чтобы\s+)?(?:{_ADVERBS_RU}\s*,?\s*)*(?={INFINITIVE_RU.pattern})", re.IGNORECASE
)
KYRGYZ_DEMAND_END = re.compile(
    r"(?:[уүоө]{2}(?:нү|ну|ну|сун|сүн)?|(?:сын|син|сун|сүн)|(?:шын|шин|шун|шүн)|керек|зарыл|"
    r"тийиш)[.;!,]?$",
    re.IGNORECASE,
)


def has_authority(text: str) -> bool:
    """Whether the words name a post, a body or a group that can be asked for something."""
    return bool(AUTHORITY_EN.search(text) or AUTHORITY_CYRILLIC.search(text))


def has_office(text: str) -> bool:
    """Whether the words name a post or a body (groups of people do not count)."""
    return bool(OFFICE_EN.search(text) or OFFICE_CYRILLIC.search(text))


def sounds_like_demand(text: str) -> bool:
    """Whether a list item begins as a demand does: an imperative or an infinitive."""
    match = IMPERATIVE_EN.match(text)
    if match and match.group(1).casefold() in BASE_VERBS:
        return True
    if IMPERATIVE_RU.match(text):
        return True
    return bool(re.search("[ңүөҢҮӨ]", text) and KYRGYZ_DEMAND_END.search(text))
