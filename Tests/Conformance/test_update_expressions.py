"""UpdateItem, case by case: what an item becomes, what is returned, and what is refused.

What actions do: developer guide, Update expressions; API reference, UpdateItem. Messages as in dynalite's suite
(test "updateItem", run against the service).
"""

import pytest
from support.cases import INVALID, L, M, N, S, ordered

KEY = {"pk": S("u")}
BAD_PATH = "The document path provided in the update expression is invalid for update"
BAD_TYPE = "An operand in the update expression has an incorrect data type"
NO_ATTRIBUTE = "The provided expression refers to an attribute that does not exist in the item"
SYNTAX = "Invalid UpdateExpression: "
LIST = {"l": L(N(0), N(1), N(2))}
V, W = {":v": N(9)}, {":v": N(9), ":w": N(5)}


@pytest.fixture(scope="module")
def table(make_module_table):
    return make_module_table()


@pytest.fixture(scope="module")
def table_of_one(make_module_table):
    """For tests that scan."""
    return make_module_table()


def request(table, expression, values=None, names=None, **more):
    request = {"TableName": table, "Key": KEY, "UpdateExpression": expression} | more
    if values:
        request["ExpressionAttributeValues"] = values
    if names:
        request["ExpressionAttributeNames"] = names
    return request


