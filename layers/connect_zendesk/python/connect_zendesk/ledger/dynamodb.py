"""The ledger's table on DynamoDB."""

import json
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from connect_zendesk.ledger.ledger import Item

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import PutItemInputTypeDef


class DynamoItems:
    """Items in a DynamoDB table with keys ``pk`` and ``sk`` and the time-to-live ``expires_at``.

    The content is JSON text: what is read is exactly what was written, numbers included.
    """

    def __init__(self, dynamodb: "DynamoDBClient", table: str) -> None:
        self._dynamodb, self._table = dynamodb, table

    def get(self, partition: str, sort: str) -> Item | None:
        """Return an item as it is now (a consistent read), or None."""
        answer = self._dynamodb.get_item(
            TableName=self._table, Key={"pk": {"S": partition}, "sk": {"S": sort}}, ConsistentRead=True
        )
        item = answer.get("Item")
        if item is None:
            return None
        content: dict[str, Any] = json.loads(item["content"]["S"])
        return content | {"version": int(item["version"]["N"]), "expires_at": int(item["expires_at"]["N"])}

    def put(self, partition: str, sort: str, item: Item, *, replacing: int | None) -> bool:
        """Write an item if it is still at that version (None: if there is none), and say whether it was."""
        content = {name: value for name, value in item.items() if name not in ("version", "expires_at")}
        request: PutItemInputTypeDef = {
            "TableName": self._table,
            "Item": {
                "pk": {"S": partition},
                "sk": {"S": sort},
                "version": {"N": str(item["version"])},
                "expires_at": {"N": str(item["expires_at"])},
                "content": {"S": json.dumps(content)},
            },
            "ConditionExpression": "attribute_not_exists(pk)",
        }
        if replacing is not None:
            request["ConditionExpression"] = "version = :version"
            request["ExpressionAttributeValues"] = {":version": {"N": str(replacing)}}
        try:
            self._dynamodb.put_item(**request)
        except ClientError as error:
            if error.response["Error"]["Code"] == "ConditionalCheckFailedException":
                return False
            raise
        return True
