"""[Settings]: sound, codecs, video and recording."""

from __future__ import annotations

from . import declare, grammars


class AudioSettings(declare.Declaration, section="Settings", group="audio"):
    """Sound devices, volumes and filters."""

    ringingSound: str = declare.text(
        default="",
        takes="path",
        kind="path",
        grammar=grammars.sound_file,
        form="name or path of a .wav file",
        machine=True,
        example="office.wav",
        doc="Ring tone; a bare name is looked up in the folder of the program, empty means "
        "ringtone.wav there.",
    )
    volumeRing: int = declare.number(
        default=100,
        maximum=100,
        empty_default=True,
        unit="percent",
        since="3.19.27",
        beyond="more than 100 amplifies the ring tone",
        example="80",
        doc="Volume of the ring tone.",
    )
    audioRingDevice: str = declare.device(
        default="",
        example="Speakers (USB Audio)",
        doc="Exact name of the ringing device; empty or unknown means the system default.",
    )
    audioOutputDevice: str = declare.device(
        default="",
        example="Headset (USB Audio)",
        doc="Exact name of the speaker; empty or unknown means the system default.",
    )
    audioInputDevice: str = declare.device(
        default="",
        example="Headset (USB Audio)",
        doc="Exact name of the microphone; empty or unknown means the system default.",
    )
    micAmplification: bool = declare.flag(
        default=False, since="3.19.17", doc="Amplifies the microphone."
    )
    swLevelAdjustment: bool = declare.flag(
        default=False, since="3.19.17", doc="Adjusts volumes in the phone instead of in Windows."
    )
    EC: bool = declare.flag(default=True, doc="Cancels echo; opusStereo switches it off.")
    localDTMF: bool = declare.flag(
        default=True, doc="Plays local sounds for key presses, a second call and the end of a call."
    )


class CodecSettings(declare.Declaration, section="Settings", group="codec"):
    """Audio codecs."""

    audioCodecs: tuple[str, ...] = declare.codecs(
        default=("PCMA/8000/1", "PCMU/8000/1"),
        limit=511,
        history="255 characters up to 3.20.5",
        example="opus, G722, PCMA",
        doc="Audio codecs in order of preference; codecs that are not listed are off.",
    )
    VAD: bool = declare.flag(
        default=False, doc="Sends nothing while nobody speaks (voice activity detection)."
    )
    forceCodec: bool = declare.flag(
        default=False,
        doc="Answers calls in the phone's own order of codecs instead of the caller's.",
    )
    opusStereo: bool = declare.flag(
        default=False,
        since="3.20.5",
        doc="Uses Opus in stereo at 96 kbit/s; needs opus/48000/2 in audioCodecs.",
    )


class VideoSettings(declare.Declaration, section="Settings", group="video"):
    """Video; only builds with video have it."""

    disableVideo: bool = declare.flag(
        default=False, reader="exactly-1", since="3.20.5", doc="Switches video off."
    )
    videoCaptureDevice: str = declare.device(
        default="",
        example="USB Camera",
        doc="Exact name of the camera; empty or unknown means the default camera.",
    )
    videoCodec: str = declare.choice(
        default="",
        choices={
            "": "the default order",
            "H264/99": "H.264",
            "H263-1998/98": "H.263+",
            "VP8/100": "VP8",
            "VP9/101": "VP9",
        },
        aliases={
            "h264": "H264/99",
            "h263": "H263-1998/98",
            "vp8": "VP8/100",
            "vp9": "VP9/101",
            "default": "",
        },
        doc="Preferred video codec.",
    )
    videoH264: bool = declare.flag(
        default=True, reader="not-0", since="3.19.17", doc="Allows H.264."
    )
    videoH263: bool = declare.flag(
        default=True, reader="not-0", since="3.19.17", doc="Allows H.263+."
    )
    videoVP8: bool = declare.flag(default=True, reader="not-0", since="3.19.17", doc="Allows VP8.")
    videoVP9: bool = declare.flag(default=True, reader="not-0", since="3.21.3", doc="Allows VP9.")
    videoBitrate: int = declare.number(
        default=0,
        unit="kbit/s",
        since="3.19.17",
        doc="Bit rate of video; 0 leaves it to the codec until the Settings dialog fills it in.",
    )


class RecordingSettings(declare.Declaration, section="Settings", group="recording"):
    """Recording of calls."""

    recordingPath: str | None = declare.text(
        default=None,
        takes="path",
        kind="path",
        since="3.19.17",
        grammar=grammars.folder,
        form="a folder, without %VARIABLES%",
        absent="Recordings on the desktop; for a portable phone, Recordings in its working folder",
        machine=True,
        example=r"D:\Recordings",
        doc="Folder for recordings.",
    )
    recordingFormat: str = declare.choice(
        default="mp3",
        empty="mp3",
        otherwise="mp3",
        since="3.19.27",
        choices={"mp3": "MP3", "wav": "WAV"},
        doc="File format of recordings.",
    )
    autoRecording: bool = declare.flag(
        default=False,
        since="3.19.17",
        history="on only for exactly 1 up to 3.19.27",
        doc="Records every call.",
    )
    recordingButton: bool = declare.flag(default=True, since="3.20.5", doc="Shows the REC button.")
