"""What tables of cases share: values in few words, and requests that are sent just as they are."""

VALIDATION = "ValidationException"
INVALID = "One or more parameter values were invalid: "
NOT_VALID = "One or more parameter values are not valid. "


def S(text):
    return {"S": text}


def N(number):
    return {"N": str(number)}


def L(*values):
    return {"L": list(values)}


def M(**values):
    return {"M": values}


def keys(partition, sort=None):
    """A key schema."""
    schema = [{"AttributeName": partition, "KeyType": "HASH"}]
    return schema + ([{"AttributeName": sort, "KeyType": "RANGE"}] if sort else [])


def attributes(**types):
    """Attribute definitions."""
    return [{"AttributeName": name, "AttributeType": kind} for name, kind in types.items()]


def index(name, partition, sort=None, projection="ALL", **more):
    """An index; `projection` is a type, or a list of the attributes to include."""
    if isinstance(projection, list):
        projection = {"ProjectionType": "INCLUDE", "NonKeyAttributes": projection}
    elif isinstance(projection, str):
        projection = {"ProjectionType": projection}
    return {"IndexName": name, "KeySchema": keys(partition, sort), "Projection": projection, **more}


def ordered(value):
    """The same with the members of sets in order, since the service promises none."""
    if isinstance(value, list):
        return [ordered(element) for element in value]
    if not isinstance(value, dict):
        return value
    return {
        name: sorted(inner) if name in ("SS", "NS", "BS") and isinstance(inner, list) else ordered(inner)
        for name, inner in value.items()
    }


class Asker:
    """Sends requests on one connection and holds answers against what is expected."""

    def __init__(self, connection):
        self.connection = connection

    def __call__(self, operation, body):
        """The answer of a request that must succeed, sets in order."""
        answer = self.connection.ask(operation, body)
        assert answer.status == 200, answer.body[:2_000]
        return ordered(answer.json()) if answer.body else None

    def refused(self, operation, body, message, error=VALIDATION):
        """A request that must be refused, with `message` unless that is None."""
        answer = self.connection.ask(operation, body)
        assert answer.status == 400, answer.body[:2_000]
        assert answer.error == error, answer.message
        if message is not None:
            assert answer.message == message
