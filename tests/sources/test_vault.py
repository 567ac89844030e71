"""Secrets of sources: kept sealed, told to nobody."""

from __future__ import annotations

import base64
import json
import os
import stat
import threading
from pathlib import Path

import pytest

from tinh.sources.api import Vault
from tinh.sources.feeds.secrets import Secrets
from tinh.sources.vault_errors import SecretName, SecretValue, VaultDamaged, VaultKeyWrong

VALUE = "mật khẩu Rất-Dài & lạ=%7 \"'"


def test_a_secret_comes_back_and_lies_nowhere_in_the_clear(tmp_path: Path) -> None:
    Vault(tmp_path, {}).put("kho", VALUE, by="an")
    assert Vault(tmp_path, {}).get("kho") == VALUE
    for path in tmp_path.rglob("*"):
        if path.is_file():
            assert VALUE.encode() not in path.read_bytes()
            assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0 or path.suffix == ".lock", path
    assert stat.S_IMODE((tmp_path / "keys").stat().st_mode) == 0o700


def test_what_may_be_told_is_the_name_the_day_and_who(tmp_path: Path) -> None:
    vault = Vault(tmp_path, {})
    vault.put("kho", VALUE, by="an")
    (kept,) = vault.names()
    assert set(kept.as_dict()) == {"name", "at", "by"} and kept.by == "an"
    assert VALUE not in repr(kept) + repr(vault) + repr(vars(vault))


def test_a_value_moved_to_another_name_or_changed_does_not_open(tmp_path: Path) -> None:
    vault = Vault(tmp_path, {})
    vault.put("mot", "giá trị một")
    vault.put("hai", "giá trị hai")
    told = json.loads((tmp_path / "vault.json").read_text())
    told["secrets"]["mot"] = told["secrets"]["hai"]
    (tmp_path / "vault.json").write_text(json.dumps(told))
    with pytest.raises(VaultDamaged):
        vault.get("mot")
    assert vault.get("hai") == "giá trị hai"


def test_without_its_key_the_vault_says_so_and_makes_no_new_one(tmp_path: Path) -> None:
    vault = Vault(tmp_path, {})
    vault.put("mot", "một")
    (tmp_path / "keys" / "vault.key").unlink()
    for act in (lambda: vault.get("mot"), lambda: vault.put("hai", "hai")):
        with pytest.raises(VaultKeyWrong):
            act()
    other = base64.b64encode(os.urandom(32)).decode()
    with pytest.raises(VaultKeyWrong):
        Vault(tmp_path, {"TINH_VAULT_KEY": other}).get("mot")
    with pytest.raises(VaultKeyWrong):
        Vault(tmp_path, {"TINH_VAULT_KEY": "ngắn"}).get("mot")


def test_the_environment_wins_and_the_older_file_comes_last(tmp_path: Path) -> None:
    Vault(tmp_path, {}).put("kho", "từ kho")
    (tmp_path / "secrets").write_text("kho=từ tệp\ncu=từ tệp cũ\n", "utf-8")
    assert Secrets(tmp_path, {"TINH_SECRET_KHO": "từ môi trường"}).get("kho") == "từ môi trường"
    assert Secrets(tmp_path, {}).get("kho") == "từ kho"
    assert Secrets(tmp_path, {}).get("cu") == "từ tệp cũ"


@pytest.mark.parametrize("name", ["", "1a", "a-b", "a/../b", "mật", "a" * 101, "a\n"])
def test_a_name_that_could_be_anything_else_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(SecretName):
        Vault(tmp_path, {}).put(name, "x")


@pytest.mark.parametrize("value", ["", "  \n", "a\x00b", "x" * 70_000])
def test_an_empty_or_boundless_value_is_refused_without_being_said(tmp_path: Path, value: str) -> None:
    with pytest.raises(SecretValue) as caught:
        Vault(tmp_path, {}).put("kho", value)
    assert "xxxx" not in str(caught.value)


def test_many_writers_lose_nothing(tmp_path: Path) -> None:
    def work(n: int) -> None:
        Vault(tmp_path, {}).put(f"bi_mat_{n}", f"giá trị {n}")

    threads = [threading.Thread(target=work, args=(n,)) for n in range(12)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    vault = Vault(tmp_path, {})
    assert {one.name: vault.get(one.name) for one in vault.names()} == {
        f"bi_mat_{n}": f"giá trị {n}" for n in range(12)
    }


def test_what_is_forgotten_is_gone(tmp_path: Path) -> None:
    vault = Vault(tmp_path, {})
    vault.put("kho", VALUE)
    assert vault.forget("kho") and not vault.forget("kho")
    assert vault.get("kho") is None


def test_a_text_is_cleaned_of_secrets_however_they_are_spelt(tmp_path: Path) -> None:
    from urllib.parse import quote, quote_plus

    Vault(tmp_path, {}).put("kho", VALUE)
    secrets = Secrets(tmp_path, {})
    secrets.get("kho")
    for form in (VALUE, quote(VALUE, safe=""), quote_plus(VALUE), json.dumps(VALUE), repr(VALUE)):
        cleaned = secrets.cleaned({"detail": {"vi": f"lỗi tại {form}!"}})
        assert "Dài" not in str(cleaned) and "D%C3" not in str(cleaned), form
