"""boto3 and `aws` pointed at a server of ours."""

import json
import os
import pathlib
import subprocess
import sys

import boto3
import botocore.config

CREDENTIALS = {
    "aws_access_key_id": "anything",
    "aws_secret_access_key": "anything",
    "region_name": "us-east-1",
}
# Failures are to be seen, not retried; SDK-side validation is off so that the server's own is tested.
CONFIG = botocore.config.Config(
    retries={"total_max_attempts": 1},
    parameter_validation=False,
    max_pool_connections=64,
    read_timeout=60,
    connect_timeout=5,
)


def client(server, service="dynamodb", **changes):
    return boto3.client(service, endpoint_url=server.url, **(CREDENTIALS | {"config": CONFIG} | changes))


def resource(server):
    return boto3.resource("dynamodb", endpoint_url=server.url, config=CONFIG, **CREDENTIALS)


class AWSCommand:
    """Runs `aws dynamodb …`; answers what it prints as JSON."""

    def __init__(self, server):
        self.server = server
        # The command stands beside the interpreter that runs the tests, unless it is elsewhere on the path.
        beside = pathlib.Path(sys.executable).parent / "aws"
        self.command = str(beside) if beside.exists() else "aws"

    def run(self, *arguments):
        environment = os.environ | {
            "AWS_ACCESS_KEY_ID": "anything",
            "AWS_SECRET_ACCESS_KEY": "anything",
            "AWS_DEFAULT_REGION": "eu-west-3",
            "AWS_PAGER": "",
            "AWS_MAX_ATTEMPTS": "1",
            "AWS_CONFIG_FILE": os.devnull,
        }
        return subprocess.run(
            [self.command, "dynamodb", *arguments, "--endpoint-url", self.server.url, "--output", "json"],
            capture_output=True,
            text=True,
            env=environment,
            timeout=120,
        )

    def __call__(self, *arguments):
        result = self.run(*arguments)
        assert result.returncode == 0, result.stderr
        return json.loads(result.stdout) if result.stdout.strip() else None
