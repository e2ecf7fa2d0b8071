"""The jobs' queue, seen from an operation: a job is part of the transaction that asks for it."""

import json

from sqlalchemy import Connection, text


def enqueue(connection: Connection, task: str, *, one_at_a_time: str, **arguments: object) -> int:
    """Asks for a job, by the task's name; it starts once the transaction has committed.

    Jobs that share ``one_at_a_time`` run one after the other, in the order in which they were
    asked for. Returns the job's number.
    """
    number: int = connection.execute(
        text("SELECT guard.enqueue(:task, CAST(:arguments AS jsonb), :one_at_a_time)"),
        {
            "task": task,
            "arguments": json.dumps(arguments, default=str),
            "one_at_a_time": one_at_a_time,
        },
    ).scalar_one()
    return number
