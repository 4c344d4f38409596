"""When something was handed in, as nbgrader writes it into timestamp.txt and as anybody may have changed it."""

import re
from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

_TIME = re.compile(
    r"(?P<time>[0-9]{4}-[0-9]{2}-[0-9]{2}[ T][0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,6})?) ?"
    r"(?:(?P<utc>UTC|GMT|Z|)|(?P<sign>[+-])(?P<hours>[0-9]{2}):?(?P<minutes>[0-9]{2})|(?P<place>[A-Za-z]+/[A-Za-z_/]+))"
)


def read_timestamp(content: bytes) -> datetime:
    """Return the time in UTC, without a zone as nbgrader keeps it.

    Args:
        content: such as b"2026-01-31 12:00:00 UTC"; in place of UTC a difference (+0100), a place of the time zone
            database (Europe/Berlin) or nothing, which is UTC.

    Raises:
        ValueError: it is no such time.
    """
    found = _TIME.fullmatch(content.decode("ascii").strip())
    if not found:
        raise ValueError("no time")
    form = "%Y-%m-%d %H:%M:%S" + (".%f" if "." in found["time"] else "")
    local = datetime.strptime(found["time"].replace("T", " "), form)
    try:
        return local.replace(tzinfo=_zone(found)).astimezone(UTC).replace(tzinfo=None)
    except (OverflowError, ZoneInfoNotFoundError, OSError) as error:
        raise ValueError("no time") from error


def timestamp_text(when: datetime) -> str:
    """Return a time in UTC as nbgrader reads it."""
    return f"{when.isoformat(' ')} UTC"


def _zone(found: re.Match[str]) -> timezone | ZoneInfo:
    if found["place"]:
        return ZoneInfo(found["place"])
    if found["sign"]:
        return timezone(int(f"{found['sign']}1") * timedelta(hours=int(found["hours"]), minutes=int(found["minutes"])))
    return UTC
