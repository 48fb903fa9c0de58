"""The CDK app: reads the context values, builds the one stack, checks it with cdk-nag."""

import os
import sys

import aws_cdk as cdk
from cdk_nag import AwsSolutionsChecks

from infra.context import ContextError, place_problems, read_context
from infra.dependencies import BuildError
from infra.deployment_file import merged
from infra.stack import ConnectZendesk

#: Where the CDK's command line says that it deploys to: account and region.
_PLACE = ("CDK_DEFAULT_ACCOUNT", "CDK_DEFAULT_REGION")


def build(app: cdk.App) -> None:
    """Put the stack into `app`, and cdk-nag beside it: synthesis fails on any finding, warnings too.

    Raises ContextError when a context value is wrong, BuildError when the libraries cannot be installed.
    """
    context = read_context(merged(app.node.get_all_context()))
    if problems := place_problems(context, *(os.environ.get(name, "") for name in _PLACE)):
        raise ContextError(problems)
    ConnectZendesk(app, "ConnectZendesk", context=context)
    cdk.Validations.of(app).add_plugins(AwsSolutionsChecks(app))


def main() -> int:
    """Write the cloud assembly where CDK_OUTDIR says.

    Returns the process's exit code: 0, or 1 after saying on stderr what is wrong with the context values,
    the libraries or the template. A traceback through the CDK would hide that.
    """
    app = cdk.App(analytics_reporting=False)
    try:
        build(app)
        app.synth()
    except (ContextError, BuildError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    except RuntimeError as error:  # which is all that the bridge to the CDK raises
        if "ValidationFailed" not in str(error):
            raise
        sys.stderr.write(f"{error}\n")  # the CDK has printed the findings by now
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
