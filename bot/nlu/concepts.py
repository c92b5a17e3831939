"""Which ideas do the words of a message stand for, whatever its language? Pure, stdlib only.

"am achitat de două ori" and "I was charged twice" share no word and no letters, but both say PAY
and TWICE. The intent model sees these ideas beside the words, so that what it learns in one
language or with one verb also serves in the other. The tables know the words of billing, not the
intents: no line here decides what somebody wants.
"""

import re
from functools import lru_cache

# One idea a line: stems ("plat*") and whole words, normalised: small letters, no diacritics.
_WORDS = """
PAY         plat plata plati platii platesc plateste platim platiti platit platita plateam platind
PAY         plat*l platile platilor achit* pay pays payed paid paying payment* payable remit*
PAY         settle*
BILL        factur* bill bills billed* billing invoice* statement* fct
MONEY       bani* banul suma sume sumei sumele money cash amount* sum funds fonduri xamount lei
MONEY       ron
OWE         dator* restan* sold soldul solduri balance* owe owed owing outstanding arrears debt*
OWE         neplatit* neachitat* unpaid overdue
CHARGE      taxa* incas* debit* retras* retrag* charge* comision* withdraw* luat luati ia
FEE         penaliz* penalit* penalty dobanda dobanz* fee fees taxa taxe taxele comision* interest
FEE         surcharge
COST        pret pretul preturi* price* cost* tarif* valoare* worth
CARD        card* visa mastercard iban revolut
BANK        bank* banca bancii bancar* transfer* op ordin
ACCOUNT     cont contul contului conturi account* profil*
PLAN        abonament* plan planul planuri* pachet* plans package* subscription* tariff* bundle*
OPTION      optiun* option* extraoptiun* addon* add-on hbo canale channel* premium sport sports
ADD         adaug* add adding incl* upgrade* urc trec trece trecem
REMOVE      scot scoat* remove* sterg* delete* elimin* downgrade* rid
CONTRACT    contract* agreement* clauz* semnat sign signed signing titular* holder*
INTERNET    internet* net netul netului wifi wireless router* fibra fiber fibre broadband modem*
DATA        gb giga* gig gigs mega* mb trafic traffic data date viteza speed limita allowance
PHONE       telefon* mobil* phone* sim simul cartela numar numarul number* linia linie line*
TV          tv televiz* television cablu cable canale channels programe decodor* box
WHY         why cauza motiv* reason* explic* explain* lamur* clarif* inteleg understand justific*
WHY         breakdown detali* detail* reprezinta means mean inseamna provine
DIFFERENT   difer* difference* alta alte altfel than decat fata comparat* compare* instead
SAME        acelasi aceeasi aceleasi aceiasi same identic*
HOWMUCH     cat cata cati cate much howmuch many
WHEN        cand when termen* scaden* deadline* due
UNTIL       pana until till by before inainte
WHERE       unde where
HOWTO       cum how modalit* metod* method* ways way
WHO         cine who whose
WHICH       care which
MORE        mai more mult* plus suplimentar* additional extra another
HIGH        mare mari marit* crescut* creste* cresc scump* urias* high higher highest increas*
HIGH        jumped bigger rose risen rising expensive umflat* dublat* steep shot
LOW         mic mica mici micsor* scad* scaz* ieftin* reduc* low lower lowered cheap* smaller less
LOW         putin
DISCOUNT    reducer* discount* ofert* voucher* cupon* coupon* promo* offer* deal* loial* loyal*
DISCOUNT    fidel* bonus* special*
CODE        cod codul code codes xcode
COMPETE     concuren* orange vodafone digi telekom competitor* rival* elsewhere portez port
COMPETE     portare
LEAVE       plec pleca plecam plecat leave leaving left
TWICE       dublu* dubla doua twice double* duplicat* ori times ambele both
AGAIN       iar again repet* repeat* incode
WRONG       gresit* gresea* gresel* eroare erori incorect* incorrect* wrong* mistake* error*
WRONG       eronat* aiurea nejustificat* unjustified shouldnt overcharg* overbill*
FIX         corect* corrig* fix fixed repar* rezolv* resolve* sort sorted indrept* regulariz*
NOTMINE     necunosc* unknown recunosc recognise* recognize* strain* autoriz* unauthori* comand*
NOTMINE     order* cerut requested consimt* neighbour* vecin*
DISPUTE     contest* disput* challeng*
REFUND      ramburs* refund* restitu* inapoi* back despagub* compens* credit* recuper* reimburs*
REFUND      return*
STATUS      stadiu* status* ajuns* ajung* arriv* proces* pending primit* receive* confirm*
STATUS      inregistrat* posted through intrat* intra cleared delivered reflect*
ALREADY     deja already
STILL       inca still tot apare apar appear* figur* show* afis* listed
YET         yet inca
FAIL        esuat* respins* refuz* refuse* fail* declin* reject* crash* bloc* stuck problem*
FAIL        invalid
APP         aplicat* app site* website* online platform* portal* pagina page link* xlink buton*
APP         button screen
PASSWORD    parol* password* pin pinul pinului reset* username utilizator*
LOGIN       login* log logare logez autentific* access acces locked unlock* deblocat*
LOST        uitat* pierdut* pierd forgot* forget lost lose gasesc find missing
PERSON      operator* om omul uman* persoan* human* person people agent* someone somebody cineva
PERSON      consultant* coleg* reprezentant* representative* supervisor* sef* manager* staff
PERSON      adviser advisor angajat employee anybody anyone
TALK        vorb* discut* talk* speak* spoke chat legatura
CALL        sun suna sunati sunat sunam sune call* apel* contact* revin* ring reveni*
WRITE       scrie scrieti scriu write text texts mesaj* message* sms
LATER       later tarziu aman* amin* extend* extension* prelung* pasuire ragaz* postpone* delay*
LATER       intarzi* late devreme timp time term
CANNOT      pot putem imposibil unable afford permit* cannot cant
SALARY      salari* salary payday wage* pensi* leaf* payroll
SPLIT       rate rata ratele transe esalon* split* parts part bucat* partial* instal* half
SPLIT       jumatate arrangement
AUTO        autom* auto autopay direct recur* programat* mandat* standing
ON          activ* porn* enable* turn set setup start* inrol* register* inregistrez
OFF         dezactiv* opr* disable* deactivat* off revoc*
CANCEL      renunt* cancel* anul* rezili* terminat* inchid* inchei* close* closing incet*
CHANGE      schimb* modific* change* changing update* actualiz* switch* inlocu* replace* edit*
CHANGE      amend*
MOVE        mut mutat* mutam muta move* moving
EMAIL       email* mail mailul adresa adrese adresei address* post* corespond* xemail letter
PAPER       hartie paper* electronic* pdf print* plic tiparit*
SHOW        arat* vad vedea vezi vizualiz* see view descarc* download* copi* copy consult* look
SEND        trimit* send* sent transmit* emite* emis* forward* email*
RECEIVE     primesc primi get getting vine vin venit came come comes
HISTORY     istoric* history lista list tranzact* transaction* anterior* previous trecut* past
HISTORY     efectuat*
LAST        ultim* last latest recent*
NEW         nou noi noua new client clienti customer* deschid* open
CUT         taiat* suspend* intrerup* deconect* cut disconnect* inchis* barat* restric* shut
RESTORE     reactiv* reconect* restor* reconnect* reinstat* repor* repun* repus*
OUTAGE      cadere cazut semnal* signal outage* down merge mergea mers working work works
OUTAGE      functioneaz* defect* broken slow lent pica* cade drops avarie dead
USAGE       consum* folos* usage used use using utiliz*
REMAIN      ramas* raman* rest restul left remaining allowance
ABROAD      roaming strainatate tara abroad holiday vacanta international* extern*
NAME        nume* name surname prenume married
HELP        ajut* help* assist* asist* support suport
CANYOU      poti puteti stii stiti can could able face faceti faci capab* menu meniu* features
BOT         robot* bot botul ai computer* calculator masina machine real reala uman* human*
HELLO       buna salut* hello hi hey alo ziua dimineata seara morning evening servus noroc neata
HELLO       hei signhello
BYE         revedere pa bye goodbye bybye curand noapte night papa
THANKS      multum* mersi merci thank* thx ty apreciez appreciate* signthanks
YES         da yes yep yeah yup sure sigur desigur ok okay corect exact accept* agree* perfect
YES         absolut* bine fine acord right signyes
NO          nu no nope not never nici niciodata deloc dont n nah niciun signno fara without
REPEAT      spune spus zis said say saying slower rar incode loud* tare auzit hear heard catch
REPEAT      aude inteles
STOP        lasa las lasati forget never mind gata nevermind abandon* drop razgandit* stop
LANGUAGE    roman* englez* english limba language*
ANGRY       rusine bataie joc hoti* nesimt* penibil* jalnic* dezamag* ridicol* terrible awful
ANGRY       worst shame disgust* ridiculous joke pathetic scam* thie* furat* furt escroc*
ANGRY       nemultum* signangry unacceptable inacceptabil* useless
COMPLAIN    plang* reclam* complain* anpc ancom formal* sesiz* feedback
WAIT        astept* wait* hold queue coada
PROMISE     promis* supposed agreed said
PROOF       dovad* chitant* receipt* proof
CHECK       verific* check* control*
OFFICE      ghiseu* sediu* magazin* shop store office* casier* counter punct* posta branch
MONTH       luna luni lunar* lunii month* xdate ianuarie februarie martie aprilie iunie iulie
MONTH       august septembrie octombrie noiembrie decembrie january february march april june july
MONTH       september october november december nov oct dec
DAY         zi zile ziua azi maine poimaine vineri joi luni marti sambata today tomorrow day*
DAY         friday monday saturday thursday saptaman* week*
CYCLE       ciclu* cycle* frecven* frequen* trimestri* quarter* anual* annual* yearly period*
EXPIRE      expir* sfarsit* end ends ended ending valab* valid
FAMILY      sot sotul sotie sotiei mama tata wife* husband* mother father son sons daughter
WANT        vreau doresc dori* vrea as want* need* nevoie like trebui* would solicit* request*
TAX         tva vat impozit*
UTILITY     curent gaz gaze apa electric* power water gas heating meter contor intretinere chirie
UTILITY     rent enel eon engie hidroelectrica apanova
BANKNAME    bcr brd ing bt raiffeisen unicredit cec barclays hsbc bancomat* atm
SHOPNAME    playstation xbox steam apple google youtube instagram facebook tiktok whatsapp gmail hbo
SHOPNAME    emag altex olx temu kaufland lidl ebay amazon netflix spotify fan
LOAN        credit ipotec* mortgage loan imprumut* invest* bursa stock* crypto bitcoin depozit*
LOAN        curs* dobanzi depozit* mortgage* ipotec* economii savings overdraft swift routing
STATE       somaj pensie pensii passport permis licence tribunal certificat* impozite taxe primarie
STATE       ghiseul anaf amend* fine rovinieta pasaport* passport* buletin* impozit* rca itp casco
STATE       somaj primari* council alegeri election* vot* partid* guvern* government presedint*
STATE       president
VULGAR      prost proasta idiot* cretin* stupid* dumb fuck* shit* dracu naiba taci tampit* bou
VULGAR      vaca
WORLD       istori* capital* planet* aliens extratere* dumnezeu god soare moon inventat
WORLD       invented luna
WORLD       lume lumii world munte mountain* ocean* razboi* war murit died nascut born planet*
WORLD       tara country
PRIVATE     baby bebel* nunta wedding married copii kids friend* prieten* vecin* cat cats
PRIVATE     nevasta iubit* boyfriend girlfriend caine* dog* pisic* birthday scoala school masina
PRIVATE     car
JOB         joburi angajati angajat* interviu interview concediu vacation payslip partener*
JOB         job angajare angajat* cv hiring salariu career* colaborare marketing vand sell selling
WEATHER     snow* ninge ninsoare grade degrees temperature* umbrel* umbrella wind soare sun hot cold
WEATHER     vreme* weather rain* ploua ploaie forecast sunny
SPORT       meci* fotbal* football match steaua fcsb goal* championship score team
FOOD        coffee cafea vin wine chicken pui orez rice cake tort paste pasta eggs oua calori* beer
FOOD        bere hungry foame
FOOD        pizza reteta* recipe* cook* mancare food restaurant* burger cina dinner lunch
HEALTH      doare pill* pastil* flu gripa febra fever tooth masea* dinte headache symptom* vaccin*
HEALTH      doctor* medic* spital* hospital* dentist* programare appointment pharmac* farmaci*
HEALTH      clinic*
TRAVEL      rezerv* airport aeroport luggage bagaj* visa viza vacation museum muzeu bus autobuz
TRAVEL      zbor* flight* avion tren* train* bilet* ticket* hotel* taxi uber drum*
PARCEL      shoes pantofi size marime* dress rochi* basket cos sofa return* warranty garantie
PARCEL      colet* parcel* package curier* courier* livrar* deliver* shipping retur comanda
SCHOOL      scoal* school univers* facult* exam* examen* translate* spell poem essay code cod
SCHOOL      tema homework python java excel essay math* ecuat* istorie capital capitala
FUN         gluma glume joke* poezi* poem* cantec* song* iubesc love movie* film* horoscop* king
PAY         overpa* installment* plateasca incasat*
BILL        bill* proform* duplicat
MONEY       euro* dollar* lei leilor bucks pound* percent suta sute
OWE         dues* owing behind urma neplata datoare pending payable
CHARGE      deduct* took taken tras trag trageti tragi tragem traga retragi collect* incaseaz*
FEE         dobanda* amenda fine fined cota rata
COST        costa costul rate rates tarife
CARD        paypal revolut google apple mastercard* amex american express prepaid credit debit
BANK        sepa wire swift
ACCOUNT     user users profil fisa file records portal
PLAN        tier premium basic standard unlimited nelimitat* family familie abona*
PLAN        subscri* membership
PLAN        sala gym package* polita polite* policy
OPTION      seat seats licence* license* licente utilizator* boost storage
INSURANCE   asigur* insur* polita polite* policy premium prima
MEMBER      membership sala gym club fitness sport*
ADD         bag bagati bagi pune puneti put extra activ*
REMOVE      scoate scoatem take away off
CONTRACT    durat* term perioad* legat* tied locked commitment valab*
SERVICE     servici* service* furniz* provider*
INTERNET    connection* conexiun* retea* reteaua network* online wireless ethernet
DATA        trafic* traffic kwh kw index* unit units storage roaming minut* minutes texts sms mbps
PHONE       minut* minutes esim landline cell fix
WHY         because inteleg* confused unclear lamur* clar clear meaning
TOTAL       total* grand sum integral full whole tot toata toate all entire everything together
PART        parte part half jumat* putin bit little some rest portion third treime partial*
EVERY       fiecare lunar* every each always mereu monthly month regular* recur*
ALREADY     already deja again
PASTTIME    ieri aseara yesterday ago last trecut* acum weeks days aseara alaltaieri
FUTURE      maine poimaine viitoare next tomorrow soon curand
PERMANENT   permanent* definitiv* forever good now incolo inainte
SAVED       salvat* saved file stored inregistrat* default implicit
REMIND      somati* notific* remind* avertiz* warning letter* instiint* recuperator* collector*
COMPETE     elsewhere altii ceilalti others another firma companie company furnizor provider
OFFERWORD   black friday christmas craciun sale sales gratis free bonus* puncte points gift cadou
OFFERWORD   student* studenti pensionar* senior* elevi familii referral recomand* campani*
CODE        voucher* cupon* coupon*
DIFFERENT   different alta altul alte alt altceva other else
WRONG       degeaba nedrept* fals* false shouldn incorect* gresi* reversed misspelled
FIX         corect* recalcul* refac* storn* repair* reparati repara adjust*
NOTMINE     altui altcuiva someone else stranger
TWICE       dublat* twice thrice triple* triplu* trei three identic* second again
STATUS      verif* confirm* cleared clear landed posted credited
NOTYET      wait* astept* dureaza long delay* intarzie late
FAIL        refuz* rejected error* eroare esueaz* blocked bounce* denied crashes freezes stuck
FAIL        unsuccessful timeout incarca
APP         site sistem* system* link screen ecran* chat
LOGIN       signin logarea loghez intra intru enter conecta autentif* unlock* deblo*
LOST        uit uita amintesc remember recall
PERSON      viu real reala live adevarat* echipa team department specialist supervizor*
PERSON      executive boss superior advisor consilier* customer care relatii clerk
TALK        talk* convers* vorbit* legatura transfer* connect* escal* escalad*
CALL        telefona* phoned ring* dial callback numar*
LATER       astept* wait days zile weeks pasui* amân* promit* promise* grace until
SALARY      paid payday pension* pensie leafa leaf
SPLIT       impart* împart* spread divide* instal* installments arrange* intelegere transa
AUTO        singur* singura singuri itself automatic* automat*
ON          enrol* enroll* activat* inscri* join porn*
OFF         stop* revok* opt disable* manual*
CANCEL      unsubscribe* discontinu* terminat* quit renunt* leave dezabon* denunt* delete sterg*
MOVE        mut* mutare relocat* house apartament* domicili*
EMAIL       inbox mailbox electronic* digital* plic*
PAPER       paperless plicuri envelope* tiparit* printed posta mail
SHOW        show* display* gasesc find where pull open deschid* afis* descarc*
RECEIVE     received got get gets getting obtin
HISTORY     toate all evident* records overview situat* receipts extras* log
NEW         install* instal* racord* bransam* connect conect* start* join* deschis* first prima
NEW         abonez inscri* sign moving portez acoperire coverage cover
CUT         taiat* blocat* blocked barred sigil* suspend* oprit* luat closed off
RESTORE     drumul repun* back on porn* reconn* unsuspend* unblock* deblo* resume* lift ridic*
OUTAGE      pica* murit dead freeze* frozen blocheaza ton curent lumina lights led becul rosu red
OUTAGE      conect* disconn* drops stricat* defec* deranj* pana cut fault* problem* technic*
OUTAGE      tehnic* technician* tehnician* engineer* picture imagine* buffering
USAGE       cons* consum* index* reading readings
REMAIN      disponibil* available limita limit depasit exceed*
NAME        numel* spelled misspel* surname titular* owner holder* domicil* buletin* casatorit
NAME        maritat divort* divorced decedat* murit passed
HELP        info inform* informat* question* intreb* intrebar* guide ghid
CANYOU      able optiuni options comenzi commands functii functions
BOT         bot chatbot* program* software inteligent* artificial* ai automat* gpt
HELLO       greetings howdy morning afternoon
BYE         later auzim vedem cya farewell bune cele numai goodnight
THANKS      grateful recunosc* helpful nice great super util* amabil* kind cheers bravo
YES         confirm* continu* proceed facem hai exact* definitely certainly course agree*
NO          refuz* nicidecum neither none disagree decline*
REPEAT      repet* pardon poftim huh again ce what slower simpl* clar* rephrase* reformul* scuze
REPEAT      sorry missed prins
STOP        ignor* disregard* cancel* undo exit iesi iesire inapoi restart* reset* quit abort*
STOP        conteaza matter balta bother razgand* changed mind rezolvat solved sorted
LANGUAGE    romaneste romanian english engleza englezeste limbi french franceza german* maghiar*
LANGUAGE    hungarian translat* traduc* tradu
ANGRY       horrible unhappy disappointed sucks incompeten* minciun* mincin* liar* crook* praf
ANGRY       jaf rahat respect rude nesimtit* saturat* sick tired fed furious hate worst prost*
ANGRY       disgrac* joc enerv* nervos*
COMPLAIN    ombudsman regulator court judecata instanta protect* sesizare*
WAIT        busy ocupat volan driving work munca free liber rand randul
PROMISE     promit* promise* zis spus told
PROOF       extras* bon ordin
"""
_PHRASES = """
WHY         de ce|cum asa|what for|how come|din ce cauza
CANNOT      nu pot|nu am cum|nu reusesc|not able|cant
FAIL        nu merge|nu functioneaza|not work|doesnt work|wont|not going through|didnt go|nu se
MONEYBACK   bani* inapoi|money back
AGAIN       din nou|inca o data|once more|one more time|say that
TWICE       de doua ori|de xnumber ori|two times|xnumber times|second time
CALLBACK    sunati ma|suna ma|contactati ma|sa ma sune|sa fiu sunat
CALLBACK    call me|ring me|call back|callback
NOTYET      inca nu|not yet|hasnt|havent|nu a ajuns|nu apare|n am primit|nu am primit|still not
HOWMUCH     cat am|cat e|cat este|how much|cat datorez|cat costa
UNTILWHEN   pana cand|until when|by when|cand trebuie|cand e
NOTWANT     nu mai vreau|nu vreau|nu mai|dont want|no longer|not anymore
TURNOFF     turn off|switch off|opt out|turn it off
TURNON      turn on|switch on|set up|sign up|opt in
AREYOU      esti|are you|vorbesc cu|am i talking|is this
"""


