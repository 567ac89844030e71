"""The agencies of a province as they have been named since 2025, by the ids packs use."""

from __future__ import annotations

AGENCIES: dict[str, tuple[str, str, str, str]] = {  # id → vi, en, short vi, short en
    "so-khcn": ("Sở Khoa học và Công nghệ", "Department of Science and Technology", "Sở KH&CN", "DoST"),
    "so-nnmt": (
        "Sở Nông nghiệp và Môi trường",
        "Department of Agriculture and Environment",
        "Sở NN&MT",
        "DoAE",
    ),
    "so-tc": ("Sở Tài chính", "Department of Finance", "Sở TC", "DoF"),
    "so-yt": ("Sở Y tế", "Department of Health", "Sở YT", "DoH"),
    "so-gddt": ("Sở Giáo dục và Đào tạo", "Department of Education and Training", "Sở GD&ĐT", "DoET"),
    "so-nv": ("Sở Nội vụ", "Department of Home Affairs", "Sở NV", "DoHA"),
    "so-xd": ("Sở Xây dựng", "Department of Construction", "Sở XD", "DoC"),
    "so-ct": ("Sở Công Thương", "Department of Industry and Trade", "Sở CT", "DoIT"),
    "so-vhttdl": (
        "Sở Văn hóa, Thể thao và Du lịch",
        "Department of Culture, Sports and Tourism",
        "Sở VH,TT&DL",
        "DoCST",
    ),
    "so-tp": ("Sở Tư pháp", "Department of Justice", "Sở TP", "DoJ"),
    "so-dttg": ("Sở Dân tộc và Tôn giáo", "Department of Ethnic and Religious Affairs", "Sở DT&TG", "DoERA"),
    "so-ngv": ("Sở Ngoại vụ", "Department of Foreign Affairs", "Sở NgV", "DoFA"),
    "thanh-tra": ("Thanh tra {kind}", "Provincial Inspectorate", "Thanh tra", "Inspectorate"),
    "cong-an": ("Công an {kind}", "Provincial Police", "Công an", "Police"),
    "quan-su": ("Bộ Chỉ huy quân sự {kind}", "Provincial Military Command", "BCHQS", "Military"),
    "thong-ke": ("Thống kê {kind}", "Provincial Statistics Office", "Thống kê", "Statistics"),
    "thue": ("Thuế {kind}", "Provincial Tax Department", "Thuế", "Tax"),
    "bhxh": ("Bảo hiểm xã hội {kind}", "Provincial Social Security", "BHXH", "Social Security"),
    "dien-luc": ("Công ty Điện lực {kind}", "Provincial Power Company", "Điện lực", "Power"),
    "vp-ubnd": (
        "Văn phòng Ủy ban nhân dân {kind}",
        "Office of the People's Committee",
        "VP UBND",
        "PPC Office",
    ),
}
