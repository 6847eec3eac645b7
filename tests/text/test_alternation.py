import re

from painpoints.text.alternation import Alternation, holds, holds_domain, holds_www


def test_only_what_a_text_can_hold_is_looked_for_and_found_as_by_all_together() -> None:
    kinds = [(r"https?://\S+", holds("://")), (r"www\.\S+", holds_www), (r"@\w+", holds("@")),
             (r"\w+\.(?:com|ir)\b", holds_domain)]
    alternation = Alternation(kinds, re.IGNORECASE)
    together = re.compile("|".join(kind for kind, _ in kinds), re.IGNORECASE)
    for text in ("غذا سرد بود", "WWW.shop.IR را ببین", "смотри https://a.com и @kafe", "mail me@x.com", "done. OK"):
        pattern = alternation.pattern(text)
        found = [] if pattern is None else pattern.findall(text)
        assert found == together.findall(text)
    assert alternation.pattern("الخدمة سيئة") is None
