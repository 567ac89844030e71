"""Many written names at once: those that differ only in case, spaces or composition are one."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

_LETTERS = "a-z0-9àáâãèéêìíòóôõùúýăđĩũơưạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ"
# Beside the letters, what is read the same one by one and in a column. A text that holds anything
# else is left to `writing.segments`.
_READ_AT_ONCE = f"^[{_LETTERS}ðɖ \\x21-\\x2f\\x3a-\\x40\\x5b-\\x60\\x7b-\\x7e–—‑•·→’‘“”ʼʹ′«»]*$"
_PIECES = f"[,;|()\\[\\]{{}}<>→:/\\\\]|[{_LETTERS}]+"

_COMPOSED = f"^[{_LETTERS}{_LETTERS.upper()[6:]} -~]*$"
_SPACES = r"\s[\s_]+|_[\s_]*|[^\S ]"  # all but the single space, which stays


def spelt(names: Sequence[str]) -> pl.Series:
    """The spelling by which each name is read: composed, lower case, single spaces."""
    written = pl.Series(names, dtype=pl.String)
    other = (~written.str.contains(_COMPOSED)).arg_true()  # to compose is dear, and mostly nothing to do
    if len(other):
        at = pl.int_range(len(written), eager=True, dtype=pl.UInt32).scatter(
            other, pl.int_range(len(written), len(written) + len(other), eager=True, dtype=pl.UInt32)
        )
        written = pl.concat([written, written.gather(other).str.normalize("NFKC")]).gather(at)
    return written.str.to_lowercase().str.replace_all(_SPACES, " ").str.strip_chars(" ")


def readable(texts: pl.Series) -> pl.Series:
    """Whether each text may go to `pieces`; the rest must be read one by one."""
    return texts.str.contains(_READ_AT_ONCE)


def pieces(texts: pl.Series) -> pl.DataFrame:
    """The words of texts that `spelt` gave, and between them the signs that part one name from
    the next: `text` (its place), `piece`, `word` (whether it is one).
    """
    text = pl.col("spelt").str.replace_all("[ðɖ]", "đ").str.replace_all("[’'`ʼ‘ʹ′]", "")
    return (
        pl.DataFrame({"spelt": texts})
        .with_row_index("text")
        .select("text", piece=text.str.extract_all(_PIECES))
        .explode("piece", empty_as_null=False)
        .with_columns(word=pl.col("piece").str.contains(f"^[{_LETTERS}]"))
    )
