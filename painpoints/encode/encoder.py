"""One pass of a sentence encoder over many texts, in length-sorted batches of bounded size."""

from __future__ import annotations

import contextlib
import io
import logging
import os
import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from painpoints.config import PRECISIONS
from painpoints.encode.adapter import Adapter, TokenHead, load_adapter
from painpoints.encode.embedded import EMBEDDED_NAME
from painpoints.encode.lean import LeanModel
from painpoints.encode.passes import Passes
from painpoints.encode.precision import hardware
from painpoints.encode.source import ModelSource, resolve_model
from painpoints.errors import ModelError, UsageError

if TYPE_CHECKING:
    import numpy as np
    import torch
    from sentence_transformers import SentenceTransformer

    from painpoints.encode.passages import EncodedPassages
    from painpoints.text import Passage

Read = TypeVar("Read")
Progress = Callable[[int, int], None]
"""Called with (texts done, texts in all)."""

MAX_TOKENS = 256
"""Tokens read of one text; opinion units are far shorter (99.9 % under 200 in the evaluation sets)."""
_TOKENS_A_BATCH = {"cpu": 2048, "mps": 16384, "cuda": 65536}
_SORT_WINDOW = 20_000
_SHAPES_KEPT = "40"
"""Shapes of products whose code oneDNN keeps, by default 1,024: with so many, judging 16,000 reviews takes 400 MB more
and no second less, for texts come sorted by length, and a shape comes again at once or late."""
_WIDTH_STEP = {"cpu": 1, "mps": 8, "cuda": 8}
"""Batches are as wide as a multiple of this and hold only texts of that width: then a text's bf16 vector is the same,
bit for bit, whatever else is encoded with it (in batches of free width 15 % of texts moved, by up to 0.0015). On a
CPU small batches cost no more a token than big ones, so there nothing is padded."""


@dataclass(frozen=True)
class EncoderInfo:
    """What the manifest records of an encoder."""

    name: str
    source: str
    dimension: int
    device: str
    precision: str
    prefix: str
    max_tokens: int
    adapter: str | None


