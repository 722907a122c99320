"""What a person is told of the whole; of each part its own case tells her."""

from __future__ import annotations

from tongban.bundles.model import HAD, OVER, Bundle, PartState, Run, RunState
from tongban.kit.i18n import Text

_HERS = Text(
    "轮到其中一项提交了，但内容要您补充或者更正。请打开进度页，从那里继续填写并提交；其他各项照常办理。",
    "It is the turn of one part, but something in it must be completed or put right. "
    "Go on from the progress page; the other parts are not held up.",
)
_DONE = Text("各项都已办好，结果在进度页查看。", "All parts are done; see the results on the progress page.")
_UNDONE = Text(
    "其中一项没有办成，其余没有决定的已经一并撤回。各项的决定和救济途径见进度页。",
    "One part was not granted, and those not decided yet were taken back with it. "
    "The decisions and the remedies stand on the progress page.",
)
_IN_PART = Text(
    "已经办结，有的没有办成，其余有效。原因和救济途径见进度页。",
    "It is finished; some of it was not granted, the rest stands. Reasons and remedies are on the progress page.",
)


def letter(bundle: Bundle, before: Run, after: Run) -> tuple[Text, Text] | None:
    """Title and words for what has changed; None where her cases have told her all."""
    was = {part.item: part.state for part in before.parts}
    if any(part.state is PartState.HERS and was[part.item] is not PartState.HERS for part in after.parts):
        return _titled(bundle, Text("有一项要您补充", "one part needs you")), _HERS
    if after.state is not RunState.DONE:
        return None
    if not any(part.state in OVER - HAD for part in after.parts):
        return _titled(bundle, Text("全部办好", "all done")), _DONE
    if bundle.atomic and bundle.whole is not None:
        words = Text(f"{_UNDONE.zh}{bundle.whole.zh}", f"{_UNDONE.en} {bundle.whole.en}")
        return _titled(bundle, Text("没有办成", "it was not granted")), words
    return _titled(bundle, Text("已办结，有的没有办成", "finished, not all of it granted")), _IN_PART


def _titled(bundle: Bundle, what: Text) -> Text:
    return Text(f"{bundle.name.zh}：{what.zh}", f"{bundle.name.en}: {what.en}")
