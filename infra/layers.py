"""The two layers every function has: our package, and the libraries it needs."""

from pathlib import Path

from aws_cdk import AssetHashType, RemovalPolicy
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from infra.dependencies import Dependencies
from infra.function import ARCHITECTURE, LAYERS_PLACE, RUNTIME, packed

PACKAGE = Path(__file__).resolve().parent.parent / "layers" / "connect_zendesk"


class Layers(Construct):
    """The layers, apart so that a change to our code does not upload the libraries again.

    Attributes:
        both: the layer versions, for a function's `layers`.
    """

    def __init__(self, scope: Construct, id_: str, *, dependencies: Dependencies) -> None:
        super().__init__(scope, id_)
        package = self._layer("ConnectZendesk", packed(PACKAGE, LAYERS_PLACE))
        libraries = self._layer(
            "Dependencies",
            lambda_.Code.from_asset(
                str(dependencies.folder),
                # The requirements are pinned by hash, so they say what is in the folder; reading its
                # thousands of files at each synthesis would say no more.
                asset_hash_type=AssetHashType.CUSTOM,
                asset_hash=dependencies.key,
            ),
        )
        self.both = (package, libraries)

    def _layer(self, id_: str, code: lambda_.Code) -> lambda_.LayerVersion:
        return lambda_.LayerVersion(
            self,
            id_,
            code=code,
            compatible_runtimes=[RUNTIME],
            compatible_architectures=[ARCHITECTURE],
            removal_policy=RemovalPolicy.DESTROY,
        )
