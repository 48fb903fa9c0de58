"""The ledger's table as forgetting needs it: read whole, and deleted from. No function may do either."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Protocol

from botocore.exceptions import ClientError

from connect_zendesk.ledger.dynamodb import DynamoItems, read
from connect_zendesk.ledger.items import Item, Items

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


class Table(Items, Protocol):
    """A table of items that can be read whole."""

    def scan(self) -> Iterator[tuple[str, str, Item]]:
        """Yield every item with its partition and its sort key."""

    def delete(self, partition: str, sort: str, *, version: int) -> bool:
        """Delete an item if it is still at that version, and say whether it was."""


class DynamoTable(DynamoItems):
    """The table on DynamoDB. Reading it whole costs half a read unit for each 4 KB."""

    def __init__(self, dynamodb: "DynamoDBClient", table: str) -> None:
        super().__init__(dynamodb, table)
        self._client, self._name = dynamodb, table

    def scan(self) -> Iterator[tuple[str, str, Item]]:
        """Yield every item with its partition and its sort key."""
        for page in self._client.get_paginator("scan").paginate(TableName=self._name):
            for item in page["Items"]:
                yield item["pk"]["S"], item["sk"]["S"], read(item)

    def delete(self, partition: str, sort: str, *, version: int) -> bool:
        """Delete an item if it is still at that version, and say whether it was."""
        try:
            self._client.delete_item(
                TableName=self._name,
                Key={"pk": {"S": partition}, "sk": {"S": sort}},
                ConditionExpression="version = :version",
                ExpressionAttributeValues={":version": {"N": str(version)}},
            )
        except ClientError as error:
            if error.response["Error"]["Code"] == "ConditionalCheckFailedException":
                return False
            raise
        return True