class Encoder:
    """Texts to L2-normalised vectors.

    Identical texts are encoded once a call. ``info`` says which model, where from, and in which precision.
    """

    def __init__(self, load: Callable[[], SentenceTransformer | LeanModel], source: ModelSource, device: str,
                 precision: str, adapter: Adapter | None = None) -> None:
        self._load, self._loaded = load, load()
        model = self._model
        prompt = model.prompts.get(model.default_prompt_name or "") or model.prompts.get("query")
        limit = model.max_seq_length or 512
        self._prefix = prompt or ("query: " if "e5" in source.name.lower().rsplit("/", 1)[-1] else "")
        self.info = EncoderInfo(
            name=source.name, source=source.kind, dimension=int(model.get_embedding_dimension() or 0),
            device=device, precision=precision, prefix=self._prefix, max_tokens=min(MAX_TOKENS, int(limit)),
            adapter=adapter.version if adapter else None)
        self._adapter = adapter
        self._step = _WIDTH_STEP[device]
        self._passes = Passes(hardware().cores if device == "cpu" else 1)
        self._prefix_ids: list[int] = model.tokenizer(self._prefix.strip(), add_special_tokens=False)["input_ids"]

    @property
    def _model(self) -> Any:
        if self._loaded is None:
            self._loaded = self._load()
        return self._loaded

    def rest(self) -> None:
        """Lets go of the model, some 700 MB of memory with what its passes hold, until it is asked for again; then it
        is loaded anew, which takes a second."""
        self._loaded = None
        self._passes.close()

    def change(self, change: Callable[[Any], None], precision: str) -> None:
        """Has ``change`` done to the model, now and whenever it is loaded anew; ``precision`` is what it is in then."""
        change(self._model)
        load = self._load

        def loaded() -> Any:
            model = load()
            change(model)
            return model

        self._load, self.info = loaded, replace(self.info, precision=precision)

    @property
    def token_head(self) -> TokenHead:
        """The head over token states. Raises UsageError for an encoder without our adapter, which has none."""
        if self._adapter is None:
            raise UsageError(f"{self.info.name} has no head that finds units.",
                             hint="Cut units by the rules first, then encode them.")
        return self._adapter.head

    @property
    def content_limit(self) -> int:
        """Tokens of a passage that are read at once: what prefix and frame leave."""
        return self.info.max_tokens - len(self._prefix_ids) - 2

    def encode_passages(self, passages: Sequence[Passage], *, rules: bool = False, progress: Progress | None = None
                        ) -> EncodedPassages:
        """Units of ``passages`` with their vectors, from one pass over each passage; ``rules`` cuts by rules alone.

        Raises UsageError for an encoder without our adapter, whose token states nobody trained.
        """
        from painpoints.encode.passages import encode_passages

        return encode_passages(self, self.token_head, passages, rules=rules, progress=progress)

    def encode(self, texts: Sequence[str], progress: Progress | None = None) -> np.ndarray:
        """Vectors of ``texts``: (n, dimension) float32, L2-normalised, in the order given.

        The adapted encoder pools the text's own tokens only, as it does for units; others pool as they were made to.
        """
        import numpy as np
        import torch

        rows: dict[str, int] = {}
        inverse = np.fromiter((rows.setdefault(text, len(rows)) for text in texts), np.int64, len(texts))
        unique = list(rows)
        vectors = np.zeros((len(unique), self.info.dimension), np.float32)
        done = 0

        def pass_over(batch: tuple[list[int], list[list[int]]]) -> np.ndarray:
            with torch.inference_mode():
                pooled = self._pooled(self._padded(batch[1]))
                return np.asarray(torch.nn.functional.normalize(pooled, dim=-1).cpu().numpy())

        for (batch, _), found in self._passes.run(pass_over, self._batches(unique)):
            vectors[batch] = found
            done += len(batch)
            if progress is not None:
                progress(round(done / len(unique) * len(texts)), len(texts))
        return vectors[inverse]

    def tokenise(self, texts: Sequence[str]) -> Iterator[tuple[list[int], list[tuple[int, int]]]]:
        """Of each text the ids of its tokens, without frame, and the characters of each."""
        for start in range(0, len(texts), _SORT_WINDOW):
            window = list(texts[start:start + _SORT_WINDOW])
            found = self._model.tokenizer(window, add_special_tokens=False, return_offsets_mapping=True,
                                          return_attention_mask=False, return_token_type_ids=False, verbose=False)
            for text, ids, offsets in zip(window, found["input_ids"], found["offset_mapping"], strict=True):
                # A word's first token claims the space before it.
                yield ids, [(a + 1, b) if a + 1 < b and text[a].isspace() else (a, b) for a, b in offsets]

    def token_states(self, runs: Sequence[list[int]], read: Callable[[torch.Tensor], Read]
                     ) -> Iterator[tuple[list[int], Read, int]]:
        """Batches over ``runs`` of token ids: which runs, what ``read`` makes of their states (rows, tokens, d) with
        frame and padding, and the place of the first of a run's own tokens. ``read`` runs on the pass's own thread."""
        import torch

        tokenizer = self._model.tokenizer
        framed = [[tokenizer.cls_token_id, *self._prefix_ids, *run, tokenizer.sep_token_id] for run in runs]

        def pass_over(batch: list[int]) -> Read:
            with torch.inference_mode():
                return read(self._model[0](self._padded([framed[i] for i in batch]))["token_embeddings"])

        for batch, found in self._passes.run(pass_over, self._by_width(list(range(len(framed))),
                                                                       [len(ids) for ids in framed])):
            yield batch, found, 1 + len(self._prefix_ids)

    def _pooled(self, features: dict[str, Any]) -> torch.Tensor:
        if self._adapter is None:
            return self._model.forward(features)["sentence_embedding"].float()
        import torch

        mask = features["attention_mask"].clone()
        states = self._model[0](features)["token_embeddings"].float()
        mask[:, :1 + len(self._prefix_ids)] = 0
        mask.scatter_(1, mask.shape[1] - 1 - mask.flip(1).argmax(1, keepdim=True), 0)  # the closing token
        mask = torch.where(mask.any(1, keepdim=True), mask, features["attention_mask"])  # a text of nothing readable
        weights = mask.unsqueeze(-1).float()
        return (states * weights).sum(1) / weights.sum(1).clamp(min=1)

    def _batches(self, texts: list[str]) -> Iterator[tuple[list[int], list[list[int]]]]:
        """Which texts, and the ids of their tokens."""
        tokenizer = self._model.tokenizer
        for start in range(0, len(texts), _SORT_WINDOW):
            window = [self._prefix + text for text in texts[start:start + _SORT_WINDOW]]
            tokens = tokenizer(window, truncation=True, max_length=self.info.max_tokens,
                               return_attention_mask=False, return_token_type_ids=False)["input_ids"]
            for chosen in self._by_width(list(range(len(window))), [len(ids) for ids in tokens]):
                yield [start + i for i in chosen], [tokens[i] for i in chosen]

    def _by_width(self, rows: list[int], lengths: list[int]) -> Iterator[list[int]]:
        """``rows`` in batches of one width, the longest first."""
        budget = _TOKENS_A_BATCH[self.info.device]
        order = sorted(rows, key=lambda i: (-lengths[i], i))
        at = 0
        while at < len(order):
            width = self._width(lengths[order[at]])
            chosen = order[at:at + max(1, budget // width)]
            chosen = [i for i in chosen if self._width(lengths[i]) == width]
            at += len(chosen)
            yield chosen

    def _padded(self, ids: list[list[int]]) -> dict[str, Any]:
        padded = self._model.tokenizer.pad({"input_ids": ids}, pad_to_multiple_of=self._step, return_tensors="pt")
        return {key: value.to(self.info.device) for key, value in padded.items()}

    def _width(self, length: int) -> int:
        """``length`` in tokens, rounded up to the step of batch widths."""
        return -(-length // self._step) * self._step


def load_encoder(name: str = EMBEDDED_NAME, *, precision: str | None = None, adapted: bool = True) -> Encoder:
    """The encoder called ``name`` (a sentence-transformers folder or id), on the best device of this machine.

    The embedded encoder gets our adapter merged in, unless ``adapted`` is false.
    ``precision`` (bf16, fp16, fp32) overrides what the hardware suggests. Raises ModelError when the model can
    neither be found nor fetched, UsageError for a precision there is not.
    """
    if precision not in (None, *PRECISIONS):
        raise UsageError(f"There is no precision {precision!r}.", hint=f"Use one of: {', '.join(PRECISIONS)}.")
    os.environ.setdefault("ONEDNN_PRIMITIVE_CACHE_CAPACITY", _SHAPES_KEPT)
    import torch

    machine = hardware()
    chosen = precision or machine.precision
    dtype = {"bf16": torch.bfloat16, "fp16": torch.float16, "fp32": torch.float32}[chosen]
    if machine.device == "cpu":
        torch.set_num_threads(machine.cores)
    source = resolve_model(name)
    adapter = load_adapter() if adapted and source.name == EMBEDDED_NAME else None
    lean = adapter is not None and source.kind == "embedded" and machine.device == "cpu"

    def load() -> Any:
        model: Any
        try:
            if lean:
                model = LeanModel(Path(source.path), dtype)
            else:
                with _hushed():
                    model = _sentence_transformer(source.path, machine.device, dtype)
        except Exception as error:
            remedy = ("No connection to the model hub? Fetch the model elsewhere and name its folder."
                      if source.kind == "hub" else "Name a folder in sentence-transformers layout.")
            raise ModelError(f"{source.name}: the model could not be loaded from the {source.kind} "
                             f"({type(error).__name__}).", hint=remedy) from error
        if adapter is not None:
            adapter.merge_into(model[0] if lean else model[0].auto_model)
        if lean and chosen == "bf16":
            model[0].quicken()
        return model

    return Encoder(load, source, machine.device, chosen, adapter)


def _sentence_transformer(path: str, device: str, dtype: torch.dtype) -> SentenceTransformer:
    from sentence_transformers import SentenceTransformer

    model = SentenceTransformer(path, device=device, model_kwargs={"dtype": dtype})
    model.eval()
    return model


@contextlib.contextmanager
def _hushed() -> Iterator[None]:
    """Keeps loaders' progress bars and reports (an absent pooler) off the user's terminal."""
    from transformers.utils import logging as transformers_logging

    loggers = [logging.getLogger(name) for name in ("transformers", "sentence_transformers", "huggingface_hub")]
    levels = [logger.level for logger in loggers]
    bar = transformers_logging.is_progress_bar_enabled()
    transformers_logging.disable_progress_bar()
    for logger in loggers:
        logger.setLevel(logging.ERROR)
    try:
        with contextlib.redirect_stderr(io.StringIO()), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        for logger, level in zip(loggers, levels, strict=True):
            logger.setLevel(level)
        if bar:
            transformers_logging.enable_progress_bar()
