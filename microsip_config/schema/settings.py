"""The keys of [Settings], put together from their groups."""

from __future__ import annotations

from .settings_calls import CallSettings, Commands
from .settings_media import AudioSettings, CodecSettings, RecordingSettings, VideoSettings
from .settings_network import AccountSettings, NetworkSettings, UpdateSettings
from .settings_ui import StateSettings, UiSettings


class Settings(
    StateSettings,
    Commands,
    UpdateSettings,
    UiSettings,
    RecordingSettings,
    VideoSettings,
    CodecSettings,
    AudioSettings,
    NetworkSettings,
    CallSettings,
    AccountSettings,
    section="Settings",
):
    """Everything in [Settings]. The bases are listed last first, as Python collects them."""


RETIRED = {
    "disableH264": "replaced by videoH264, which means the opposite",
    "disableH263": "replaced by videoH263, which means the opposite",
    "bitrateH264": "replaced by videoBitrate",
    "bitrateH263": "replaced by videoBitrate",
    "disableLocalAccount": "replaced by enableLocalAccount, which means the opposite",
    "id": "no version reads it",
    "passwordSize": "no version reads it here; the phone only deletes it",
    "defaultserver": "only a vendor build of 3.19.17 knew it; use server in [AccountN]",
    "defaultproxy": "only a vendor build of 3.19.17 knew it; use proxy in [AccountN]",
    "defaultdomain": "only a vendor build of 3.19.17 knew it; use domain in [AccountN]",
}
"""Keys that no supported version reads, and what to use instead."""
