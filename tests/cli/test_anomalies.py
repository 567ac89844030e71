"""Anomalies of a file: what cannot be read is refused with a cure."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from tinh.cli.errors import NotSeriesFile
from tinh.cli.main import tinh


@pytest.mark.parametrize("body", [b"", b"unique_id,ds,y\na,1,2,3,4\n", b"\xff\xfe\x00a\xff,y\n\xff,1\n"])
def test_a_file_that_is_no_csv_is_refused_with_a_cure(tmp_path: Path, body: bytes) -> None:
    file = tmp_path / "series.csv"
    file.write_bytes(body)
    with pytest.raises(NotSeriesFile, match=r"series\.csv"):
        CliRunner().invoke(tinh, ["anomalies", str(file)], standalone_mode=False, catch_exceptions=False)
