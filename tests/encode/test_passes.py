"""Passes side by side."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import numpy as np
import pytest
import torch

from painpoints.encode import Encoder
from painpoints.encode.passes import Passes


@pytest.mark.parametrize("threads", [1, 2, 4])
def test_results_come_in_the_order_of_the_batches(threads: int) -> None:
    assert list(Passes(threads).run(lambda n: n * n, range(50))) == [(n, n * n) for n in range(50)]


def test_batches_are_taken_only_as_they_are_needed() -> None:
    taken: list[int] = []

    def batches() -> object:
        for n in range(1000):
            taken.append(n)
            yield n

    found = Passes(2).run(lambda n: n, batches())  # type: ignore[arg-type]
    next(found)
    assert len(taken) <= 8


def test_a_failure_reaches_the_caller() -> None:
    def fails(n: int) -> int:
        if n == 3:
            raise ValueError("three")
        return n

    with pytest.raises(ValueError, match="three"):
        list(Passes(2).run(fails, range(9)))


@pytest.fixture
def _two_threads() -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(2)
    yield
    torch.set_num_threads(before)


@pytest.mark.usefixtures("_two_threads")
def test_every_pass_has_one_thread_of_its_own_and_the_caller_keeps_its_threads() -> None:
    seen = {(threading.get_ident(), threads) for _, threads in Passes(2).run(
        lambda _: torch.get_num_threads(), range(20))}
    assert {threads for _, threads in seen} == {1}
    assert torch.get_num_threads() == 2


def test_vectors_do_not_depend_on_the_number_of_threads(encoder: Encoder, monkeypatch: pytest.MonkeyPatch) -> None:
    texts = [f"{word} {'ok ' * n}" for n, word in enumerate(
        ["پیک دیر رسید و غذا سرد بود", "تأخر المندوب ساعتين", "Курьер опоздал", "The courier was late", "😡"] * 6)]
    monkeypatch.setattr(encoder, "_passes", Passes(1))
    alone = encoder.encode(texts)
    monkeypatch.setattr(encoder, "_passes", Passes(3))
    assert np.array_equal(encoder.encode(texts), alone)


def test_a_text_keeps_its_vector_whatever_is_encoded_with_it(encoder: Encoder) -> None:
    texts = ["پیک دیر رسید", "تأخر المندوب", "Курьер опоздал на два часа", "The courier was late"]
    together = encoder.encode([*texts, *(f"{text} again {n}" for n in range(9) for text in texts)])[:4]
    assert np.array_equal(np.stack([encoder.encode([text])[0] for text in texts]), together)
