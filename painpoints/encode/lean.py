"""The embedded encoder, loaded without transformers and sentence-transformers, which take seconds to import."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    import torch
    from tokenizers import Tokenizer

    from painpoints.encode.transformer import Transformer


class LeanTokenizer:
    """What `Encoder` asks of a transformers tokenizer, from a ``tokenizer.json`` alone."""

    def __init__(self, inner: Tokenizer, tokens: Mapping[str, str]) -> None:
        self._inner = inner
        self.cls_token_id, self.sep_token_id = (cast(int, inner.token_to_id(tokens[name]))
                                                for name in ("cls_token", "sep_token"))

    def __call__(self, texts: str | Sequence[str], *, add_special_tokens: bool = True, truncation: bool = False,
                 max_length: int | None = None, return_offsets_mapping: bool = False, **_: object) -> dict[str, Any]:
        """``input_ids`` of one text or of each, and ``offset_mapping`` where asked for."""
        if isinstance(texts, str):
            return {"input_ids": self._inner.encode(texts, add_special_tokens=add_special_tokens).ids}
        if truncation and max_length is not None:
            self._inner.enable_truncation(max_length)
        else:
            self._inner.no_truncation()
        encode = self._inner.encode_batch if return_offsets_mapping else self._inner.encode_batch_fast
        found = encode(list(texts), add_special_tokens=add_special_tokens)
        ids = {"input_ids": [each.ids for each in found]}
        return {**ids, "offset_mapping": [each.offsets for each in found]} if return_offsets_mapping else ids

    def pad(self, features: Mapping[str, Any], **_: object) -> dict[str, torch.Tensor]:
        """``input_ids`` of one width as a tensor, and an ``attention_mask`` that hides none of them."""
        import torch

        ids = torch.tensor(features["input_ids"])
        return {"input_ids": ids, "attention_mask": torch.ones_like(ids)}


class LeanModel:
    """What `Encoder` asks of a SentenceTransformer, of a ``folder`` that `materialise` wrote, for texts on a CPU."""

    def __init__(self, folder: Path, dtype: torch.dtype) -> None:
        from safetensors import safe_open
        from tokenizers import Tokenizer

        from painpoints.encode.transformer import Transformer

        config, sentences, tokens, prompts = (
            json.loads((folder / f"{name}.json").read_text("utf8"))
            for name in ("config", "sentence_bert_config", "tokenizer_config", "config_sentence_transformers"))
        self.tokenizer = LeanTokenizer(Tokenizer.from_file(str(folder / "tokenizer.json")), tokens)
        self.prompts: Mapping[str, str] = prompts["prompts"]
        self.default_prompt_name: str | None = prompts["default_prompt_name"]
        self.max_seq_length: int = sentences["max_seq_length"]
        self._width: int = config["hidden_size"]
        with safe_open(folder / "model.safetensors", framework="pt") as file:
            self._transformer = Transformer(config, {name: file.get_tensor(name) for name in file.keys()}, dtype)  # noqa: SIM118

    def __getitem__(self, place: int) -> Transformer:
        if place:
            raise IndexError(place)
        return self._transformer

    def get_embedding_dimension(self) -> int:
        """Numbers in a vector."""
        return self._width
