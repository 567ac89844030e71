"""What can be wrong about a photo.

PhotoError
├─ NotAPhoto        DSK050  the bytes are no picture of a kind that is taken
├─ PhotoTooLarge    DSK051  more bytes than a photo may have
├─ PhotoTooVast     DSK052  more pixels than a photo may have
├─ PhotoCutShort    DSK053  the picture ends before its end, or is damaged
├─ TooManyFrames    DSK054  a film in the form of a picture
├─ TwoFilesInOne    DSK055  another file is hidden in the picture
├─ PhotoTooHeavy    DSK056  reading it took more memory or time than there is
├─ TooManyPhotos    DSK057  a report has as many photos as it may
├─ UploadsTooFast   DSK058  one address sends too much in an hour
├─ NoSuchPhoto      DSK059  no photo has this name, or it is not this reader's
├─ OffsetWrong      DSK060  a piece does not begin where the last one ended
├─ PieceTooLong     DSK061  a piece goes beyond the announced length
├─ LengthMissing    DSK062  an upload does not say how long it is
├─ KeyUsedTwice     DSK063  one key names two different photos
├─ NotReadyYet      DSK064  the photo is still being worked on
├─ BoxUnfit         DSK065  a place to blur lies outside of the picture
├─ OriginalLost     DSK066  the original was erased or does not open
└─ SecretMissing    DSK067  a draft has no secret, or a short one
"""

from __future__ import annotations

from tinh.kit.errors import Text, TinhError


class PhotoError(TinhError):
    code = "DSK049"
    status = 422


class NotAPhoto(PhotoError):
    code = "DSK050"
    status = 415
    says = Text(
        "Tệp này không phải là ảnh ({found}).",
        "This file is no photo ({found}).",
    )
    cure = Text(
        "Chọn ảnh JPEG, PNG, WebP, HEIC, AVIF hoặc GIF; ảnh chụp bằng điện thoại đều được.",
        "Choose a JPEG, PNG, WebP, HEIC, AVIF or GIF picture; whatever a phone takes will do.",
    )


class PhotoTooLarge(PhotoError):
    code = "DSK051"
    status = 413
    says = Text(
        "Ảnh nặng {size} MB, mỗi ảnh được tối đa {most} MB.",
        "The photo has {size} MB; one may have {most} MB.",
    )
    cure = Text(
        "Chụp lại ở cỡ nhỏ hơn hoặc chọn ảnh khác.", "Take it again at a smaller size, or choose another."
    )


class PhotoTooVast(PhotoError):
    code = "DSK052"
    says = Text(
        "Ảnh rộng {width} × {height} điểm, quá lớn để xử lý.",
        "The picture measures {width} × {height} pixels, too many to work on.",
    )
    cure = Text("Thu nhỏ ảnh rồi gửi lại.", "Make it smaller and send it again.")


class PhotoCutShort(PhotoError):
    code = "DSK053"
    says = Text("Ảnh bị hỏng hoặc thiếu phần cuối.", "The picture is damaged, or its end is missing.")
    cure = Text(
        "Mở ảnh trên máy để kiểm tra rồi gửi lại.", "Open it on your device to check, then send it again."
    )


class TooManyFrames(PhotoError):
    code = "DSK054"
    says = Text(
        "Ảnh động có {frames} hình, nhiều hơn {most}.", "The animation has {frames} frames, more than {most}."
    )
    cure = Text("Gửi một ảnh tĩnh.", "Send a still picture.")


class TwoFilesInOne(PhotoError):
    code = "DSK055"
    says = Text(
        "Trong ảnh có giấu một tệp khác ({found}).", "Another file is hidden in the picture ({found})."
    )
    cure = Text("Chụp màn hình ảnh đó rồi gửi ảnh chụp.", "Take a screenshot of it and send that.")


