"""The ledger's table on DynamoDB."""

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from connect_zendesk.ledger.items import Beside, Item

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import ConditionCheckTypeDef, PutTypeDef, QueryInputTypeDef

_KEYS = ("pk", "sk")
#: What DynamoDB says where an item is not as it was read, or a transaction is at it: alone, and in one.
_LOST_RACES = frozenset(
    {
        "ConditionalCheckFailedException",
        "ConditionalCheckFailed",
        "TransactionConflictException",
        "TransactionConflict",
    }
)


class DynamoItems:
    """Items in a DynamoDB table with keys ``pk`` and ``sk`` and the time-to-live ``expires_at``."""

    def __init__(self, dynamodb: "DynamoDBClient", table: str) -> None:
        self._dynamodb, self._table = dynamodb, table

    def get(self, partition: str, sort: str) -> Item | None:
        """Return an item as it is now (a consistent read), or None."""
        answer = self._dynamodb.get_item(
            TableName=self._table, Key={"pk": {"S": partition}, "sk": {"S": sort}}, ConsistentRead=True
        )
        item = answer.get("Item")
        return read(item) if item is not None else None

    def query(self, partition: str) -> Mapping[str, Item]:
        """Return all items of a partition as they are now, by their sort keys."""
        request: QueryInputTypeDef = {
            "TableName": self._table,
            "KeyConditionExpression": "pk = :partition",
            "ExpressionAttributeValues": {":partition": {"S": partition}},
            "ConsistentRead": True,
        }
        found: dict[str, Item] = {}
        while True:
            answer = self._dynamodb.query(**request)
            found |= {item["sk"]["S"]: read(item) for item in answer["Items"]}
            if "LastEvaluatedKey" not in answer:
                return found
            request["ExclusiveStartKey"] = answer["LastEvaluatedKey"]

    def put(
        self, partition: str, sort: str, item: Item, *, replacing: int | None, beside: Beside | None = None
    ) -> bool:
        """Write an item if it is still at that version (None: if there is none), and say whether it was.

        With ``beside`` only if that other item, too, is at its version: a transaction, four times as dear.
        """
        put: PutTypeDef = {
            "TableName": self._table,
            "Item": {
                "pk": {"S": partition},
                "sk": {"S": sort},
                **{name: _written(value) for name, value in item.items()},
            },
            "ConditionExpression": "",
        }
        _demand(put, replacing)
        try:
            if beside is None:
                self._dynamodb.put_item(**put)
            else:
                other, version = beside
                check: ConditionCheckTypeDef = {
                    "TableName": self._table,
                    "Key": {"pk": {"S": partition}, "sk": {"S": other}},
                    "ConditionExpression": "",
                }
                _demand(check, version)
                self._dynamodb.transact_write_items(TransactItems=[{"ConditionCheck": check}, {"Put": put}])
        except ClientError as error:
            if _is_lost_race(error):
                return False
            raise
        return True


def read(item: Mapping[str, Any]) -> Item:
    """Return an item from DynamoDB's own notation. Schema 1 had all but two attributes in one text."""
    attributes = {name: _value(value) for name, value in item.items() if name not in _KEYS}
    text = attributes.pop("content", None)
    return attributes if text is None else {**attributes, **json.loads(text)}


def _demand(request: "PutTypeDef | ConditionCheckTypeDef", version: int | None) -> None:
    """Have a request fail unless its item is at that version; None: unless there is none."""
    if version is None:
        request["ConditionExpression"] = "attribute_not_exists(pk)"
    else:
        request["ConditionExpression"] = "version = :version"
        request["ExpressionAttributeValues"] = {":version": {"N": str(version)}}


def _is_lost_race(error: ClientError) -> bool:
    """Return whether another container was faster, or is in the middle of the same transaction."""
    reasons = error.response.get("CancellationReasons", [error.response["Error"]])
    return not _LOST_RACES.isdisjoint(reason.get("Code") for reason in reasons)


def _value(written: Mapping[str, Any]) -> Any:
    ((kind, value),) = written.items()
    match kind:
        case "N":
            return int(value)
        case "NULL":
            return None
        case "M":
            return {name: _value(item) for name, item in value.items()}
        case "L":
            return [_value(item) for item in value]
        case _:
            return value


def _written(value: Any) -> Any:
    """Return a value in DynamoDB's own notation, for which boto3 has only one with decimal numbers."""
    match value:
        case None:
            return {"NULL": True}
        case bool():
            return {"BOOL": value}
        case int():
            return {"N": str(value)}
        case str():
            # A lone surrogate, which JSON can carry and UTF-8 cannot: the item could never be written.
            return {"S": value.encode("utf-8", "replace").decode()}
        case Mapping():
            return {"M": {name: _written(item) for name, item in value.items()}}
        case list() | tuple():
            return {"L": [_written(item) for item in value]}
        case _:
            raise TypeError(f"nothing that the ledger keeps: {type(value).__name__}")
