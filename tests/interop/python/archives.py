"""Archives by Python's own tarfile and zipfile: `archives.py make FOLDER TREE` or `archives.py unpack ARCHIVE FOLDER`.

`make` writes what other tools write seldom or never: ZIP with 64-bit records, data descriptors and names of
code page 437, and tar in each of its formats.
"""

import sys
import tarfile
import zipfile
from pathlib import Path


class OldName(zipfile.ZipInfo):
    """A name without the mark of UTF-8."""

    def _encodeFilenameFlags(self):  # noqa: N802 - zipfile's own
        return self.filename.encode("cp437"), self.flag_bits & ~0x800


def make(folder: Path, tree: Path) -> None:
    files = sorted(path for path in tree.rglob("*"))
    for name in ("GNU", "PAX"):
        archive = folder / f"python-{name.lower()}.tar"
        with tarfile.open(archive, "w", format=getattr(tarfile, f"{name}_FORMAT")) as tar:
            for path in files:
                tar.add(path, str(path.relative_to(tree)), recursive=False)
    with zipfile.ZipFile(folder / "python-zip64.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for path in files:
            name = str(path.relative_to(tree))
            if path.is_dir():
                archive.mkdir(name)
                continue
            with archive.open(name, "w", force_zip64=True) as member:
                member.write(path.read_bytes())
    # What cannot be gone back in has its sizes behind the bytes.
    with open(folder / "python-streamed.zip", "wb") as file:
        with zipfile.ZipFile(Unseekable(file), "w", zipfile.ZIP_DEFLATED) as archive:
            for path in files:
                archive.write(path, str(path.relative_to(tree)))
    with zipfile.ZipFile(folder / "python-cp437.zip", "w") as archive:
        archive.writestr(OldName("größe/café.txt"), b"old")
    with zipfile.ZipFile(folder / "python-huge.zip", "w") as archive:
        archive.writestr("first", b"1")
        write_hollow(archive, "huge", 5 * 2**30)
        archive.writestr("behind", b"2")
    with zipfile.ZipFile(folder / "python-bzip2.zip", "w", zipfile.ZIP_BZIP2) as archive:
        archive.writestr("packed", b"2" * 1000)


def write_hollow(archive: zipfile.ZipFile, name: str, size: int) -> None:
    """A member of which the disk holds nothing but its records; its sum is wrong."""
    member = zipfile.ZipInfo(name)
    member.file_size = member.compress_size = size
    member.CRC = 0
    member.header_offset = archive.fp.tell()
    archive.fp.write(member.FileHeader(zip64=True))
    archive.start_dir = archive.fp.seek(size, 1)
    archive.filelist.append(member)
    archive.NameToInfo[name] = member


class Unseekable:
    def __init__(self, file) -> None:
        self.file = file

    def write(self, chunk: bytes) -> int:
        return self.file.write(chunk)

    def flush(self) -> None:
        self.file.flush()


def unpack(archive: str, folder: str) -> None:
    if zipfile.is_zipfile(archive):
        with zipfile.ZipFile(archive) as found:
            assert found.testzip() is None
            found.extractall(folder)
        return
    with tarfile.open(archive) as found:
        found.extractall(folder)


if sys.argv[1] == "make":
    make(Path(sys.argv[2]), Path(sys.argv[3]))
else:
    unpack(sys.argv[2], sys.argv[3])
