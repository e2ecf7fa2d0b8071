"""Reading the trail: who did what, on what, from where, why. Free of personal data."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Row, text

from gridmap import area
from gridmap.access import range_sql, readable
from gridmap.rules import masking

PAGE = 100
MOST_EXPORTED = 100_000

WORDS = {
    "sign_in": ("登录", "Signed in"),
    "sign_in_by_link": ("用链接登录", "Signed in by link"),
    "sign_in_by_oidc": ("统一登录", "Signed in by single sign-on"),
    "password_changed": ("改密码", "Changed the password"),
    "codes_on": ("开通动态码", "Switched one-time codes on"),
    "codes_off": ("关闭动态码", "Switched one-time codes off"),
    "oidc_linked": ("关联统一登录", "Linked single sign-on"),
    "account_created": ("建账号", "Made an account"),
    "account_closed": ("停用账号", "Closed an account"),
    "account_opened": ("恢复账号", "Opened an account again"),
    "account_unlocked": ("解锁账号", "Unlocked an account"),
    "appointed": ("授予角色", "Gave a role"),
    "dismissed": ("撤销角色", "Took a role back"),
    "link_made": ("发登录链接", "Made a sign-in link"),
    "view_as_begun": ("开始代看", "Began to view as"),
    "view_as_ended": ("结束代看", "Stopped viewing as"),
    "token_made": ("发令牌", "Made a token"),
    "token_revoked": ("吊销令牌", "Revoked a token"),
    "kiosk_made": ("建大屏链接", "Made a kiosk"),
    "kiosk_revoked": ("吊销大屏", "Revoked a kiosk"),
    "audit_exported": ("导出审计", "Exported the trail"),
    "reveal": ("查看全文", "Revealed"),
    "household_read": ("查看住户", "Read a household"),
    "number_searched": ("按号码查找", "Looked for a number"),
    "moved_away": ("登记迁出", "Marked as moved away"),
    "moved_back": ("取消迁出", "Marked as still there"),
    "persons_erased": ("清除迁出者", "Erased who moved away"),
    "reporters_erased": ("清除上报人", "Erased reporters"),
    "export_fetched": ("取走导出", "Fetched an export"),
    "keys_rotated": ("更换密钥", "Rotated the keys"),
    "keys_forgotten": ("去掉旧密钥", "Took old keys out"),
    "policy_set": ("改规则", "Changed a policy"),
    "index_published": ("发布平安指数", "Published the safety index"),
    "category_rule": ("改类别时限", "Changed a category's limit"),
    "category_retired": ("停用类别", "Retired a category"),
    "category_back": ("恢复类别", "Took a category back"),
    "calendar_loaded": ("导入日历", "Loaded a calendar"),
    "calendar_day_set": ("改日历", "Changed a day"),
    "visit_planned": ("安排走访", "Planned visits"),
    "visit_plan_ended": ("结束走访计划", "Ended planned visits"),
    "desk_set": ("设坐席", "Set a desk"),
    "desk_removed": ("撤坐席", "Removed a desk"),
    "shift_set": ("排班", "Set a shift"),
    "shift_removed": ("撤班次", "Removed a shift"),
    "stand_in_ended": ("结束代班", "Ended a stand-in"),
    "stand_in_cancelled": ("取消代班", "Cancelled a stand-in"),
    "webhook_added": ("设推送", "Added a webhook"),
    "webhook_stopped": ("停推送", "Stopped a webhook"),
}
"""Kinds of acts in the trail, in Chinese and English; one that is not here shows its own name."""


@dataclass(frozen=True)
class Asked:
    """What of the trail is asked for; days are local and both are included."""

    who: str
    what: str
    first: date
    last: date
    within: str
    zone: str


_ROWS = """
SELECT * FROM (
  SELECT a.id, a.at, a.what, a.subject_kind, a.county, a.subject_id, a.path, a.source, a.why,
         a.data, guard.display(
             CASE WHEN a.who = 'job:door' THEN 'account:' || a.subject_id ELSE a.who END) AS who,
         CASE WHEN a.subject_kind IN ('account', 'token', 'kiosk')
              THEN guard.display(a.subject_kind || ':' || a.subject_id) END AS subject
    FROM audit AS a
   WHERE ({areas}) AND a.at >= :begin AND a.at < :end AND (:what = '' OR a.what = :what)
     AND ({within})) AS told
 WHERE :who = '' OR told.who LIKE :like OR told.subject LIKE :like
"""


def page(connection: Connection, asked: Asked, *, number: int) -> tuple[int, list[dict[str, Any]]]:
    """How many rows there are, and one page of them, the newest first."""
    sql, parameters = _question(connection, asked)
    total: int = connection.execute(
        text(f"SELECT count(*) FROM ({sql}) AS found"), parameters
    ).scalar_one()
    rows = connection.execute(
        text(f"{sql} ORDER BY id DESC LIMIT :most OFFSET :skip"),
        parameters | {"most": PAGE, "skip": (number - 1) * PAGE},
    )
    return total, [_told(row) for row in rows]


def everything(connection: Connection, asked: Asked) -> Iterator[dict[str, Any]]:
    """All rows of all pages, the newest first."""
    sql, parameters = _question(connection, asked)
    rows = connection.execute(
        text(f"{sql} ORDER BY id DESC LIMIT :most"), parameters | {"most": MOST_EXPORTED}
    )
    return (_told(row) for row in rows)


def kinds() -> list[str]:
    """The kinds of acts that can be chosen."""
    return list(WORDS)


def _question(connection: Connection, asked: Asked) -> tuple[str, dict[str, Any]]:
    zone = ZoneInfo(asked.zone)
    plain = asked.who.strip().replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    sql = _ROWS.format(
        areas=readable(connection, "audit", "a.path"),
        within=range_sql(area.bounds(asked.within), "a.path"),
    )
    return sql, {
        "begin": datetime.combine(asked.first, time(), zone),
        "end": datetime.combine(asked.last + timedelta(days=1), time(), zone),
        "what": asked.what,
        "who": plain,
        "like": f"%{plain}%",
    }


def _told(row: Row[Any]) -> dict[str, Any]:
    """A row as it may be read: a reason is free text, so every number in it is hidden."""
    told = dict(row._mapping)
    told["why"] = masking.words(row.why) if row.why else ""
    return told
