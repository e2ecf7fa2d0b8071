"""Pages of what an administrator decides: categories with their limits, and the calendar."""

from datetime import date

from flask import redirect, request
from werkzeug.wrappers import Response as AnyResponse

from gridmap.errors import GridmapError, InvalidInput
from gridmap.operations import calendar, catalog
from gridmap.operations.calendar import Day
from gridmap.queries import catalog_rules
from gridmap.web.admin_frame import Page, admin, check_right, rendered
from gridmap.web.context import circumstances, reading, services, today


@admin.get("/admin/categories")
def categories_page() -> tuple[str, int]:
    """Categories by kind, each with its limit and the departments that answer."""
    return _categories()


@admin.post("/admin/categories/<int:number>")
def category_rule(number: int) -> Page:
    """A new version of a category's rule, or its retirement."""
    fields = request.form
    try:
        with reading() as connection:
            if fields.get("act") in ("retire", "back"):
                back = fields["act"] == "back"
                catalog.retire(connection, number, back=back, given=circumstances())
            else:
                catalog.set_rule(
                    connection,
                    number,
                    limit_min=_minutes(fields.get("hours", "")),
                    around_the_clock=fields.get("always") == "yes",
                    departments=_names(fields.get("departments", "")),
                    given=circumstances(),
                )
    except InvalidInput as error:
        return _categories(error)
    return redirect("/admin/categories?done=catalog")


@admin.get("/admin/calendar")
def calendar_page() -> tuple[str, int]:
    """The days that differ from the week."""
    return _calendar()


@admin.post("/admin/calendar")
def calendar_day() -> Page:
    """Says of a day whether people work, or brings a whole file."""
    try:
        _write_calendar()
    except GridmapError as error:
        return _calendar(error)
    year = request.form.get("day", "")[:4]
    return _back_to(year)


def _back_to(year: str) -> AnyResponse:
    wanted = f"&year={year}" if year.isdigit() else ""
    return redirect(f"/admin/calendar?done=catalog{wanted}")


def _write_calendar() -> None:
    file = request.files.get("file")
    with reading() as connection:
        if file and file.filename:
            calendar.load(connection, calendar.read(file.read()), circumstances())
            return
        day = Day(
            _day(request.form.get("day", "")),
            request.form.get("works") == "yes",
            request.form.get("name", "").strip(),
        )
        calendar.set_day(connection, day, circumstances())


def _categories(problem: GridmapError | None = None) -> tuple[str, int]:
    with reading() as connection:
        check_right(connection, "catalog")
        found = catalog_rules.categories(connection)
    return rendered("categories", problem, tab="categories", found=found)


def _calendar(problem: GridmapError | None = None) -> tuple[str, int]:
    asked = request.args.get("year", "")
    year = int(asked) if asked.isdigit() and len(asked) == 4 else today().year
    with reading() as connection:
        check_right(connection, "catalog")
        found = catalog_rules.days(connection, year)
        known = catalog_rules.known_years(connection)
    facts = {"year": year, "found": found, "known": known, "zone": services().settings.zone}
    return rendered("calendar", problem, tab="calendar", **facts)


def _minutes(hours: str) -> int:
    try:
        return round(float(hours) * 60)
    except ValueError as error:
        raise InvalidInput("时限应是小时数，收到“{given}”。", given=hours) from error


def _names(given: str) -> list[str]:
    return [name.strip() for name in given.replace("，", "、").split("、") if name.strip()]


def _day(given: str) -> date:
    try:
        return date.fromisoformat(given)
    except ValueError as error:
        raise InvalidInput("日期“{given}”不对，应如 2026-10-01。", given=given) from error
