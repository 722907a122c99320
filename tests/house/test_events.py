"""Every event that is announced has a row in news.py, and every row somebody who announces it."""

from __future__ import annotations

from types import ModuleType

from scripts.source import File, announced, house, life_events, rooms, topics


def test_every_topic_is_clear() -> None:
    assert topics(file for file in house() if file.room != "kit")[1] == []


def test_news_and_listeners_match() -> None:
    from tongban import news as table

    heard = set(table.LISTENERS)
    told = announced()
    assert len(told) >= 5
    assert told - heard == set(), "announced, but news.LISTENERS has no row"
    assert heard - told == set(), "a row of news.LISTENERS that nobody announces"


def test_topics_name_their_room() -> None:
    assert [topic for topic in announced() if topic.removeprefix("timer.").split(".")[0] not in rooms()] == []


def test_handlers_are_the_rooms_jobs() -> None:
    from tongban import news as table

    for handlers in table.LISTENERS.values():
        for handler in handlers:
            assert ".jobs" in handler.__module__, handler


def test_the_rules_can_fail() -> None:
    files = [
        File("tongban/x/actions.py", "announcing('x.done', subject=s)\ntimers.setting('x.late', due=d)"),
        File(
            "tongban/y/actions.py", "outbox.announcing(topic, subject=s)\noutbox.announcing(str(step.event))"
        ),
    ]
    assert topics(files) == ({"x.done", "timer.x.late"}, ["tongban/y/actions.py:1"])
    module = ModuleType("model")

    class Edge:
        event = "x.moved"

    vars(module)["LIFE"] = {"a": Edge()}
    assert life_events(module) == {"x.moved"}
