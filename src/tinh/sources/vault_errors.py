"""Why a secret is not kept, or cannot be opened.

VaultError   SRC100 SecretName · SRC101 SecretValue · SRC102 VaultKeyWrong · SRC103 VaultDamaged
"""

from __future__ import annotations

from tinh.kit.errors import Text
from tinh.sources.errors import SourceError


class VaultError(SourceError):
    status = 409


class SecretName(VaultError):
    code = "SRC100"
    status = 422
    says = Text("“{name}” không dùng được làm tên bí mật.", "“{name}” cannot name a secret.")
    cure = Text(
        "Tên bắt đầu bằng chữ cái không dấu, chỉ gồm chữ, số và dấu gạch dưới, không quá 100 ký tự.",
        "Begin with a letter; use letters, digits and underscores only, at most 100.",
    )


class SecretValue(VaultError):
    code = "SRC101"
    status = 422
    says = Text("Bí mật “{name}” trống hoặc quá dài.", "The secret “{name}” is empty or too long.")
    cure = Text(
        "Nhập lại; dài nhất 64 KB. Muốn bỏ hẳn thì dùng tinh secret forget.",
        "Type it again, 64 KB at most. To do away with it use tinh secret forget.",
    )


class VaultKeyWrong(VaultError):
    code = "SRC102"
    says = Text(
        "Không dùng được chìa khóa của kho bí mật: {why_vi}.", "The vault's key cannot be used: {why_en}."
    )
    cure = Text(
        "Đặt lại đúng tệp keys/vault.key từ bản sao lưu, hoặc đặt TINH_VAULT_KEY là 32 byte dạng base64. "
        "Mất chìa thì phải đặt lại từng bí mật bằng tinh secret set.",
        "Put keys/vault.key back from a backup, or set TINH_VAULT_KEY to 32 bytes in base64. "
        "If the key is lost, set every secret again with tinh secret set.",
    )


class VaultDamaged(VaultError):
    code = "SRC103"
    says = Text(
        "Bí mật “{name}” trong kho đã bị sửa hoặc hỏng, không mở được.",
        "The secret “{name}” was changed or damaged in the vault and cannot be opened.",
    )
    cure = Text(
        "Đặt lại bí mật này bằng tinh secret set {name}; nếu nhiều bí mật cùng hỏng, báo người quản trị.",
        "Set it again with tinh secret set {name}; if several are damaged, tell the administrator.",
    )
