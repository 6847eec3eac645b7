"""Reading that was cut short begins again, and keeps what was judged of the same documents."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np
import polars as pl

from painpoints.config import Settings
from painpoints.pipeline import start
from painpoints.pipeline.reading import read_shards

TEXTS = ["پیک دیر رسید", "المندوب تأخر", "Курьер опоздал", "The courier was late", "The app crashes",
         "Приложение виснет"]


def test_what_was_judged_of_other_documents_is_swept(tmp_path: Path) -> None:
    source = tmp_path / "said.csv"
    settings, written = Settings(shard_rows=2), list[tuple[int, int]]()

    def said(texts: list[str]) -> None:
        source.write_text("id,text\n" + "".join(f"{at},{text}\n" for at, text in enumerate(texts)), "utf8")

    said(TEXTS)
    folder = start([str(source)], tmp_path / "run", settings)
    note = read_shards(folder, [str(source)], settings, lambda *shard: written.append(shard))
    assert (note["shards"], note["documents"], written) == (3, 6, [(0, 2), (1, 4), (2, 6)])
    assert folder.reading_done() is None, "only who has the whole note may say that all was read"
    for shard in range(3):
        folder.write_units(shard, pl.DataFrame({"unit_id": ["u"]}), np.zeros((1, 2)), Counter())
    read_shards(folder, [str(source)], settings, lambda *_: None)
    assert [folder.judged(shard) for shard in range(3)] == [True, True, True]
    said([*TEXTS[:3], "Nobody answers", *TEXTS[4:]])
    read_shards(folder, [str(source)], settings, lambda *_: None)
    assert [folder.judged(shard) for shard in range(3)] == [True, False, True]
    assert folder.documents(1)["text"].to_list() == [TEXTS[2], "Nobody answers"]