@pytest.mark.parametrize("before, expression, values, after", [
    # SET
    ({}, "SET a = :v", V, {"a": N(9)}),
    ({"a": S("x")}, "set a = :v", V, {"a": N(9)}),
    ({"a": N(1)}, "SET a = a", None, {"a": N(1)}),
    ({"a": N(1), "b": N(2)}, "SET a = b, b = a", None, {"a": N(2), "b": N(1)}),
    ({"a": N(1)}, "SET b = a + :v, c = a - :v, d = :v - a", V, {"a": N(1), "b": N(10), "c": N(-8), "d": N(8)}),
    ({"a": N(1)}, "SET b = (a), c = (a + :v)", V, {"a": N(1), "b": N(1), "c": N(10)}),
    ({"a": N(1)}, "SET a = if_not_exists(a, :v), b = if_not_exists(b, :v)", V, {"a": N(1), "b": N(9)}),
    ({}, "SET n = if_not_exists(n, :w) + :v", W, {"n": N(14)}),
    ({"a": N(1)}, "SET b = if_not_exists(b, a)", None, {"a": N(1), "b": N(1)}),
    # Lists: an index beyond the end appends; several do in the order of their indexes.
    (LIST, "SET l[1] = :v", V, {"l": L(N(0), N(9), N(2))}),
    (LIST, "SET l[3] = :v", V, {"l": L(N(0), N(1), N(2), N(9))}),
    (LIST, "SET l[99] = :v", V, {"l": L(N(0), N(1), N(2), N(9))}),
    (LIST, "SET l[10] = :v, l[5] = :w", W, {"l": L(N(0), N(1), N(2), N(5), N(9))}),
    (LIST, "SET l[00] = :v", V, {"l": L(N(9), N(1), N(2))}),
    ({"l": L()}, "SET l[0] = :v", V, {"l": L(N(9))}),
    (LIST, "SET a = l[1]", None, {**LIST, "a": N(1)}),
    (LIST, "SET l = list_append(l, :v)", {":v": L(N(9))}, {"l": L(N(0), N(1), N(2), N(9))}),
    (LIST, "SET l = list_append(:v, l)", {":v": L(N(9))}, {"l": L(N(9), N(0), N(1), N(2))}),
    ({"l": L(N(1))}, "SET l = list_append(l, l)", None, {"l": L(N(1), N(1))}),
    ({}, "SET l = list_append(if_not_exists(l, :e), :v)", {":v": L(N(9)), ":e": L()}, {"l": L(N(9))}),
    ({}, "SET l = list_append(:v, :v)", {":v": L(N(9))}, {"l": L(N(9), N(9))}),
    # Documents
    ({"m": M(a=N(1), b=N(2))}, "SET m.a = :v", V, {"m": M(a=N(9), b=N(2))}),
    ({"m": M()}, "SET m.a = :v", V, {"m": M(a=N(9))}),
    ({"m": M(l=L(M(a=N(1))))}, "SET m.l[0].b = :v", V, {"m": M(l=L(M(a=N(1), b=N(9))))}),
    ({"m": M(a=N(1))}, "SET m.b = m.a + :v REMOVE m.a", V, {"m": M(b=N(10))}),
    ({"m": M(a=N(1))}, "SET m = :v", V, {"m": N(9)}),
    # REMOVE
    ({"a": N(1), "b": N(2)}, "REMOVE a, c", None, {"b": N(2)}),
    (LIST, "REMOVE l[0], l[1]", None, {"l": L(N(2))}),
    (LIST, "REMOVE l[2], l[0]", None, {"l": L(N(1))}),
    (LIST, "REMOVE l[7]", None, LIST),
    (LIST, "REMOVE l[0] SET l[1] = :v", V, {"l": L(N(9), N(2))}),
    ({"l": L(N(0))}, "REMOVE l[0]", None, {"l": L()}),
    ({"m": M(a=N(1))}, "REMOVE m.a", None, {"m": M()}),
    ({"m": M()}, "REMOVE m.a", None, {"m": M()}),
    ({"m": M(l=L(N(1), N(2)))}, "REMOVE m.l[0]", None, {"m": M(l=L(N(2)))}),
    # ADD
    ({}, "ADD n :v", V, {"n": N(9)}),
    ({"n": N(-9)}, "ADD n :v", V, {"n": N(0)}),
    ({}, "ADD s :v", {":v": {"SS": ["a"]}}, {"s": {"SS": ["a"]}}),
    ({"s": {"SS": ["a"]}}, "ADD s :v", {":v": {"SS": ["a", "b"]}}, {"s": {"SS": ["a", "b"]}}),
    ({"s": {"NS": ["1"]}}, "ADD s :v", {":v": {"NS": ["1.0", "2"]}}, {"s": {"NS": ["1", "2"]}}),
    ({"s": {"BS": ["AA=="]}}, "ADD s :v", {":v": {"BS": ["AQ=="]}}, {"s": {"BS": ["AA==", "AQ=="]}}),
    ({"m": M(n=N(1))}, "ADD m.n :v, m.s :w", {":v": N(2), ":w": {"SS": ["a"]}}, {"m": M(n=N(3), s={"SS": ["a"]})}),
    (LIST, "ADD l[1] :v", V, {"l": L(N(0), N(10), N(2))}),
    # DELETE
    ({"s": {"SS": ["a", "b"]}}, "DELETE s :v", {":v": {"SS": ["b", "c"]}}, {"s": {"SS": ["a"]}}),
    ({"s": {"SS": ["a", "b"]}}, "DELETE s :v", {":v": {"SS": ["a", "b", "c"]}}, {}),
    ({"s": {"NS": ["1", "2"]}}, "DELETE s :v", {":v": {"NS": ["2.00"]}}, {"s": {"NS": ["1"]}}),
    ({}, "DELETE s :v", {":v": {"SS": ["a"]}}, {}),
    ({"m": M(s={"SS": ["a"]})}, "DELETE m.s :v", {":v": {"SS": ["a"]}}, {"m": M()}),
    # All clauses, in any order
    ({"a": N(1), "s": {"SS": ["a", "b"]}}, "DELETE s :s REMOVE a ADD n :v SET b = a", {":v": N(9), ":s": {"SS": ["a"]}},
     {"s": {"SS": ["b"]}, "n": N(9), "b": N(1)}),
])
def test_what_an_item_becomes(ask, table, before, expression, values, after):
    ask("PutItem", {"TableName": table, "Item": KEY | before})
    got = ask("UpdateItem", request(table, expression, values, ReturnValues="ALL_NEW"))["Attributes"]
    assert got == ordered(KEY | after)
    assert ask("GetItem", {"TableName": table, "Key": KEY})["Item"] == ordered(KEY | after)


