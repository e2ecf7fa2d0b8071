"""The page of the trail: filtered, paged, and exported exactly as it is shown."""

import csv
import io
from datetime import date, timedelta
from typing import Any

from flask import Response, g, request

from gridmap.access import areas
from gridmap.errors import InvalidInput
from gridmap.files.shielding import shielded
from gridmap.operations import accounts, shielding
from gridmap.operations.accounts import ROLES
from gridmap.queries import audit
from gridmap.queries.area_names import area_names
from gridmap.queries.audit import WORDS, Asked
from gridmap.web import parse
from gridmap.web.admin_frame import admin, check_right, rendered
from gridmap.web.context import circumstances, reading, services, today
from gridmap.web.frame import in_words, local
from gridmap.web.who import source_of

_SHOWN_DAYS = 30
_KINDS = {
    "account": ("账号", "account"),
    "token": ("令牌", "token"),
    "kiosk": ("大屏", "kiosk"),
    "person": ("住户成员", "person"),
    "report": ("上报人", "reporter"),
    "household": ("住户", "household"),
    "incident": ("事件", "incident"),
    "audit": ("审计", "trail"),
    "policy": ("规则", "policy"),
    "visit_plan": ("走访计划", "visits"),
    "desk": ("坐席", "desk"),
    "shift": ("班次", "shift"),
    "stand_in": ("代班", "stand-in"),
    "webhook": ("推送", "webhook"),
}
_SHOWN_FACTS = ("login", "name", "role", "path", "verbs", "from", "to", "rows")
"""What else an act was kept with, such as the hash of a number looked for, stays in the table."""
_OTHERS = {
    "local:administrator": ("本机管理员", "administrator at the machine"),
}


@admin.get("/admin/audit")
def audit_page() -> tuple[str, int]:
    """A page of the trail."""
    asked, number = _asked(), max(1, request.args.get("page", 1, type=int))
    with reading() as connection:
        check_right(connection, "audit")
        total, rows = audit.page(connection, asked, number=number)
        names = area_names(
            connection, [asked.within, *(row["path"] for row in rows)], services().clock()
        )
    rows = shielding.of_trail(services().database, rows, services().sealer)
    return rendered(
        "audit",
        tab="audit",
        columns=_columns(),
        rows=[_cells(row, names) for row in rows],
        total=total,
        most=audit.MOST_EXPORTED,
        asked=asked,
        area=names.get(asked.within, ""),
        kinds=[(kind, _word(WORDS, kind)) for kind in audit.kinds()],
        page=number,
        pages=-(-total // audit.PAGE) or 1,
        query={k: v for k, v in request.args.items() if k not in {"page", "lang", "done"}},
    )


@admin.get("/admin/audit.csv")
def audit_table() -> Response:
    """The rows of all pages as the page shows them; that they were taken is a row itself."""
    asked, given = _asked(), circumstances()
    with reading() as connection:
        check_right(connection, "audit")
        rows = list(audit.everything(connection, asked))
        names = area_names(connection, [row["path"] for row in rows], given.now)
        facts = {"rows": len(rows), "from": str(asked.first), "to": str(asked.last)}
        # where who reads this part of the trail will find it
        place = asked.within or areas(connection, "audit")[0][0]
        accounts.note(
            connection,
            "audit_exported",
            None,
            place,
            given,
            source_of(request),
            facts,
            kind="audit",
        )
    rows = shielding.of_trail(services().database, rows, given.sealer)
    written = io.StringIO()
    table = csv.writer(written)
    table.writerow(_columns())
    table.writerows([shielded(cell) for cell in _cells(row, names)] for row in rows)
    name = f"audit-{asked.first}-{asked.last}.csv"
    return Response(
        "\ufeff" + written.getvalue(),
        mimetype="text/csv",
        headers={
            "Content-Disposition": f'attachment; filename="{name}"',
            "Cache-Control": "no-store",
        },
    )


def _columns() -> list[str]:
    return [
        in_words("时间", "Time"),
        in_words("谁", "Who"),
        in_words("做了什么", "What"),
        in_words("对象", "On"),
        in_words("区域", "Area"),
        in_words("来自", "From"),
        in_words("说明", "Why"),
    ]


def _cells(row: dict[str, Any], names: dict[str, str]) -> list[str]:
    """A row of the trail as it is shown and exported."""
    everywhere = in_words("全部", "everything")
    return [
        local(row["at"]),
        _word(_OTHERS, row["who"]),
        _word(WORDS, row["what"]),
        _subject(row),
        names.get(row["path"], row["path"]) or everywhere,
        row["source"] or "",
        "；".join(part for part in (row["why"], _facts(row, names)) if part),
    ]


def _subject(row: dict[str, Any]) -> str:
    if row["subject_id"] is None:
        return ""
    kind = _word(_KINDS, row["subject_kind"])
    return f"{kind} {row['subject'] or str(row['subject_id'])[-12:]}"


def _facts(row: dict[str, Any], names: dict[str, str]) -> str:
    """The facts of an act: a role by its name, an area that is not the row's own by its."""
    told = []
    for key in (key for key in _SHOWN_FACTS if key in row["data"]):
        value = row["data"][key]
        if key == "role":
            told.append(_word(ROLES, value))
        elif key == "path":
            told.append(names.get(value, value) or in_words("全部", "everything"))
        else:
            told.append(f"{value}")
    return " ".join(told)


def _word(words: dict[str, tuple[str, str]], id: str) -> str:
    zh, en = words.get(id, (id, id))
    return zh if g.lang == "zh" else en


def _asked() -> Asked:
    arguments = request.args.to_dict()
    last = _day(arguments.get("to", ""), today())
    first = _day(arguments.get("from", ""), last - timedelta(days=_SHOWN_DAYS))
    return Asked(
        who=arguments.get("who", ""),
        what=arguments.get("what", ""),
        first=first,
        last=last,
        within=parse.path(arguments, "within"),
        zone=services().settings.zone,
    )


def _day(given: str, otherwise: date) -> date:
    if not given:
        return otherwise
    try:
        return date.fromisoformat(given)
    except ValueError as error:
        raise InvalidInput("日期“{given}”不对，应写成 2026-05-20。", given=given) from error
