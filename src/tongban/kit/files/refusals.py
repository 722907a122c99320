"""What is wrong with a file, each with its sentence: what it is, and what its owner can do."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from tongban.kit.errors import Conflict, Invalid, NotFound, TooMany, Unavailable
from tongban.kit.files.limits import PAGES, PIXELS
from tongban.kit.i18n import N_


class FileEmpty(Invalid):
    """Nothing is in it."""

    def __init__(self) -> None:
        super().__init__("file-empty", N_("这个文件是空的（0 字节）。请检查后重新选择。"))


class FileTooLarge(Invalid):
    """More bytes than the file may have; reading stopped there."""

    def __init__(self, limit: int) -> None:
        super().__init__(
            "file-too-large",
            N_(
                "文件超过 {limit} MB，没有收下。照片请缩小，PDF 请降低扫描分辨率或分成几个文件，再重新选择。",
                limit=f"{limit * 10 // (1 << 20) / 10:g}",
            ),
        )


class FileTypeUnknown(Invalid):
    """By its content it is none of the types that are taken, whatever its name says."""

    def __init__(self, types: str, *, extension: str = "", picture: bool = False) -> None:
        """``extension`` is that of a taken type, a ``picture``'s or not, which the name has and the content is not."""
        words = {"types": types, "extension": extension}
        if not extension:
            said = N_("只能上传 {types} 文件。请把内容另存为这种格式后再上传。", **words)
        elif picture:
            said = N_(
                "文件名以 .{extension} 结尾，内容却不是图片，没有收下。请检查是不是选错了文件；别的格式改扩展名没有用，"
                "请用打开它的程序另存为 {types} 再上传。",
                **words,
            )
        else:
            said = N_(
                "文件名以 .{extension} 结尾，内容却不是 PDF，没有收下。请检查是不是选错了文件；别的格式改扩展名没有用，"
                "请用打开它的程序另存为 {types} 再上传。",
                **words,
            )
        super().__init__("file-type-unknown", said)


class FileTypeDiffers(Invalid):
    """Name or declared type say something else than the content."""

    def __init__(self, *, content: str) -> None:
        super().__init__(
            "file-type-differs",
            N_(
                "文件名或声明的类型与内容不符：内容是 {content}。请改用正确的扩展名，或重新导出后再上传。",
                content=content,
            ),
        )


class FileNameNotPlain(Invalid):
    """A program sent a path, or nothing, where a file's name belongs."""

    def __init__(self) -> None:
        super().__init__(
            "file-name-not-plain",
            N_("文件名不能为空，也不能带路径（/ 或 \\）。请只写文件本身的名字，如 合同.pdf。"),
        )


class FileUnreadable(Invalid):
    """Cut off, damaged, or too intricate to be looked at within the limits of the inspection."""

    def __init__(self) -> None:
        super().__init__(
            "file-unreadable",
            N_("文件打不开，可能不完整或已损坏。请在自己的设备上打开确认，重新导出后再上传。"),
        )


class FileHidesMore(Invalid):
    """Something else lies in the file besides the document: it is two things at once."""

    def __init__(self) -> None:
        super().__init__(
            "file-hides-more",
            N_("文件里夹带了文档以外的内容，不能上传。请重新扫描、拍照，或打印成新的 PDF 后再上传。"),
        )


class FileActive(Invalid):
    """A PDF with scripts, embedded files or commands."""

    def __init__(self) -> None:
        super().__init__(
            "file-active",
            N_("PDF 里有脚本、附件或可执行的动作，不能上传。请打印成新的 PDF 后再上传。"),
        )


class FileInfected(Invalid):
    """The virus scan found a signature in it."""

    def __init__(self) -> None:
        super().__init__(
            "file-infected",
            N_("这个文件带有病毒或恶意代码，不能上传。请先给自己的设备查杀病毒，再重新扫描或拍照后上传。"),
        )


class FileLocked(Invalid):
    """An encrypted PDF."""

    def __init__(self) -> None:
        super().__init__(
            "file-locked", N_("PDF 设有密码或加密，工作人员无法查看。请取消加密，另存后再上传。")
        )


class TooManyPages(Invalid):
    """A PDF of more pages than an officer is made to read."""

    def __init__(self) -> None:
        super().__init__(
            "file-too-many-pages",
            N_("PDF 超过 {limit} 页。请只上传需要的页，或分成几个文件。", limit=PAGES),
        )


class TooManyPixels(Invalid):
    """An image that would take more memory than any paper needs."""

    def __init__(self) -> None:
        super().__init__(
            "file-too-many-pixels",
            N_(
                "图片超过 {limit} 万像素。请降低分辨率后再上传。",
                limit=PIXELS // 10_000,
            ),
        )


class NoSuchFile(NotFound):
    """There is no such file, or it is not this reader's: the two must look alike."""

    def __init__(self) -> None:
        super().__init__("no-such-file", N_("没有找到这个文件。请从办件页面重新进入。"))


class NoSuchUpload(NotFound):
    """There is no such upload under way, or its day is over, or it is another person's."""

    def __init__(self) -> None:
        super().__init__("no-such-upload", N_("这次上传已经过期或取消。请重新选择文件上传。"))


class UploadOutOfStep(Conflict):
    """What comes does not begin where the upload is: ask how far it is, and go on from there."""

    def __init__(self) -> None:
        super().__init__("upload-out-of-step", N_("上传的进度和已收到的对不上。请点“继续上传”。"))


class UploadsOpen(TooMany):
    """A person has more under way than any application needs."""

    def __init__(self) -> None:
        super().__init__(
            "uploads-open",
            N_("没有传完的文件太多。请先传完或取消，再上传新的；一天没有继续的会自动取消。"),
            retry_after=3600,
        )


class FileLost(Unavailable):
    """A row names a content that is not in the store, or that was altered there: an operator must look."""

    def __init__(self) -> None:
        super().__init__(
            "file-lost", N_("这个文件暂时无法打开，错误已记录。请稍后重试，或拨打热线并告知追踪号。")
        )


class FilesAway(Unavailable):
    """The store cannot take anything: its disk is full, or cannot be written."""

    def __init__(self) -> None:
        super().__init__(
            "files-away", N_("暂时不能保存文件。其他内容可以先保存，请稍后再上传。"), retry_after=60
        )


class ScannerAway(Unavailable):
    """The virus scan did not answer: nothing is let through unscanned; only the file has to be sent again."""

    def __init__(self) -> None:
        super().__init__(
            "scanner-away",
            N_("病毒检查暂时没有应答，这个文件还没有收下。其他内容可以先保存，请过几分钟再上传这个文件。"),
            retry_after=120,
        )


@contextmanager
def pointing_to(field: str) -> Iterator[None]:
    """What is wrong with a file is told at its field."""
    try:
        yield
    except (Invalid, Unavailable) as refused:
        refused.fields = refused.fields or {field: refused.message}
        raise