@pytest.mark.parametrize("before, expression, values, message", [
    ({}, "SET a.b = :v", V, BAD_PATH), ({}, "SET l[0] = :v", V, BAD_PATH), ({"a": M()}, "SET a[0] = :v", V, BAD_PATH),
    (LIST, "SET l.x = :v", V, BAD_PATH), ({"a": S("x")}, "SET a.b = :v", V, BAD_PATH), ({}, "REMOVE a.b", None, BAD_PATH),
    (LIST, "REMOVE l.x", None, BAD_PATH), ({"a": M()}, "REMOVE a.b.c", None, BAD_PATH),
    ({}, "ADD a.b :v", V, BAD_PATH), ({}, "DELETE a.b :v", {":v": {"SS": ["a"]}}, BAD_PATH),
    ({}, "SET a = b", None, NO_ATTRIBUTE), ({}, "SET n = n + :v", V, NO_ATTRIBUTE),
    ({}, "SET l = list_append(l, :v)", {":v": L()}, NO_ATTRIBUTE), (LIST, "SET a = l[3]", None, NO_ATTRIBUTE),
    (LIST, "SET a = l.x", None, NO_ATTRIBUTE),
    ({"n": S("x")}, "SET n = n + :v", V, BAD_TYPE), ({"n": S("x")}, "ADD n :v", V, BAD_TYPE),
    ({"n": N(1)}, "ADD n :v", {":v": {"NS": ["1"]}}, BAD_TYPE), ({"n": {"NS": ["1"]}}, "ADD n :v", V, BAD_TYPE),
    ({"s": {"SS": ["a"]}}, "ADD s :v", {":v": {"NS": ["1"]}}, BAD_TYPE),
    ({"s": {"SS": ["a"]}}, "DELETE s :v", {":v": {"NS": ["1"]}}, BAD_TYPE),
    ({"s": S("a")}, "DELETE s :v", {":v": {"SS": ["a"]}}, BAD_TYPE),
    ({"l": S("a")}, "SET l = list_append(l, :v)", {":v": L()}, BAD_TYPE),
    # What no item could make right
    ({}, "SET pk = :v", V, f"{INVALID}Cannot update attribute pk. This attribute is part of the key"),
    ({}, "REMOVE pk", None, f"{INVALID}Cannot update attribute pk. This attribute is part of the key"),
    ({}, "ADD pk :v", V, f"{INVALID}Cannot update attribute pk. This attribute is part of the key"),
    ({}, "", None, SYNTAX + "The expression can not be empty;"),
    ({}, "SET a = :v,", V, SYNTAX + 'Syntax error; token: "<EOF>", near: ","'),
    ({}, "SET a :v", V, SYNTAX + 'Syntax error; token: ":v", near: "a :v"'),
    ({}, "SET a = :v + :v + :v", V, SYNTAX + 'Syntax error; token: "+", near: ":v + :v"'),
    ({}, "ADD a b", None, SYNTAX + 'Syntax error; token: "b", near: "a b"'),
    ({}, "SET l[-1] = :v", V, SYNTAX + 'Syntax error; token: "-", near: "[-1"'),
    ({}, "SET a = :v SET b = :v", V, SYNTAX + 'The "SET" section can only be used once in an update expression;'),
    ({}, "REMOVE a REMOVE b", None, SYNTAX + 'The "REMOVE" section can only be used once in an update expression;'),
    ({}, "ADD a :v ADD b :v", V, SYNTAX + 'The "ADD" section can only be used once in an update expression;'),
    ({}, "SET status = :v", V, SYNTAX + "Attribute name is a reserved keyword; reserved keyword: status"),
    ({}, "SET a = foo(b)", None, SYNTAX + "Invalid function name; function: foo"),
    ({}, "SET a = size(b)", None, SYNTAX + "The function is not allowed in an update expression; function: size"),
    ({}, "SET a = if_not_exists(b)", None,
     SYNTAX + "Incorrect number of operands for operator or function; operator or function: if_not_exists, number of "
     "operands: 1"),
    ({}, "SET a = if_not_exists(:v, :v)", V,
     SYNTAX + "Operator or function requires a document path; operator or function: if_not_exists"),
    ({}, "SET a = list_append(:v, :w)", {":v": S("a"), ":w": S("b")},
     SYNTAX + "Incorrect operand type for operator or function; operator or function: list_append, operand type: S"),
    ({}, "SET a = :v + :w", {":v": S("a"), ":w": N(1)},
     SYNTAX + "Incorrect operand type for operator or function; operator or function: +, operand type: S"),
    ({}, "ADD a :v", {":v": S("a")},
     SYNTAX + "Incorrect operand type for operator or function; operator: ADD, operand type: STRING, typeSet: "
     "ALLOWED_FOR_ADD_OPERAND"),
    ({}, "DELETE a :v", V,
     SYNTAX + "Incorrect operand type for operator or function; operator: DELETE, operand type: NUMBER, typeSet: "
     "ALLOWED_FOR_DELETE_OPERAND"),
    ({}, "SET a = :v, a = :v", V,
     SYNTAX + "Two document paths overlap with each other; must remove or rewrite one of these paths; path one: [a], "
     "path two: [a]"),
    ({}, "SET a.b = :v REMOVE a", V,
     SYNTAX + "Two document paths overlap with each other; must remove or rewrite one of these paths; path one: [a, b], "
     "path two: [a]"),
    ({}, "SET a.b = :v, a[0] = :v", V,
     SYNTAX + "Two document paths conflict with each other; must remove or rewrite one of these paths; path one: "
     "[a, b], path two: [a, [0]]"),
    ({}, "SET a = :w", V, SYNTAX + "An expression attribute value used in expression is not defined; attribute value: :w"),
    ({}, "SET #a = :v", V,
     SYNTAX + "An expression attribute name used in the document path is not defined; attribute name: #a"),
    ({}, "SET a = :v", W, "Value provided in ExpressionAttributeValues unused in expressions: keys: {:w}"),
])
def test_what_is_refused_changes_nothing(ask, table, before, expression, values, message):
    ask("PutItem", {"TableName": table, "Item": KEY | before})
    ask.refused("UpdateItem", request(table, expression, values), message)
    assert ask("GetItem", {"TableName": table, "Key": KEY})["Item"] == ordered(KEY | before)


