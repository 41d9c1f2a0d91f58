"""Lines of the log: `time=… level=INFO msg="migration finished" before=0001 after=0002`."""

import json
import logging
import sys
from datetime import UTC, datetime


class Fields(logging.Formatter):
    """What a record was given as `extra={"fields": {…}}` follows its message."""

    def format(self, record: logging.LogRecord) -> str:
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        fields: dict[str, object] = getattr(record, "fields", {})
        given = "".join(f" {key}={value}" for key, value in fields.items())
        return f"time={at} level={record.levelname} msg={json.dumps(record.getMessage())}{given}"


def to_stdout() -> None:
    """On stdout like the last words: two streams would not keep their order in a container's log."""
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(Fields())
    logging.basicConfig(level=logging.INFO, handlers=[handler])