class PhotoTooHeavy(PhotoError):
    code = "DSK056"
    says = Text(
        "Đọc ảnh này tốn quá nhiều bộ nhớ hoặc thời gian.",
        "Reading this picture takes more memory or time than there is.",
    )
    cure = Text("Chụp màn hình ảnh đó rồi gửi ảnh chụp.", "Take a screenshot of it and send that.")


class TooManyPhotos(PhotoError):
    code = "DSK057"
    status = 409
    says = Text("Mỗi phản ánh được tối đa {most} ảnh.", "A report may have {most} photos.")
    cure = Text("Bỏ bớt một ảnh trước khi thêm.", "Take one away before you add another.")


class UploadsTooFast(PhotoError):
    code = "DSK058"
    status = 429
    retry = True
    says = Text(
        "Địa chỉ mạng này đã gửi quá nhiều ảnh trong một giờ.",
        "This network address has sent too many photos within an hour.",
    )
    cure = Text(
        "Đợi {minutes} phút rồi gửi tiếp; ảnh đã gửi vẫn còn.",
        "Go on in {minutes} minutes; what was sent is kept.",
    )


class NoSuchPhoto(PhotoError):
    code = "DSK059"
    status = 404
    says = Text("Không có ảnh này.", "There is no such photo.")
    cure = Text(
        "Ảnh chưa gửi xong chỉ giữ hai ngày; hãy gửi lại.",
        "Unfinished photos are kept for two days; send it again.",
    )


class OffsetWrong(PhotoError):
    code = "DSK060"
    status = 409
    retry = True
    says = Text(
        "Máy chủ đã có {have} byte, phần gửi tới bắt đầu ở byte {sent}.",
        "The server has {have} bytes; this piece begins at byte {sent}.",
    )
    cure = Text(
        "Hỏi lại vị trí bằng HEAD rồi gửi tiếp từ đó.", "Ask for the offset with HEAD and go on from there."
    )


class PieceTooLong(PhotoError):
    code = "DSK061"
    status = 413
    says = Text(
        "Phần gửi tới vượt quá {length} byte đã báo.", "The piece goes beyond the {length} bytes announced."
    )
    cure = Text("Gửi lại từ đầu với độ dài đúng.", "Begin again with the right length.")


class LengthMissing(PhotoError):
    code = "DSK062"
    status = 400
    says = Text("Thiếu hoặc sai đầu mục {header}.", "The header {header} is missing or wrong.")
    cure = Text("Gửi theo giao thức tus 1.0.0.", "Send as the tus 1.0.0 protocol says.")


class KeyUsedTwice(PhotoError):
    code = "DSK063"
    status = 409
    says = Text("Khóa này đã dùng cho một ảnh khác.", "This key already names another photo.")
    cure = Text("Dùng khóa mới cho ảnh mới.", "Use a new key for a new photo.")


class NotReadyYet(PhotoError):
    code = "DSK064"
    status = 409
    retry = True
    says = Text("Ảnh đang được xử lý.", "The photo is being worked on.")
    cure = Text("Thử lại sau vài giây.", "Try again in a few seconds.")


class BoxUnfit(PhotoError):
    code = "DSK065"
    says = Text("Vùng làm mờ nằm ngoài ảnh.", "The place to blur lies outside of the picture.")
    cure = Text("Vẽ lại vùng làm mờ trong khung ảnh.", "Draw it within the picture.")


class OriginalLost(PhotoError):
    code = "DSK066"
    status = 410
    says = Text("Ảnh gốc đã bị xóa hoặc không mở được.", "The original was erased or does not open.")
    cure = Text("Bản công khai vẫn còn nếu đã có.", "The public copy stays, where there is one.")


class SecretMissing(PhotoError):
    code = "DSK067"
    status = 400
    says = Text("Thiếu mã bí mật của bản nháp.", "The secret of the draft is missing.")
    cure = Text(
        "Mở lại trang gửi phản ánh rồi thêm ảnh.", "Open the report form again and add the photo there."
    )
