"""Numbers: which are taken, how they are printed, how they are reckoned with.

Developer guide, Data types, Number: 38 digits; 1E-130 to 9.9999999999999999999999999999999999999E+125. That
they are printed without an exponent, and the messages, are as in dynalite's suite (tests "putItem",
"updateItem", run against the service).
"""

import pytest
from support.cases import N, S

MALFORMED = "The parameter cannot be converted to a numeric value"
TOO_MANY_DIGITS = "Attempting to store more than 38 significant digits in a Number"
OVERFLOW = "Number overflow. Attempting to store a number with magnitude larger than supported range"
UNDERFLOW = "Number underflow. Attempting to store a number with magnitude smaller than supported range"


@pytest.fixture(scope="module")
def table(make_module_table):
    return make_module_table()


@pytest.mark.parametrize("sent, stored", [
    ("1", "1"), ("1.0", "1"), ("+1", "1"), ("-1", "-1"), ("-0", "0"), ("-0.0", "0"), ("0.0000", "0"),
    ("0e999999", "0"), ("0e-999", "0"), ("007", "7"), ("1E5", "100000"), ("1e+5", "100000"), ("1e-5", "0.00001"),
    ("100E-2", "1"), ("12345e-3", "12.345"), ("-12.50", "-12.5"), (".5", "0.5"), ("-.5", "-0.5"),
    ("0000012345678901234567890123456789012345678", "12345678901234567890123456789012345678"),
    ("-00001.23456789012345678901234567890123456780000", "-1.2345678901234567890123456789012345678"),
    ("123456789012345678901234567890123456780", "123456789012345678901234567890123456780"),
    ("9.9999999999999999999999999999999999999e125", "9" * 38 + "0" * 88),
    ("-9.9999999999999999999999999999999999999e125", "-" + "9" * 38 + "0" * 88),
    ("1e125", "1" + "0" * 125), ("0001.000e-130", "0." + "0" * 129 + "1"), ("-1e-130", "-0." + "0" * 129 + "1"),
    ("1" + "0" * 125, "1" + "0" * 125), ("0." + "0" * 129 + "1", "0." + "0" * 129 + "1"),
    ("1" * 38, "1" * 38), ("0" * 500 + "1", "1"), ("1." + "0" * 500, "1"),
    ("0.1" + "0" * 36 + "1", "0.1" + "0" * 36 + "1"),
])
def test_numbers_are_printed_plainly(ask, table, sent, stored):
    ask("PutItem", {"TableName": table, "Item": {"pk": S("n"), "n": N(sent), "s": {"NS": [sent]}}})
    item = ask("GetItem", {"TableName": table, "Key": {"pk": S("n")}})["Item"]
    assert item["n"] == N(stored) and item["s"] == {"NS": [stored]}


@pytest.mark.parametrize("sent, message", [
    ("", MALFORMED),
    *[(text, f"{MALFORMED}: {text}") for text in (
        "a", "1a", "--1", "+-1", "1e", "e5", "1e5.5", ".", "-", "+", "1.2.3", "1,5", "1_0", "0x10", "1d", "1f", "1L",
        " 1", "1 ", "NaN", "Infinity", "-Infinity", "true", "None")],
    ("1" * 39, TOO_MANY_DIGITS), ("1234567890123456789012345678901234567.89", TOO_MANY_DIGITS),
    ("1e126", OVERFLOW), ("-1e126", OVERFLOW), ("10e125", OVERFLOW), ("1" + "0" * 126, OVERFLOW),
    ("1e99999999999", OVERFLOW), ("1e-131", UNDERFLOW), ("-1e-131", UNDERFLOW), ("0.1e-130", UNDERFLOW),
    ("1e-99999999999", UNDERFLOW), ("0." + "0" * 130 + "1", UNDERFLOW),
])
@pytest.mark.parametrize("wrap", [N, lambda n: {"NS": [n]}, lambda n: {"L": [{"M": {"a": {"N": n}}}]}],
                         ids=["N", "NS", "nested"])
def test_what_is_no_number_is_refused(ask, table, sent, message, wrap):
    ask.refused("PutItem", {"TableName": table, "Item": {"pk": S("refused"), "n": wrap(sent)}}, message)


@pytest.mark.parametrize("one, other", [("1", "1.0"), ("100", "1e2"), ("0", "-0"), ("0.5", "5E-1"), ("-7", "-007")])
def test_equal_numbers_are_one_key(ask, make_table, one, other):
    # Developer guide, Data types, Number: leading and trailing zeroes are trimmed.
    name = make_table("pk:N", "sk:N")
    ask("PutItem", {"TableName": name, "Item": {"pk": N(one), "sk": N(one), "a": S("first")}})
    ask("PutItem", {"TableName": name, "Item": {"pk": N(other), "sk": N(other), "a": S("second")}})
    assert ask("Scan", {"TableName": name})["Count"] == 1
    assert ask("GetItem", {"TableName": name, "Key": {"pk": N(one), "sk": N(other)}})["Item"]["a"] == S("second")


@pytest.mark.parametrize("before, expression, operand, after", [
    ("0.3", "SET n = n - :v", "0.1", "0.2"), ("0.1", "SET n = n + :v", "0.2", "0.3"),
    ("1e37", "SET n = n + :v", "1", "1" + "0" * 36 + "1"), ("5", "SET n = :v - n", "5", "0"),
    ("-1", "ADD n :v", "1", "0"), ("1e-130", "ADD n :v", "1e-130", "0." + "0" * 129 + "2"),
    ("9e125", "SET n = n - :v", "9e125", "0"), ("9" * 37, "ADD n :v", "1", "1" + "0" * 37),
])
def test_sums_are_exact(ask, table, before, expression, operand, after):
    ask("PutItem", {"TableName": table, "Item": {"pk": S("sum"), "n": N(before)}})
    assert ask("UpdateItem", {
        "TableName": table, "Key": {"pk": S("sum")}, "UpdateExpression": expression, "ReturnValues": "UPDATED_NEW",
        "ExpressionAttributeValues": {":v": N(operand)}})["Attributes"] == {"n": N(after)}


@pytest.mark.parametrize("before, operand", [("9.9e125", "9e125"), ("-9.9e125", "-9e125")])
@pytest.mark.parametrize("expression", ["ADD n :v", "SET n = n + :v"])
def test_sums_beyond_the_range_are_refused(ask, table, before, operand, expression):
    ask("PutItem", {"TableName": table, "Item": {"pk": S("sum"), "n": N(before)}})
    ask.refused("UpdateItem", {
        "TableName": table, "Key": {"pk": S("sum")}, "UpdateExpression": expression,
        "ExpressionAttributeValues": {":v": N(operand)}}, OVERFLOW)


def test_numbers_are_ordered_as_numbers(ask, make_table):
    name = make_table("pk:S", "sk:N")
    numbers = ["-9e125", "-1e20", "-10", "-9.5", "-1", "-0.5", "-1e-130", "0", "1e-130", "0.5", "1", "9.5", "10",
               "99999999999999999999999999999999999999", "1e125"]
    for number in reversed(numbers):
        ask("PutItem", {"TableName": name, "Item": {"pk": S("p"), "sk": N(number)}})
    found = ask("Query", {"TableName": name, "KeyConditionExpression": "pk = :p",
                          "ExpressionAttributeValues": {":p": S("p")}})["Items"]
    assert [float(item["sk"]["N"]) for item in found] == [float(number) for number in numbers]
