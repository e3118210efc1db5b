"""Contributor insights through an SDK. What is answered: as observed of the service in us-west-2 in October 2026 (recordings
of the ACK project's probes); names of rules: the API reference's and the AWS command's examples."""

import pytest
from support.cases import keys

INDEX = {"IndexName": "byG", "KeySchema": keys("g"), "Projection": {"ProjectionType": "ALL"}}


@pytest.fixture
def table(make_table):
    return make_table("pk:S", "sk:S", extra="g:S", GlobalSecondaryIndexes=[INDEX])


def update(client, table, action, index=None, **more):
    request = {"TableName": table, "ContributorInsightsAction": action, **more}
    answer = client.update_contributor_insights(**request | ({"IndexName": index} if index else {}))
    answer.pop("ResponseMetadata")
    return answer


def describe(client, table, index=None):
    answer = client.describe_contributor_insights(TableName=table, **({"IndexName": index} if index else {}))
    answer.pop("ResponseMetadata")
    return answer


def listed(client, table):
    return [(summary.get("IndexName"), summary["ContributorInsightsStatus"])
            for summary in client.list_contributor_insights(TableName=table)["ContributorInsightsSummaries"]]


def test_life(client, table):
    disabled = {"TableName": table, "ContributorInsightsStatus": "DISABLED"}
    assert describe(client, table) == disabled
    assert listed(client, table) == []
    assert update(client, table, "DISABLE") == disabled
    both = {"ContributorInsightsMode": "ACCESSED_AND_THROTTLED_KEYS"}
    assert update(client, table, "ENABLE") == {"TableName": table, "ContributorInsightsStatus": "ENABLING"} | both
    shown = describe(client, table)
    assert shown["ContributorInsightsStatus"] == "ENABLED" and shown["ContributorInsightsMode"] == both[
        "ContributorInsightsMode"]
    made = int(shown["LastUpdateDateTime"].timestamp() * 1_000 + 0.5)
    assert shown["ContributorInsightsRuleList"] == [
        f"DynamoDBContributorInsights-{kind}-{table}-{made}" for kind in ("PKC", "SKC", "PKT", "SKT")]
    # What is so already is not on its way there.
    assert update(client, table, "ENABLE")["ContributorInsightsStatus"] == "ENABLED"
    update(client, table, "ENABLE", "byG", ContributorInsightsMode="THROTTLED_KEYS")
    rules = describe(client, table, "byG")["ContributorInsightsRuleList"]
    assert len(rules) == 1 and rules[0].startswith(f"DynamoDBContributorInsights-PKT-{table}-byG-")
    assert listed(client, table) == [(None, "ENABLED"), ("byG", "ENABLED")]
    assert update(client, table, "DISABLE")["ContributorInsightsStatus"] == "DISABLING"
    shown = describe(client, table)
    assert shown.pop("LastUpdateDateTime") and shown == disabled | both
    assert listed(client, table) == [("byG", "ENABLED")]


def test_a_mode_left_out_is_both(client, table):
    update(client, table, "ENABLE", ContributorInsightsMode="THROTTLED_KEYS")
    assert len(describe(client, table)["ContributorInsightsRuleList"]) == 2
    assert update(client, table, "ENABLE")["ContributorInsightsStatus"] == "ENABLING"
    assert len(describe(client, table)["ContributorInsightsRuleList"]) == 4


@pytest.mark.parametrize("operation, more", [
    ("DescribeContributorInsights", {}), ("UpdateContributorInsights", {"ContributorInsightsAction": "ENABLE"})])
def test_refusals(ask, table, operation, more):
    for index in ("nope", table):
        ask.refused(operation, {"TableName": table, "IndexName": index} | more,
                    f"Requested resource not found: Index: {index} not found for table: {table}", "ResourceNotFoundException")
    ask.refused(operation, {"TableName": "missing"} | more,
                "Requested resource not found: Table: missing not found", "ResourceNotFoundException")
    ask.refused(operation, {"TableName": table, "IndexName": ""} | more,
                "IndexName must be at least 3 characters long and at most 255 characters long")
    ask.refused("ListContributorInsights", {"TableName": "missing"},
                "Requested resource not found: Table: missing not found", "ResourceNotFoundException")


def test_constraints(ask, table):
    ask.refused("UpdateContributorInsights", {"TableName": table, "ContributorInsightsAction": ""},
                "1 validation error detected: Value '' at 'contributorInsightsAction' failed to satisfy constraint: Member "
                "must satisfy enum value set: [ENABLE, DISABLE]")
    ask.refused("UpdateContributorInsights",
                {"TableName": table, "ContributorInsightsAction": "ENABLE", "ContributorInsightsMode": ""},
                "1 validation error detected: Value '' at 'contributorInsightsMode' failed to satisfy constraint: Member "
                "must satisfy enum value set: [THROTTLED_KEYS, ACCESSED_AND_THROTTLED_KEYS]")


def test_pages(client, table):
    update(client, table, "ENABLE")
    update(client, table, "ENABLE", "byG")
    first = client.list_contributor_insights(TableName=table, MaxResults=1)
    second = client.list_contributor_insights(TableName=table, MaxResults=1, NextToken=first["NextToken"])
    assert [page["ContributorInsightsSummaries"][0].get("IndexName") for page in (first, second)] == [None, "byG"]
    assert "NextToken" not in second
    client.update_table(TableName=table, GlobalSecondaryIndexUpdates=[{"Delete": {"IndexName": "byG"}}])
    assert listed(client, table) == [(None, "ENABLED")]