@pytest.mark.parametrize("names, values, message", [
    ({"x": "y"}, V, 'ExpressionAttributeNames contains invalid key: Syntax error; key: "x"'),
    ({"#x": "y"}, V, "Value provided in ExpressionAttributeNames unused in expressions: keys: {#x}"),
    ({}, V, "ExpressionAttributeNames must not be empty"),
    (None, {"v": N(1)}, 'ExpressionAttributeValues contains invalid key: Syntax error; key: "v"'),
    (None, {}, "ExpressionAttributeValues must not be empty"),
    (None, {":v": {}},
     "ExpressionAttributeValues contains invalid value: Supplied AttributeValue is empty, must contain exactly one of "
     "the supported datatypes for key :v"),
    (None, {":v": {"SS": []}},
     f"ExpressionAttributeValues contains invalid value: {INVALID}An string set  may not be empty for key :v"),
])
def test_placeholders_that_make_no_sense(ask, table, names, values, message):
    body = {"TableName": table, "Key": KEY, "UpdateExpression": "SET a = :v"}
    ask.refused("UpdateItem", body | {
        name: value for name, value in [("ExpressionAttributeNames", names), ("ExpressionAttributeValues", values)]
        if value is not None}, message)


@pytest.mark.parametrize("before, expression, values, returns, returned", [
    ({"a": N(1), "b": N(2)}, "SET a = :v", V, "NONE", None),
    ({"a": N(1), "b": N(2)}, "SET a = :v", V, None, None),
    ({"a": N(1), "b": N(2)}, "SET a = :v", V, "ALL_OLD", {**KEY, "a": N(1), "b": N(2)}),
    ({"a": N(1), "b": N(2)}, "SET a = :v", V, "ALL_NEW", {**KEY, "a": N(9), "b": N(2)}),
    ({"a": N(1), "b": N(2)}, "SET a = :v", V, "UPDATED_OLD", {"a": N(1)}),
    ({"a": N(1), "b": N(2)}, "SET a = :v", V, "UPDATED_NEW", {"a": N(9)}),
    ({}, "SET a = :v", V, "UPDATED_OLD", None), ({"a": N(1)}, "REMOVE a", None, "UPDATED_NEW", None),
    ({"a": N(1)}, "REMOVE a, b", None, "UPDATED_OLD", {"a": N(1)}),
    ({"a": N(1)}, "REMOVE a SET c = :v", V, "UPDATED_NEW", {"c": N(9)}),
    ({"m": M(a=N(1), b=N(2))}, "SET m.a = :v", V, "UPDATED_NEW", {"m": M(a=N(9))}),
    ({"m": M(a=N(1), b=N(2))}, "SET m.a = :v, m.c = :v", V, "UPDATED_OLD", {"m": M(a=N(1))}),
    (LIST, "SET l[1] = :v", V, "UPDATED_NEW", {"l": L(N(9))}),
    (LIST, "SET l[1] = :v, l[2] = :v", V, "UPDATED_OLD", {"l": L(N(1), N(2))}),
    ({"s": {"SS": ["a", "b"]}}, "DELETE s :v", {":v": {"SS": ["a"]}}, "UPDATED_NEW", {"s": {"SS": ["b"]}}),
    ({"s": {"SS": ["a"]}}, "DELETE s :v", {":v": {"SS": ["a"]}}, "UPDATED_OLD", {"s": {"SS": ["a"]}}),
    ({"n": N(1)}, "ADD n :v", V, "UPDATED_NEW", {"n": N(10)}),
])
def test_what_is_returned(ask, table, before, expression, values, returns, returned):
    # API reference, UpdateItem, ReturnValues: UPDATED_… are of the updated parts only.
    ask("PutItem", {"TableName": table, "Item": KEY | before})
    more = {"ReturnValues": returns} if returns else {}
    answer = ask("UpdateItem", request(table, expression, values, **more))
    assert answer == ({"Attributes": returned} if returned else {})


