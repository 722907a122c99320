"""The SMS gateway keeps what it accepted, once, and the phone pages show it."""

import re
import signal
import uuid
from collections.abc import Callable
from datetime import UTC, datetime

from .conftest import Sandbox


def sms(**other: str) -> dict[str, str]:
    return {
        "msg_id": str(uuid.uuid4()),
        "phone": "13900001234",
        "text": "验证码 123456",
        "template": "code",
    } | other


def test_send_once_and_read(sandbox: Sandbox) -> None:
    phone = "13900000001"
    first, second = sms(phone=phone, text="一"), sms(phone=phone, text="二")
    accepted = sandbox.post("/sms/v1/send", first)
    assert accepted.status_code == 202
    assert accepted.json()["accepted"] is True
    assert sandbox.post("/sms/v1/send", first).json() == accepted.json()
    sandbox.post("/sms/v1/send", second)
    read = sandbox.http.get("/sms/v1/messages", params={"phone": phone}).json()
    assert [m["text"] for m in read] == ["二", "一"]
    after = sandbox.http.get(
        "/sms/v1/messages", params={"phone": phone, "after": accepted.json()["sms_id"]}
    ).json()
    assert [m["text"] for m in after] == ["二"]
    now = datetime.now(UTC).isoformat()
    assert sandbox.http.get("/sms/v1/messages", params={"phone": phone, "after": now}).json() == []
    assert sandbox.post("/sms/v1/send", first | {"text": "三"}).status_code == 409


def test_refused(sandbox: Sandbox) -> None:
    assert sandbox.post("/sms/v1/send", sms(phone="12345")).status_code == 400
    assert sandbox.post("/sms/v1/send", sms(text="")).status_code == 400
    assert sandbox.http.post("/sms/v1/send", json=sms()).status_code == 401


def test_pages_show_people_and_escape_messages(sandbox: Sandbox) -> None:
    demo = sandbox.http.get("/cast/demo").json()[0]
    sandbox.post("/sms/v1/send", sms(phone=demo["phone"], text="<b>码</b> 654321"))
    listing = sandbox.http.get("/phone").text
    assert demo["name"] in listing
    assert f'href="/phone/{demo["phone"]}"' in listing
    answer = sandbox.http.get(f"/phone/{demo['phone']}")
    assert "&lt;b&gt;码&lt;/b&gt; 654321" in answer.text
    assert answer.headers["refresh"] == "3"
    assert "refresh" not in sandbox.http.get(f"/phone/{demo['phone']}?still=1").headers
    assert demo["id_number"] in answer.text
    assert "<script" not in answer.text
    assert "default-src 'self'" in answer.headers["content-security-policy"]
    assert sandbox.http.get("/phone/555").status_code == 404
    assert re.search(r"text/css", sandbox.http.get("/phone.css").headers["content-type"])
    assert "/phone" in sandbox.http.get("/", headers={"Accept": "text/html"}).text
    assert set(sandbox.http.get("/").json()["services"]) >= {"population", "sms", "cards"}


def test_a_kill_loses_no_accepted_message(another: Callable[..., Sandbox]) -> None:
    running = another()
    sent = [sms(text=f"第 {n} 条") for n in range(30)]
    for message in sent:
        assert running.post("/sms/v1/send", message).status_code == 202
    running.stop(signal.SIGKILL)
    running.start()
    read = running.http.get("/sms/v1/messages", params={"phone": sent[0]["phone"]}).json()
    assert [m["msg_id"] for m in read] == [m["msg_id"] for m in reversed(sent)]
