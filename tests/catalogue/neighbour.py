"""A neighbour's rows of the national exchange tables, and how the catalogue stands before and after them."""

from __future__ import annotations

import csv
from pathlib import Path

from tongban.catalogue.model.national import BASIC, EXTEND, FEE, MATERIAL, QUESTIONS, TABLES, Row
from tongban.catalogue.store import items
from tongban.kit.db import Database

TASK = "12441500196720244T3442199806003"
HANDLE = f"{TASK}01"


def neighbour(operation: str = "I") -> dict[str, list[Row]]:
    """A neighbour's item, with columns that this house has no meaning for."""
    said: dict[str, list[Row]] = {
        BASIC: [
            {
                "catalog_code": "442199806003",
                "local_task_code": "LOCAL-7",
                "task_name": "老年人优待证办理",
                "task_type": "20",
                "task_state": "1",
                "task_version": "4",
                "by_law": "老年人权益保障法第五十三条\n省优待规定第六条",
                "use_level": "3",
                "dept_name": "邻市民政局",
                "entrust_name": "某街道",
                "promise_day": "7",
                "promise_type": "2",
                "accept_condition": "年满六十五周岁",
                "handle_flow": "受理：收件\n决定",
                "is_fee": "1",
                "project_type": "2",
                "server_type": "1；",
                "limit_scene_num": "1",
                "handle_type": "1^4",
                "transact_addr": "邻市'人民'路 1 号\\二楼",
                "link_way": "0660-1234567",
                "supervise_way": "0660-7654321",
                "link_addr": "邻市",
                "mobile_terminal_url": "https://example.org/m",
                "is_single_login": "1",
            }
        ],
        EXTEND: [
            {
                "result_name": "老年人优待证",
                "result_type": "10",
                "result_guid": "r-1",
                "limit_scene_explain": "当面领取",
                "is_pay_online": "1",
                "user_topic_type": "150",
                "town_code": "T1",
            }
        ],
        MATERIAL: [
            {"material_name": "近期照片", "is_need": "1", "by_law": "省优待规定第七条", "page_format": "A4"}
        ],
        FEE: [{"fee_name": "工本费", "fee_stand": "每证5元", "by_law": "省价费〔2009〕1号", "is_desc": "1"}],
        QUESTIONS: [{"question": "可以代办吗？", "answer": "可以，\n带上委托书。"}],
    }
    for table, rows in said.items():
        for n, row in enumerate(rows):
            whole = {
                "row_guid": f"g{n}",
                "cd_operation": operation,
                "cd_time": "2026-11-01",
                "data_source": "邻市",
            }
            whole |= {"task_code": TASK, "task_handle_item": HANDLE, **row}
            rows[n] = {column.name: whole.get(column.name, "") for column in TABLES[table]}
    return said


async def hashes(db: Database) -> dict[str, bytes]:
    return {code: content for code, (_, content) in (await items.numbers_in_force(db)).items()}


def csv_rows(folder: Path, table: str) -> list[Row]:
    with (folder / f"{table}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
