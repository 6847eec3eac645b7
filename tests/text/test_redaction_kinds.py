"""What is personal data, in four languages and as people write it; and what only looks like it."""

from __future__ import annotations

import pytest

from painpoints.text import KINDS, Redactor
from painpoints.text.redaction.identities import egyptian, iranian, saudi, snils

REDACTOR = Redactor(key=b"a key for tests")


def redact(text: str) -> str:
    return REDACTOR.document().redact(text).text


@pytest.mark.parametrize(("text", "redacted"), [
    # telephones
    ("با ۰۹۳۵ ۱۲۳ ۴۵ ۶۷ تماس بگیرید", "با [phone 1] تماس بگیرید"),
    ("شماره‌ام ۰۹۳۵‌۱۲۳‌۴۵۶۷ است", "شماره‌ام [phone 1] است"),
    ("دفتر: (۰۲۱) ۸۸۷۷۶۶۵۵", "دفتر: [phone 1]"),
    ("به +98 (0) 935 123 4567 پیام بده", "به [phone 1] پیام بده"),
    ("zang bezanid 0935/123/4567", "zang bezanid [phone 1]"),
    ("شماره:\n0935\n1234567", "شماره:\n[phone 1]"),
    ("جوالي ٠٥٥١٢٣٤٥٦٧ وبس", "جوالي [phone 1] وبس"),
    ("كلموني على 010 1234 5678 ضروري", "كلموني على [phone 1] ضروري"),
    ("واتساب 55123456", "واتساب [phone 1]"),
    ("دق علي 0791234567", "دق علي [phone 1]"),
    ("اتصل +971 50 123 4567 أو 07701234567", "اتصل [phone 1] أو [phone 2]"),
    ("перезвоните 8-916-123-45-67", "перезвоните [phone 1]"),
    ("мой телефон 9161234567, жду", "мой телефон [phone 1], жду"),
    ("тел. 234-56-78 с 9 до 18", "тел. [phone 1] с 9 до 18"),
    ("Please ring (212) 555-0123", "Please ring [phone 1]"),
    ("my number: +44 20 7946 0958", "my number: [phone 1]"),
    # e-mail
    ("ایمیلم sara۸۵@gmail.com هست", "ایمیلم [email 1] هست"),
    ("sara نقطه m ات جیمیل دات کام", "[email 1]"),
    ("почта: ivan точка petrov собака яндекс точка ру", "почта: [email 1]"),
    ("write to jane.doe (at) example (dot) co (dot) uk please", "write to [email 1] please"),
    ("bob @ gmail . com", "[email 1]"),
    # money
    ("کارت ۶۰۳۷ ۹۹۷۵ ۰۰۰۰ ۰۰۰۶ به نامم", "کارت [card 1] به نامم"),
    ("بطاقتي 5500-0000-0000-0004", "بطاقتي [card 1]"),
    ("снимали с карты 2200000000000004", "снимали с карты [card 1]"),
    ("amex 3782 822463 10005 declined", "amex [card 1] declined"),
    ("شبا IR82 0540 1026 8002 0817 9090 02 من", "شبا [iban 1] من"),
    ("شماره شبا: ۸۲۰۵۴۰۱۰۲۶۸۰۰۲۰۸۱۷۹۰۹۰۰۲", "شماره شبا: [iban 1]"),
    ("الايبان SA03 8000 0000 6080 1016 7519", "الايبان [iban 1]"),
    ("IBAN DE89370400440532013000, thanks", "IBAN [iban 1], thanks"),
    # registers
    ("کد ملی: ۰۴۹۹۳۷۰۸۹۹", "کد ملی: [national id 1]"),
    ("کدملی من ۰۴۹-۹۳۷۰۸۹-۹", "کدملی من [national id 1]"),
    ("رقم الإقامة ٢٠٠٠٠٠٠٠٠٦", "رقم الإقامة [national id 1]"),
    ("هوية 784-1990-1234567-6", "هوية [national id 1]"),
    ("رقمي القومي ٢٩٠٠١٠١٠١٢٣٤٥٦", "رقمي القومي [national id 1]"),
    ("СНИЛС 11223344595", "СНИЛС [national id 1]"),
    ("ИНН 7707083893", "ИНН [tax id 1]"),
    ("паспорт 4510 123456 выдан", "паспорт [passport 1] выдан"),
    ("серия 45 10 № 123456", "серия [passport 1]"),
    ("passport A12345678 was refused", "passport [passport 1] was refused"),
    # vehicles
    ("پلاک ۲۲ ج ۳۴۵ ایران ۱۱", "پلاک [plate 1]"),
    ("ماشین ۲۲ج۳۴۵-۱۱ بود", "ماشین [plate 1] بود"),
    ("لوحة السيارة ر س ط ٤٣٢١", "لوحة السيارة [plate 1]"),
    ("такси К456ОР 177 опоздало", "такси [plate 1] опоздало"),
    ("reg no AB51 XYZ", "reg no [plate 1]"),
    # network
    ("от IP 203.0.113.77 вчера", "от IP [ip 1] вчера"),
    ("from 2001:db8::8a2e:370:7334 again", "from [ip 1] again"),
    ("لینک https://shop.example/orders/445566?token=9a8b7c", "لینک [url 1]"),
    ("پیام بده t.me/sara_mm یا wa.me/989351234567", "پیام بده [url 1] یا [url 2]"),
    ("инста @vasya.petrov", "инста [handle 1]"),
    ("یوزرنیم sara_1375", "یوزرنیم [handle 1]"),
    # places
    ("لوکیشن 35.7219, 51.3347", "لوکیشن [coordinates 1]"),
    ("خط العرض ٣٠٫٠٤٤٤ وخط الطول ٣١٫٢٣٥٧", "خط العرض [coordinates 1]"),
    ("geo:55.7558,37.6173", "[coordinates 1]"),
    ("55°45'20\"N 37°37'03\"E", "[coordinates 1]"),
    ("тут https://yandex.ru/maps/?ll=37.6%2C55.7&z=12", "тут [coordinates 1]"),
    ("آدرس: شیراز، بلوار چمران، کوچه ۷، پلاک ۱۴، واحد ۲", "آدرس: [address 1]"),
    ("khiyaban azadi, koche 7, pelak 14", "[address 1]"),
    ("عنواني: جدة، شارع التحلية، مبنى ١٢، شقة ٣", "عنواني: [address 1]"),
    ("живу: г. Тверь, ул. Мира, д. 5, корп. 2, кв. 17", "живу: [address 1]"),
    ("courier went to 12 Elm Street, Apt 4 instead", "courier went to [address 1] instead"),
    ("کد پستی ۱۴۱۵۵-۶۷۸۹۰", "کد پستی [address 1]"),
])
def test_personal_data_is_replaced(text: str, redacted: str) -> None:
    assert redact(text) == redacted