def test_an_update_of_nothing_makes_an_item_of_its_key(ask, table):
    # API reference, UpdateItem: "adds a new item to the table if it does not already exist".
    key = {"pk": S("made of nothing")}
    assert ask("UpdateItem", {"TableName": table, "Key": key, "ReturnValues": "ALL_NEW"}) == {"Attributes": key}
    assert ask("GetItem", {"TableName": table, "Key": key}) == {"Item": key}


@pytest.mark.parametrize("condition, values, holds", [
    ("attribute_exists(a)", None, True), ("attribute_not_exists(a)", None, False), ("attribute_exists(m.x)", None, True),
    ("attribute_not_exists(m.y)", None, True), ("attribute_exists(l[2])", None, True),
    ("attribute_exists(l[3])", None, False), ("a = :v", V, True), ("a <> :v", V, False), ("b <> :v", V, True),
    ("a > :w AND a < :x", {":w": N(8), ":x": N("9.5")}, True), ("a BETWEEN :v AND :v", V, True),
    ("a IN (:w, :v)", W, True), ("NOT a IN (:w, :v)", W, False), ("size(s) = :v", {":v": N(4)}, True),
    ("size(l) = :v", {":v": N(3)}, True), ("size(m) = :v", {":v": N(1)}, True), ("size(ss) = :v", {":v": N(2)}, True),
    ("begins_with(s, :v)", {":v": S("te")}, True), ("contains(s, :v)", {":v": S("ex")}, True),
    ("contains(ss, :v)", {":v": S("y")}, True), ("contains(ss, :v)", {":v": S("z")}, False),
    ("contains(l, :v)", {":v": N("1.0")}, True), ("contains(a, :v)", {":v": N(9)}, False),
    ("attribute_type(m, :v)", {":v": S("M")}, True), ("attribute_type(a, :v)", {":v": S("S")}, False),
    ("attribute_type(absent, :v)", {":v": S("NULL")}, False), ("a = s OR a = l[0] OR a = m.x", None, True),
    ("l = :v", {":v": L(N("0.0"), N(1), N(2))}, True), ("ss = :v", {":v": {"SS": ["y", "x"]}}, True),
    ("m = :v", {":v": M(x=N(9))}, True), ("a < s", None, False), ("a > s", None, False), ("a = absent", None, False),
    ("a <> absent", None, True), ("absent <> :v", V, True), ("s < :v", {":v": S("teyt")}, True),
    ("NOT (a = :v AND s = :v)", V, True), ("a = :v OR (s = :v AND s = :w)", W, True),
    ("b = :v OR a = :v AND s = :v", V, False), ("NOT a = :w AND NOT b = :w", {":w": N(5)}, True),
])
def test_conditions(ask, table_of_one, condition, values, holds):
    # Developer guide, Condition and filter expressions, operators, and functions.
    item = KEY | {"a": N(9), "b": S("9"), "s": S("text"), "m": M(x=N(9)), "ss": {"SS": ["x", "y"]}} | LIST
    name = table_of_one
    ask("PutItem", {"TableName": name, "Item": item})
    body = request(name, "SET done = :done", {":done": N(1)} | (values or {}), ConditionExpression=condition,
                   ReturnValuesOnConditionCheckFailure="ALL_OLD")
    if holds:
        ask("UpdateItem", body)
        assert "done" in ask("GetItem", {"TableName": name, "Key": KEY})["Item"]
    else:
        answer = ask.connection.ask("UpdateItem", body)
        assert answer.error == "ConditionalCheckFailedException" and answer.status == 400
        assert answer.message == "The conditional request failed"
        assert ordered(answer.json()["Item"]) == ordered(item)
    # A filter is the same expression.
    found = ask("Scan", {"TableName": name, "FilterExpression": condition, "Select": "COUNT"}
                | ({"ExpressionAttributeValues": values} if values else {}))
    assert found["Count"] == holds


