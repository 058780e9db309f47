"""What RTMP carries of H.264 and AAC: the bodies of FLV tags (Adobe's "Video File
Format Specification", version 10.1, annex E). Pure."""

import re
import struct

from recordings.live.units import Codecs, Unit

_START_CODE = re.compile(rb"\x00?\x00\x00\x01")
_SPS, _PPS = 7, 8
_AVC, _KEY, _INTER = 0x07, 0x10, 0x20
_AAC = 0xAF  # AAC, 44 kHz, 16 bit, stereo: fixed for AAC, whatever it is
_HEADER, _DATA = 0, 1
_LENGTH = struct.Struct("!I")


def metadata(codecs: Codecs) -> dict[str, object]:
    """``onMetaData``: what players may show before the first frame."""
    return {
        "width": codecs.width,
        "height": codecs.height,
        "framerate": codecs.rate,
        "videocodecid": 7,
        "videodatarate": codecs.video_kbit,
        "audiocodecid": 10,
        "audiodatarate": codecs.audio_kbit,
        "audiosamplerate": codecs.sample_rate,
        "stereo": True,
    }


def video_header(codecs: Codecs) -> bytes:
    """AVCDecoderConfigurationRecord (ISO/IEC 14496-15) of Annex B parameter sets."""
    units = nal_units(codecs.video_header)
    sps = next(unit for unit in units if unit[0] & 0x1F == _SPS)
    pps = next(unit for unit in units if unit[0] & 0x1F == _PPS)
    record = b"".join(
        (
            b"\x01",
            sps[1:4],  # profile, what it is compatible with, level
            b"\xff\xe1",  # lengths of 4 bytes; one SPS
            struct.pack("!H", len(sps)),
            sps,
            b"\x01",
            struct.pack("!H", len(pps)),
            pps,
        )
    )
    return bytes([_KEY | _AVC, _HEADER, 0, 0, 0]) + record


def audio_header(codecs: Codecs) -> bytes:
    return bytes([_AAC, _HEADER]) + codecs.audio_header


def body(unit: Unit) -> bytes:
    if not unit.is_video:
        return bytes([_AAC, _DATA]) + unit.data
    kind = _KEY if unit.is_key else _INTER
    ahead_ms = unit.pts_ms - unit.dts_ms
    return (
        bytes([kind | _AVC, _DATA])
        + ahead_ms.to_bytes(3, "big")
        + b"".join(_LENGTH.pack(len(nal)) + nal for nal in nal_units(unit.data))
    )


def nal_units(annex_b: bytes) -> list[bytes]:
    """None of them ends with a zero byte (ITU-T H.264, 7.4.1)."""
    return [unit for unit in _START_CODE.split(annex_b) if unit]
