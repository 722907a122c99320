"""Devices in coarse words: known again by their owner, told by no more than two words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongban.kit.i18n import use_language
from tongban.kit.web.devices import _NAMES, device_of, device_words

_WEBKIT = "AppleWebKit/537.36 (KHTML, like Gecko)"


@pytest.mark.parametrize(
    ("agent", "device", "words"),
    [
        (
            f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {_WEBKIT} Chrome/141.0.0.0 Safari/537.36",
            "chrome.windows",
            "Chrome（Windows）",
        ),
        (
            f"Mozilla/5.0 (Windows NT 10.0) {_WEBKIT} Chrome/141.0 Safari/537.36 Edg/141.0",
            "edge.windows",
            "Edge（Windows）",
        ),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605 Version/18.0 Mobile Safari/604",
            "safari.iphone",
            "Safari（iPhone）",
        ),
        (
            f"Mozilla/5.0 (Linux; Android 15) {_WEBKIT} Chrome/130 Mobile Safari/537.36 MicroMessenger/8.0",
            "weixin.android",
            "微信（安卓）",
        ),
        (
            f"Mozilla/5.0 (Phone; OpenHarmony 5.0) {_WEBKIT} Chrome/114 Safari HuaweiBrowser/5",
            "huawei.harmony",
            "华为浏览器（鸿蒙）",
        ),
        (
            "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
            "firefox.linux",
            "Firefox（Linux）",
        ),
        ("curl/8.5.0", "", "未知设备"),
        ("Linux", "linux", "Linux"),
        ("", "", "未知设备"),
    ],
)
def test_browser_and_system(agent: str, device: str, words: str) -> None:
    assert device_of(agent) == device
    assert str(device_words(device)) == words


def test_in_english() -> None:
    with use_language("en"):
        words = str(device_words("weixin.android"))
    assert "WeChat" in words and "Android" in words and words.isascii()


@given(st.text(max_size=3000))
def test_nothing_else_is_ever_kept(agent: str) -> None:
    assert set(device_of(agent).split(".")) <= {*_NAMES, ""}
