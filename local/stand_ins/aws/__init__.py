"""What the stand-ins for AWS services share: botocore's models on the wire, pages, quotas, faults."""