@pytest.mark.parametrize("condition, values, message", [
    ("", None, "The expression can not be empty;"),
    ("a = = :v", V, 'Syntax error; token: "=", near: "= = :v"'),
    ("a", None, 'Syntax error; token: "<EOF>", near: "a"'),
    ("a = :v AND", V, 'Syntax error; token: "<EOF>", near: "AND"'),
    ("((a = :v))", V, "The expression has redundant parentheses;"),
    ("a = a", None,
     "The first operand must be distinct from the remaining operands for this operator or function; operator: =, first "
     "operand: [a]"),
    ("contains(a, a)", None,
     "The first operand must be distinct from the remaining operands for this operator or function; operator: "
     "contains, first operand: [a]"),
    ("size(a)", None, "The function is not allowed to be used this way in an expression; function: size"),
    ("attribute_exists(:v)", V, "Operator or function requires a document path; operator or function: attribute_exists"),
    ("attribute_exists(a, b)", None,
     "Incorrect number of operands for operator or function; operator or function: attribute_exists, number of "
     "operands: 2"),
    ("begins_with(a, :v)", V,
     "Incorrect operand type for operator or function; operator or function: begins_with, operand type: N"),
    ("a < :v", {":v": {"BOOL": True}},
     "Incorrect operand type for operator or function; operator or function: <, operand type: BOOL"),
    ("attribute_type(a, :v)", {":v": S("NN")},
     "Invalid attribute type name found; type: NN, valid types: {B,NULL,SS,BOOL,L,BS,N,NS,S,M}"),
    ("a BETWEEN :v AND :w", W,
     "The BETWEEN operator requires upper bound to be greater than or equal to lower bound; lower bound operand: "
     "AttributeValue: {N:9}, upper bound operand: AttributeValue: {N:5}"),
    ("a BETWEEN :v AND :w", {":v": N(1), ":w": S("a")},
     "The BETWEEN operator requires same data type for lower and upper bounds; lower bound operand: AttributeValue: "
     "{N:1}, upper bound operand: AttributeValue: {S:a}"),
    ("foo(a)", None, "Invalid function name; function: foo"),
    ("if_not_exists(a, :v)", V,
     "The function is not allowed in a condition expression; function: if_not_exists"),
    ("a IN (" + ", ".join(f":v{n}" for n in range(101)) + ")", {f":v{n}": N(n) for n in range(101)},
     "The IN operator is provided with too many operands; number of operands: 101"),
    ("a[99999999999] = :v", V, "List index is not within the allowable range; index: [99999999999]"),
])
def test_conditions_that_make_no_sense(ask, table, condition, values, message):
    body = {"TableName": table, "Item": KEY, "ConditionExpression": condition}
    if values:
        body["ExpressionAttributeValues"] = values
    ask.refused("PutItem", body, f"Invalid ConditionExpression: {message}")
