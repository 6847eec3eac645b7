"""Parquet files and frames (polars, Arrow, pandas) as tables."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from painpoints.errors import EmptyInputError, InputError
from painpoints.read.table import BadRow, Row, Table, named_columns

if TYPE_CHECKING:
    from painpoints.read.bytestream import ByteSource

_BATCH = 4096


def parquet_table(source: ByteSource) -> Table:
    """The rows of a Parquet file, row group after row group. Raises InputError for a damaged one."""
    import io

    import pyarrow as pa
    import pyarrow.parquet as pq

    packed = source.whole() if source.compression else None

    def opened() -> Any:
        return pq.ParquetFile(io.BytesIO(packed) if packed is not None else source.path)

    try:
        file = opened()
    except (pa.ArrowException, OSError) as error:
        raise InputError(f"{source.name}: not a readable Parquet file ({type(error).__name__}).",
                         hint="Copy or write it again.") from error
    if file.metadata.num_rows == 0:
        raise EmptyInputError(f"{source.name}: the table has no rows.")
    columns = named_columns(_flat(pa.Table.from_batches([], schema=file.schema_arrow)).column_names)

    def rows() -> Iterator[Row | BadRow]:
        number = 0
        try:
            for batch in opened().iter_batches(batch_size=_BATCH):
                for values in _arrow_rows(_flat(pa.Table.from_batches([batch]))):
                    number += 1
                    yield Row(number, values)
        except (pa.ArrowException, OSError) as error:
            raise InputError(f"{source.name}: the Parquet file is damaged after row {number}.") from error

    return Table(columns, rows, "parquet")


def _flat(table: Any) -> Any:
    """The Arrow table with the fields of struct columns beside the others."""
    import pyarrow as pa

    return table.flatten() if any(pa.types.is_struct(field.type) for field in table.schema) else table


def _arrow_rows(table: Any) -> Iterator[tuple[object, ...]]:
    import pyarrow as pa

    columns = []
    for column in table.columns:
        if pa.types.is_timestamp(column.type) and column.type.unit == "ns":
            column = column.cast(pa.timestamp("us", tz=column.type.tz), safe=False)
        columns.append(column.to_pylist())
    return zip(*columns, strict=True)


def frame_table(frame: Any) -> Table:
    """The rows of a polars frame (also lazy), an Arrow table or a pandas frame.

    Raises InputError for anything else and EmptyInputError for a frame without rows.
    """
    kind = _kind_of(frame)
    if kind == "polars":
        if hasattr(frame, "collect"):
            frame = frame.collect()
        structs = [name for name, dtype in frame.schema.items() if str(dtype).startswith("Struct")]
        for name in structs:
            inner = frame.get_column(name).struct.unnest()
            frame = frame.drop(name).hstack(inner.rename({field: f"{name}.{field}" for field in inner.columns}))
        names = list(frame.columns)
        rows_in = frame.height

        def values() -> Iterator[tuple[object, ...]]:
            return iter(frame.iter_rows())
    elif kind == "arrow":
        frame = _flat(frame)
        names = list(frame.column_names)
        rows_in = frame.num_rows

        def values() -> Iterator[tuple[object, ...]]:
            for start in range(0, frame.num_rows, _BATCH):
                yield from _arrow_rows(frame.slice(start, _BATCH))
    else:
        names = [str(name) if name is not None else "" for name in frame.columns]
        rows_in = len(frame)

        def values() -> Iterator[tuple[object, ...]]:
            for start in range(0, rows_in, _BATCH):
                part = frame.iloc[start:start + _BATCH]
                yield from zip(*(part.iloc[:, place].tolist() for place in range(len(names))), strict=True)

    if not rows_in or not names:
        raise EmptyInputError("the frame has no rows.")

    def rows() -> Iterator[Row | BadRow]:
        for number, row in enumerate(values(), 1):
            yield Row(number, row)

    return Table(named_columns(names), rows, f"{kind} frame")


def _kind_of(frame: Any) -> str:
    module = type(frame).__module__.split(".")[0]
    if module == "polars" and (hasattr(frame, "iter_rows") or hasattr(frame, "collect")):
        return "polars"
    if module == "pyarrow" and hasattr(frame, "column_names"):
        return "arrow"
    if hasattr(frame, "iloc") and hasattr(frame, "columns"):
        return "pandas"
    raise InputError(f"a frame must be a pandas, polars or Arrow table, not {type(frame).__name__}.")