@pytest.mark.parametrize("text", [
    # money, amounts, days, hours
    "قیمتش ۱۲۵۰۰۰۰۰ تومان بود", "۱٬۲۵۰٬۰۰۰ ریال برگشت نخورد", "السعر ٩٩٩٩٩٩٩٩ ريال", "стоит 12 500 000 рублей",
    "paid $1,234,567.89", "۱۴۰۲/۰۸/۲۵ ساعت ۱۴:۳۰ رسید", "доставка 2023-10-12 14:30", "с 12.05.2023 по 13.06.2023",
    "on 10/12/2023 at 09:15:30", "01-02-2003", "۳۰ روز طول کشید، ۵ از ۵", "4.75 из 5, 100%", "9 من 10 وبعد ٤٨ ساعة",
    "2019-2020 season", "24/7 since 1998",
    # things
    "iPhone 13 Pro Max 256GB", "RTX 4090 و SM-G998B", "گوشی A54 با اندروید ۱۴", "Windows 10.0.19045",
    "обновил до версии 5.10.2.1", "firmware 1.16.20.154", "ISBN 978-3-16-148410-0", "serial number 1234567890123",
    "артикул 1234567890", "باركود 6281007034567",
    # orders, parcels, tickets
    "سفارش ۱۲۳۴۵۶۷۸۹۰ نرسید", "کد رهگیری ۰۹۱۲۳۴۵۶۷۸۹۰۱۲۳۴۵۶۷۸", "شماره پیگیری: 09123456789", "رقم الطلب ٠٥٥١٢٣٤٥٦٧",
    "طلبي رقم 12345678 تأخر", "заказ № 89161234567 не пришёл", "трек-номер RB123456789CN", "order #4111111111111111",
    "ticket 2125550123 is still open",
    # numbers that everybody may call
    "تماس با ۱۱۰ یا ۱۵۰۰", "اتصل على 937", "звоните 900 или 112", "call 911 or 611",
    # what fails its checksum
    "کد ۰۴۹۹۳۷۰۸۹۸ را وارد کردم", "4111 1111 1111 1112", "شماره 1111111111 بود",
    # pages and networks that are nobody's
    "https://example.com/help/returns", "see www.example.org/blog/2023-10-12-news", "digikala.com خوب است",
    "router 192.168.1.1 and 8.8.8.8", "https://support.example.com/en-us/articles/4012233", "instagram.com/explore",
    # places that are not where somebody lives
    "در خیابان ولیعصر شعبه دارند", "شارع التحلية زحمة", "на улице холодно", "Main Street was closed",
    "pi is 3.14159 of course", "meet @ 5pm", "2 rooms, 3 beds", "5 stars on my way home",
])
def test_what_only_looks_like_it_stays(text: str) -> None:
    assert redact(text) == text


