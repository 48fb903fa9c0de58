"""A stand-in for the Amazon Connect API, built from botocore's own service model.

A request is read, checked and answered by the model's shapes, so what the service would not understand
fails here too. As with Zendesk, it is a state machine with an injected clock; HTTP and boto3 are adapters.
"""

from local.stand_ins.amazon_connect.options import Options
from local.stand_ins.amazon_connect.stand_in import AmazonConnect
from local.stand_ins.amazon_connect.world import WorldError
from local.stand_ins.http.boto3_adapter import attach

__all__ = ["AmazonConnect", "Options", "WorldError", "attach"]