def concepts(words: str) -> "list[str]":
    """The ideas of a normalised text in the order of its words, each as often as it is named."""
    named = [idea for word in words.split() for idea in _of_word(word)]
    named.extend(idea for idea, pattern in _PHRASE_PATTERNS if pattern.search(words))
    return named


def concept_pairs(words: str) -> "list[str]":
    """The ideas, and every two of them that occur together whatever their order."""
    named = sorted(set(concepts(words)))
    pairs = [f"{one}+{other}" for at, one in enumerate(named) for other in named[at + 1 :]]
    return named + pairs


def concept_sequences(words: str) -> "list[str]":
    """One to three neighbours in the order of the text: of each word its idea, else the word."""
    named = [(_of_word(word) or (word,))[0] for word in words.split()]
    return [
        " ".join(named[at : at + length])
        for length in (1, 2, 3)
        for at in range(len(named) - length + 1)
    ]


def is_known(word: str) -> bool:
    """Whether a normalised word stands for any idea."""
    return bool(_of_word(word))


@lru_cache(maxsize=20_000)
def _of_word(word: str) -> "tuple[str, ...]":
    return tuple(idea for idea, pattern in _WORD_PATTERNS if pattern.fullmatch(word))


def _compiled(stem: str) -> str:
    return re.escape(stem).replace(r"\*", r"\w*")


def _word_patterns() -> "list[tuple[str, re.Pattern[str]]]":
    rows = (line.split() for line in _WORDS.strip().splitlines())
    return [(idea, re.compile("|".join(map(_compiled, stems)))) for idea, *stems in rows]


def _phrase_patterns() -> "list[tuple[str, re.Pattern[str]]]":
    rows = (line.split(maxsplit=1) for line in _PHRASES.strip().splitlines())
    return [
        (idea, re.compile(rf"\b(?:{'|'.join(map(_compiled, phrases.split('|')))})\b"))
        for idea, phrases in rows
    ]


_WORD_PATTERNS = _word_patterns()
_PHRASE_PATTERNS = _phrase_patterns()
