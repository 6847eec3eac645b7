import pytest

from painpoints.text import detect_language
from painpoints.text.evidence import statistics

NATIVE = {
    "fa": [
        "خوب بود", "کیفیت پایین", "ارسال دیر", "اصلا راضی نیستم", "غذا سرد رسید و پیک بداخلاق بود",
        "كيفيت خيلي خوب بود", "دستشون درد نکنه", "قیمت مناسب", "بسته بندی افتضاح", "می خوام پسش بدم",
        "کتابو خوندم", "دوباره نمیخرم", "گوشیش هنگ میکنه",
    ],
    "ar": [
        "خدمة سيئة", "التوصيل تأخر", "ممتاز جدا", "الأكل بارد", "مش حلو خالص", "وايد زين المكان", "شو هالخدمة",
        "المنتج وصل مکسور", "ما عجبني أبدا", "بدي استرجع فلوسي", "الموظفين محترمين", "غالي شوي",
    ],
    "ru": [
        "очень плохо", "доставка задержалась", "всё понравилось", "не советую", "телефон греется", "супер",
        "заказ не пришёл", "вежливый персонал", "цена высокая",
    ],
    "en": [
        "very good", "late delivery", "the waiter was rude", "terrible service", "would not recommend",
        "app keeps crashing", "great value", "I love it", "screen cracked",
    ],
}  # fmt: skip
MIXED = [
    ("Samsung Galaxy S21 عالیه", "fa"), ("این iPhone 13 Pro Max 256GB رو خریدم", "fa"), ("app خوبیه", "fa"),
    ("The food was خوشمزه and the service was great", "en"), ("تطبيق Uber Eats سيء", "ar"),
    ("Купил Xiaomi Redmi Note 12 Pro", "ru"), ("Wi-Fi не работает", "ru"), ("سایت Digikala خیلی کنده", "fa"),
    ("#خدمات_افتضاح @Snapp_Support", "fa"), ("good 👍🏽 😍", "en"), ("عالییییی بوووود", "fa"),
]  # fmt: skip
BORROWED = [
    ("salam kheili aali bood mamnoon", "fa", "finglish"), ("ghaza sard bood va peyk dir resid", "fa", "finglish"),
    ("aslan rahat nist pishnahad nemikonam", "fa", "finglish"),
    ("el5edma kteer 7elwa", "ar", "arabizi"), ("ya3ni mesh 7elw", "ar", "arabizi"),
    ("walla el akl kan ktir tayeb bas ghali", "ar", "arabizi"),
    ("ochen plohoe kachestvo, ne sovetuyu", "ru", "translit"), ("dostavka bystro, tovar otlichnyy", "ru", "translit"),
    ("vse ponravilos spasibo", "ru", "translit"),
]  # fmt: skip
OTHERS = [
    ("Ürün çok kaliteli, kargo hızlı geldi, tavsiye ederim", "tr"), ("Fiyatı pahalı ama güzel bir ayakkabı", "tr"),
    ("Məhsul çox yaxşıdır, tez gəldi", "az"), ("Das Essen war leider kalt und der Kellner unfreundlich", "de"),
    ("Le serveur était très gentil mais la livraison trop lente", "fr"),
    ("La comida estaba muy buena pero el servicio lento", "es"), ("Il cibo era buono ma il servizio molto lento", "it"),
    ("Bardzo dobry produkt, polecam wszystkim", "pl"), ("Velmi dobrá kvalita, doporučuji", "cs"),
    ("Дуже добре обслуговування, дякую", "uk"), ("Їжа була холодна, але персонал привітний", "uk"),
    ("Много добро обслужване, храната беше вкусна", "bg"), ("Қызмет өте жақсы, рахмет", "kk"),
    ("یہ بہت اچھا ہے لیکن قیمت زیادہ ہے", "ur"), ("زۆر باش بوو بەڵام گرانە", "ckb"),
    ("השירות היה מצוין", "he"), ("とても良かったです", "ja"), ("서비스가 좋았어요", "ko"),
    ("Barangnya bagus dan pengiriman cepat, terima kasih", "id"), ("O produto é muito bom mas a entrega atrasou", "pt"),
]  # fmt: skip


@pytest.mark.parametrize(("lang", "text"), [(lang, text) for lang, texts in NATIVE.items() for text in texts])
def test_short_texts_in_their_own_script(lang: str, text: str) -> None:
    found = detect_language(text)
    assert (found.code, found.variety) == (lang, None)


@pytest.mark.parametrize(("text", "lang"), MIXED)
def test_names_and_single_foreign_words_do_not_decide(text: str, lang: str) -> None:
    assert detect_language(text).code == lang


@pytest.mark.parametrize(("text", "lang", "variety"), BORROWED)
def test_borrowed_scripts_are_recognised(text: str, lang: str, variety: str) -> None:
    found = detect_language(text)
    assert (found.code, found.variety) == (lang, variety)


@pytest.mark.parametrize(("text", "lang"), OTHERS)
def test_other_languages_are_named(text: str, lang: str) -> None:
    found = detect_language(text)
    assert (found.code, found.variety) == (lang, None)


@pytest.mark.parametrize(
    "text",
    [
        "I bought a 2nd 5kg bag and an mp3 player at 7pm", "The khaki shoes are good", "My zhivago book arrived late",
        "He said he is from Iran", "Nice shoes, 3days delivery", "Good mall, man and wife were happy",
    ],
)  # fmt: skip
def test_english_is_not_taken_for_a_borrowed_script(text: str) -> None:
    found = detect_language(text)
    assert (found.code, found.variety) == ("en", None)


@pytest.mark.parametrize("text", ["", "   ", "👍👍", "12345", "!!!", "https://example.com/a", "@someone", "Samsung"])
def test_nothing_to_go_by_is_und(text: str) -> None:
    assert detect_language(text).code == "und"


def test_confidence_grows_with_evidence() -> None:
    assert detect_language("the staff were rude and the food was cold").confidence > detect_language("rude").confidence


def test_statistics_of_each_script_know_its_languages_alone_whichever_was_asked_first() -> None:
    for _ in range(2):
        for languages, text in ((("ru", "uk"), "Привет"), (("en", "de"), "hello"), (("fa", "ar"), "سلام")):
            assert {name for name, _ in statistics(languages).rank(text)} == set(languages)
