"""`make cdk ARGS="diff"`: the CDK's own command line, pinned, in this folder."""

import os
import shlex
import sys

from infra import cdk_cli


def main() -> int:
    """Run it with the arguments, and those in the variable ARGS; return its exit code."""
    try:
        return cdk_cli.run(cdk_cli.install(), [*sys.argv[1:], *shlex.split(os.environ.get("ARGS", ""))])
    except cdk_cli.CdkError as error:
        print(error, file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
