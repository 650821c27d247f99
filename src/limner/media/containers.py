"""What a recording is, told by its first bytes: never by its name, nor by what its platform says."""

from __future__ import annotations

DEMUXERS = {
    "ogg": "ogg",
    "mp4": "mov",
    "webm": "matroska",
    "mp3": "mp3",
    "wav": "wav",
    "flac": "flac",
    "aac": "aac",
}
"""FFmpeg's demuxers for what the first bytes tell. Only these are ever opened: none of them reads another file or
address, as those for playlists and scripts do."""

MEDIA_TYPES = {
    "ogg": "audio/ogg",
    "mp4": "audio/mp4",
    "webm": "audio/webm",
    "mp3": "audio/mpeg",
    "wav": "audio/wav",
    "flac": "audio/flac",
    "aac": "audio/aac",
}

SUFFIXES = {
    "audio/ogg": "ogg",
    "audio/mp4": "m4a",
    "audio/webm": "webm",
    "audio/mpeg": "mp3",
    "audio/wav": "wav",
    "audio/flac": "flac",
    "audio/aac": "aac",
}


def sniff(head: bytes) -> str | None:
    """`ogg`, `mp4`, `webm`, `mp3`, `wav`, `flac` or `aac`, by a file's first bytes (some 4,096 of them), or None."""
    if head.startswith(b"ID3"):
        return sniff(head[_tag_length(head) :]) or "mp3"
    if head.startswith(b"OggS"):
        return "ogg"
    if head[4:8] in {b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip"}:
        return "mp4"
    if head.startswith(b"\x1a\x45\xdf\xa3"):
        return "webm"
    if head[:4] in {b"RIFF", b"RF64"} and head[8:12] == b"WAVE":
        return "wav"
    if head.startswith(b"fLaC"):
        return "flac"
    return _sniff_frame(head)


def _tag_length(head: bytes) -> int:
    """Bytes of an ID3 tag: its length has seven bits in each byte."""
    length = 0
    for byte in head[6:10]:
        length = length << 7 | byte & 0x7F
    return length + 10


def _sniff_frame(head: bytes) -> str | None:
    """MPEG audio without a container: eleven set bits, then values that are not among the reserved ones."""
    if len(head) < 4 or head[0] != 0xFF:
        return None
    if head[1] & 0xF6 == 0xF0:  # ADTS: twelve set bits, layer 0
        return "aac" if head[2] >> 2 & 0xF < 13 else None
    version, layer = head[1] >> 3 & 3, head[1] >> 1 & 3
    rate, samples = head[2] >> 4, head[2] >> 2 & 3
    valid = head[1] & 0xE0 == 0xE0 and version != 1 and layer != 0 and rate not in {0, 15} and samples != 3
    return "mp3" if valid else None
