"""A stand-in for Amazon Transcribe, built from botocore's service model: standard and Call Analytics.

It cannot hear. A recording made here carries what is said in it (`wav.py`), and nothing else reads that.
"""

from local.stand_ins.http.boto3_adapter import attach
from local.stand_ins.transcribe.objects import MemoryObjects, ObjectDenied, Objects
from local.stand_ins.transcribe.options import Options
from local.stand_ins.transcribe.stand_in import Transcribe

__all__ = ["MemoryObjects", "ObjectDenied", "Objects", "Options", "Transcribe", "attach"]
