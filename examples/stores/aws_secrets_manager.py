# SPDX-License-Identifier: GPL-3.0-or-later
"""Load or save one secret of AWS Secrets Manager: what aws_secrets_manager.yml calls.

There is no conditional write. So a new version gets a staging label of its own first, and then AWSCURRENT moves to it
from the version that was loaded: that step is refused when AWSCURRENT is elsewhere by now.

Source: https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_UpdateSecretVersionStage.html
"""

from __future__ import annotations

import json
import sys
import uuid
from typing import Any

import boto3
from botocore.exceptions import BotoCoreError, ClientError

CURRENT = "AWSCURRENT"


def load(client: Any, name: str) -> dict[str, Any]:
    """Return the current version of a secret. A secret that waits for its deletion is an error."""
    try:
        found = client.get_secret_value(SecretId=name, VersionStage=CURRENT)
    except client.exceptions.ResourceNotFoundException:
        return {"found": False}
    return {"found": True, "document": found["SecretString"], "version": found["VersionId"]}


def save(client: Any, name: str, expected: str, document: str) -> dict[str, Any]:
    """Replace the version that was loaded, or create the secret where none was."""
    version = str(uuid.uuid4())
    new = {"ClientRequestToken": version, "SecretString": document}
    try:
        if expected:
            replace(client, name, expected, new)
        else:
            client.create_secret(Name=name, **new)
    except (client.exceptions.ResourceExistsException, client.exceptions.InvalidParameterException):
        if load(client, name).get("version") == expected:
            raise  # another reason than another version
        return {"conflict": True}
    return {"version": version}


def replace(client: Any, name: str, expected: str, new: dict[str, str]) -> None:
    """Have a new version take the place of the one that was loaded, or raise."""
    version = new["ClientRequestToken"]
    own = {"SecretId": name, "VersionStage": f"m2m-{version}"}
    client.put_secret_value(SecretId=name, VersionStages=[own["VersionStage"]], **new)
    try:
        client.update_secret_version_stage(
            SecretId=name, VersionStage=CURRENT, MoveToVersionId=version, RemoveFromVersionId=expected
        )
    finally:  # AWS deletes a version without a label in time; AWSCURRENT and AWSPREVIOUS keep those that count
        client.update_secret_version_stage(**own, RemoveFromVersionId=version)


def main(action: str, name: str, expected: str) -> None:
    """Print the answer."""
    client = boto3.client("secretsmanager")
    answer = load(client, name) if action == "load" else save(client, name, expected, sys.stdin.read())
    sys.stdout.write(json.dumps(answer))


if __name__ == "__main__":
    try:
        main(*sys.argv[1:])
    except (BotoCoreError, ClientError) as error:
        sys.exit(str(error))
