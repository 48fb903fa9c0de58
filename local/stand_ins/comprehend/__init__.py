"""A stand-in for Amazon Comprehend, built from botocore's own service model: sentiment, phrases, entities."""

from local.stand_ins.comprehend.options import Options
from local.stand_ins.comprehend.stand_in import Comprehend
from local.stand_ins.http.boto3_adapter import attach

__all__ = ["Comprehend", "Options", "attach"]
