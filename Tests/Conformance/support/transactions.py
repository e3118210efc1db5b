"""Transactions in few words, and what is told of those that did not happen."""

CANCELED = "TransactionCanceledException"
CONDITION_FAILED = ("ConditionalCheckFailed", "The conditional request failed")
NONE = ("None", None)


def put(table, item, condition=None, **more):
    return {"Put": {"TableName": table, "Item": item, **_condition(condition), **more}}


def update(table, key, expression, condition=None, **more):
    return {"Update": {
        "TableName": table, "Key": key, "UpdateExpression": expression, **_condition(condition), **more}}


def delete(table, key, condition=None, **more):
    return {"Delete": {"TableName": table, "Key": key, **_condition(condition), **more}}


def check(table, key, condition, **more):
    return {"ConditionCheck": {"TableName": table, "Key": key, "ConditionExpression": condition, **more}}


def get(table, key, **more):
    return {"Get": {"TableName": table, "Key": key, **more}}


def _condition(text):
    return {"ConditionExpression": text} if text is not None else {}


def invalid(message):
    """The reason of an action that is not valid."""
    return ("ValidationError", message)


def canceled(ask, operation, body, *reasons):
    """A transaction that must be cancelled for `reasons`, a code and a message for each action; returns what is told."""
    answer = ask.connection.ask(operation, body)
    assert answer.status == 400, answer.body[:2_000]
    assert answer.error == CANCELED, answer.body[:2_000]
    told = answer.json()
    codes = ", ".join(code for code, _ in reasons)
    assert told["Message"] == (
        f"Transaction cancelled, please refer cancellation reasons for specific reasons [{codes}]"), told
    assert [(reason["Code"], reason.get("Message")) for reason in told["CancellationReasons"]] == list(reasons)
    return told["CancellationReasons"]
