"""What the places room refuses.

PlacesError             anything of this room
  UnknownUnit           a code that no unit had on that day
  UnknownProvince       a name or code that is no province of that day
  GazetteerMissing      the gazetteer's data files are not installed or not readable
  BoundaryUnreadable    a boundary file that is not GeoJSON polygons with codes
  BoundaryForeign       boundaries whose codes the gazetteer does not know in that province
  BoundaryProjected     coordinates that are not longitude and latitude within Vietnam
  BoundaryTooLarge      a boundary file beyond what is read
  BoundarySetUnfit      boundaries that may not be stored for that province and day
  BoundarySetMissing    no stored set of boundaries bears that name
"""

from __future__ import annotations

from tinh.kit.errors import Text, TinhError


class PlacesError(TinhError):
    code = "PLC000"


class UnknownUnit(PlacesError):
    code = "PLC001"
    status = 404
    says = Text(
        "Không có đơn vị hành chính mang mã {place} vào ngày {on}",
        "No administrative unit had the code {place} on {on}",
    )
    cure = Text(
        "Kiểm tra mã (tỉnh 2 chữ số, huyện 3, xã 5, giữ số 0 ở đầu) và ngày. {known}",
        "Check the code (province 2 digits, district 3, commune 5, leading zeros kept) and the day. {known}",
    )


class UnknownProvince(PlacesError):
    code = "PLC002"
    status = 404
    says = Text(
        "“{place}” không phải là tỉnh, thành phố trực thuộc trung ương vào ngày {on}",
        "“{place}” is not a province or centrally-run city on {on}",
    )
    cure = Text(
        "Ghi mã hai chữ số hoặc tên của một trong các tỉnh, thành phố vào ngày đó. {known}",
        "Give the two-digit code or the name of one of the provinces of that day. {known}",
    )


class GazetteerMissing(PlacesError):
    code = "PLC003"
    status = 500
    says = Text(
        "Không đọc được danh mục đơn vị hành chính: {reason}",
        "The gazetteer's data files cannot be read: {reason}",
    )
    cure = Text(
        "Cài lại gói vietnamadminunits 1.0.4 đi kèm sản phẩm",
        "Reinstall the vietnamadminunits 1.0.4 package that comes with the product",
    )


class BoundaryUnreadable(PlacesError):
    code = "PLC010"
    says = Text(
        "Tệp ranh giới {file} không dùng được: {reason}", "The boundary file {file} cannot be used: {reason}"
    )
    cure = Text(
        "Nạp GeoJSON, GeoPackage, FlatGeobuf hoặc Shapefile nén zip (WGS 84), mỗi đối tượng là Polygon "
        "hoặc MultiPolygon có thuộc tính “code” hoặc “ma_xa”",
        "Load GeoJSON, GeoPackage, FlatGeobuf or a zipped Shapefile (WGS 84) of Polygon or MultiPolygon "
        "features with a “code” or “ma_xa” property",
    )


class BoundaryForeign(PlacesError):
    code = "PLC011"
    says = Text(
        "Tệp ranh giới {file} có {count} mã không thuộc tỉnh {province} "
        "hoặc không có hiệu lực vào ngày {on}: {places}",
        "The boundary file {file} has {count} codes that are not in province {province} "
        "or not valid on {on}: {places}",
    )
    cure = Text(
        "Dùng ranh giới của đúng tỉnh và đúng ngày; mã là chuỗi, giữ số 0 ở đầu",
        "Use boundaries of that province and day; codes are strings with their leading zeros",
    )


class BoundaryProjected(PlacesError):
    code = "PLC012"
    says = Text(
        "Toạ độ trong {file} không phải kinh độ, vĩ độ trong lãnh thổ Việt Nam: {bounds}",
        "The coordinates in {file} are not longitude and latitude within Vietnam: {bounds}",
    )
    cure = Text(
        "Chuyển tệp sang WGS 84 (EPSG:4326), kinh độ trước, vĩ độ sau; "
        "toạ độ VN-2000 phải được quy đổi trước khi nạp",
        "Convert the file to WGS 84 (EPSG:4326), longitude first; "
        "VN-2000 coordinates must be transformed before loading",
    )


class BoundaryTooLarge(PlacesError):
    code = "PLC030"
    status = 413
    says = Text(
        "Tệp ranh giới {file} quá lớn ({size}), chỉ đọc đến 512 MB",
        "The boundary file {file} is too large ({size}); up to 512 MB are read",
    )
    cure = Text(
        "Giản lược đường ranh giới, hoặc chỉ giữ các xã của tỉnh, rồi nạp lại",
        "Simplify the lines, or keep only the communes of the province, and load it again",
    )


class BoundarySetUnfit(PlacesError):
    code = "PLC031"
    status = 422
    says = Text(
        "Không nạp {file} cho ngày {on}: {why_vi}",
        "{file} is not taken in for {on}: {why_en}",
    )
    cure = Text(
        "Chọn đúng ngày có hiệu lực của ranh giới, hoặc sửa mã trong tệp",
        "Choose the day from which the boundaries hold, or mend the codes in the file",
    )


class BoundarySetMissing(PlacesError):
    code = "PLC032"
    status = 404
    says = Text("Không có bộ ranh giới “{id}”", "There is no set of boundaries called “{id}”")
    cure = Text("Xem danh sách: ./tinh boundaries list", "See the list: ./tinh boundaries list")