@pytest.mark.parametrize(("check", "right", "wrong"), [
    (iranian, "0499370899", "0499370898"), (iranian, "0084575948", "1111111111"), (saudi, "2000000006", "2000000007"),
    (egyptian, "29001010123456", "29013010123456"), (snils, "11223344595", "11223344596"),
])
def test_checksums_tell_codes_from_figures(check: object, right: str, wrong: str) -> None:
    assert callable(check)
    assert check(right) and not check(wrong)


@pytest.mark.parametrize(("text", "redacted"), [
    ("کد ملی 0999999990", "کد ملی [national id 1]"),  # a mobile of Syria by its form, an Iranian code by its checksum
    ("موبايل 0999999990", "موبايل [phone 1]"),
    ("شماره سفارش 0999999990", "شماره سفارش 0999999990"),
])
def test_of_two_readings_the_word_beside_decides(text: str, redacted: str) -> None:
    assert redact(text) == redacted


def test_every_kind_has_a_token_of_its_own() -> None:
    from painpoints.text.redaction.kinds import TOKEN, token, token_kind

    for style in ("words", "symbols"):
        written = {kind: token(kind, 7, style) for kind in KINDS}  # type: ignore[arg-type]
        assert len(set(written.values())) == len(KINDS)
        for kind, one in written.items():
            match = TOKEN.fullmatch(one)
            assert match is not None and token_kind(match) == (kind, 7)


@pytest.mark.parametrize("text", [
    # companies' own accounts, and nobody's
    "@Beeline_RUS нет связи", "@JetBlue at what point in the day do you answer",
    "@digikala سفارشم نرسید", "@AskSpectrum no tv",
    "@careem_support وين السايق", "RT @user: late again", "с помощью @YouTube",
    # links that anybody may open
    "see https://t.co/Ab12Cd34Ef", "bit.ly/2J1qk8n را ببینید",
    "https://support.example.com/answer/2668665?hl=en",
    "https://web.archive.org/web/20200318215336/https://forum.example/topics/600772",
    "https://www.example.com/itm/373004356624", "https://news.example.ir/maghaleh-92208.html",
    "youtube.com/watch?v=dQw4w9WgXcQ",
    # what only looks like an address
    "power in 2035 said Dr. Lee", "a 5 hr drive", "only $39 each way", "the slow 1 tb hard drive",
    "3D printing. Nowhere close to it",
    "трактор жрёт 15 литров на 100 км", "на площадке раз в 1-2 недели",
    "квартира 45.0 м² этаж 8/9", "الوصف رقم 1 ورقم 2 واضح",
    "مدينة الملاهي في الطابق 5", "سنتر CB344 كـلوسيت KR8 السيف MH126",
    # days and hours that look like the address of a machine
    "доставка будет 7.11.6.11",
])
def test_what_is_for_everybody_stays(text: str) -> None:
    assert redact(text) == text


@pytest.mark.parametrize(("text", "redacted"), [
    ("@Beeline_RUS @vasya_77 нет связи", "@Beeline_RUS [handle 1] нет связи"),
    ("@140041Saud وينك", "[handle 1] وينك"),
    ("[id133372712|Иван Примеров] посмотри", "[handle 1] посмотри"),
    ("mail me at sandhya 1256 gmailcom", "mail me at [email 1]"),
    ("пишите на ivan@example.ru.Спасибо", "пишите на [email 1].Спасибо"),
    ("офис на ул. Примерной, 6 с намерением", "офис на [address 1] с намерением"),
    ("адрес: ул. Примерная, д. 5 б, кв. 3", "адрес: [address 1]"),
    ("отделение на ул. Примерной 11.14.03.2018 был", "отделение на [address 1].14.03.2018 был"),
    ("https://support.example.com/requests/2668665", "[url 1]"),
    ("https://web.archive.org/web/20200318215336/https://shop.example/order/5820147/pay?sid=a81c6e30f4", "[url 1]"),
])
def test_what_stands_beside_it_stays_too(text: str, redacted: str) -> None:
    assert redact(text) == redacted


def test_a_brand_that_is_named_stays_and_nobody_whose_name_begins_like_it() -> None:
    own = Redactor(key=b"a key for tests", brands=("@Gulab_Shop",))
    assert own.document().redact("@gulab_shop @gulab_shopper").text == "@gulab_shop [handle 1]"
