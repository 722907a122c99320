"""The device that a session runs on, in two coarse words: enough for its owner to know it again, no fingerprint."""

from __future__ import annotations

from tongban.kit.i18n import N_, Message, Text

#: What a browser says of itself → the browser. The first that fits: most call themselves Chrome or Safari as well.
_BROWSERS = (
    ("MicroMessenger", "weixin"),
    ("AlipayClient", "alipay"),
    ("Edg", "edge"),
    ("OPR/", "opera"),
    ("HuaweiBrowser", "huawei"),
    ("MiuiBrowser", "xiaomi"),
    ("SamsungBrowser", "samsung"),
    ("UCBrowser", "uc"),
    ("QQBrowser", "qq"),
    ("FxiOS", "firefox"),
    ("Firefox", "firefox"),
    ("CriOS", "chrome"),
    ("Chrome", "chrome"),
    ("Safari", "safari"),
)
_SYSTEMS = (
    ("iPhone", "iphone"),
    ("iPad", "ipad"),
    ("HarmonyOS", "harmony"),
    ("OpenHarmony", "harmony"),
    ("Android", "android"),
    ("Windows", "windows"),
    ("Macintosh", "mac"),
    ("CrOS", "chromeos"),
    ("Linux", "linux"),
)
_NAMES = {
    "weixin": Text("微信", "WeChat"),
    "alipay": Text("支付宝", "Alipay"),
    "edge": Text("Edge", "Edge"),
    "opera": Text("Opera", "Opera"),
    "huawei": Text("华为浏览器", "Huawei Browser"),
    "xiaomi": Text("小米浏览器", "Mi Browser"),
    "samsung": Text("三星浏览器", "Samsung Internet"),
    "uc": Text("UC 浏览器", "UC Browser"),
    "qq": Text("QQ 浏览器", "QQ Browser"),
    "firefox": Text("Firefox", "Firefox"),
    "chrome": Text("Chrome", "Chrome"),
    "safari": Text("Safari", "Safari"),
    "iphone": Text("iPhone", "iPhone"),
    "ipad": Text("iPad", "iPad"),
    "harmony": Text("鸿蒙", "HarmonyOS"),
    "android": Text("安卓", "Android"),
    "windows": Text("Windows", "Windows"),
    "mac": Text("Mac", "Mac"),
    "chromeos": Text("ChromeOS", "ChromeOS"),
    "linux": Text("Linux", "Linux"),
}
#: Further into the header nobody looks.
_LONGEST = 1000


def device_of(user_agent: str) -> str:
    """Browser and system as their two words, ``chrome.windows``; one, or nothing, where they are not told."""
    told = user_agent[:_LONGEST]
    found = (next((word for sign, word in signs if sign in told), "") for signs in (_BROWSERS, _SYSTEMS))
    return ".".join(word for word in found if word)


def device_words(device: str) -> Message | Text:
    """The device for a page: Chrome（Windows）."""
    words = [_NAMES[word] for word in device.split(".") if word in _NAMES]
    if not words:
        return N_("未知设备")
    if len(words) == 1:
        return words[0]
    return N_("{browser}（{system}）", browser=words[0], system=words[1])
