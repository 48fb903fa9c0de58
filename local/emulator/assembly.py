"""Reads a synthesised stack from the directory that `cdk synth` fills (the cloud assembly)."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

# JSON of CDK's design: we look at a few places of it and pass on the rest.
Template = dict[str, Any]


class AssemblyError(Exception):
    """The directory holds no cloud assembly, or one that is not of a single stack."""


@dataclass(frozen=True)
class FileAsset:
    """A file or folder that the template expects in the asset bucket."""

    path: Path
    zipped: bool
    bucket: str  # with ${AWS::AccountId} and ${AWS::Region} in it
    key: str


@dataclass(frozen=True)
class Assembly:
    """One synthesised stack."""

    stack_name: str
    template: Template
    assets: tuple[FileAsset, ...]


def read_assembly(directory: Path) -> Assembly:
    """The one stack in the cloud assembly in `directory`.

    Raises `AssemblyError`.
    """
    manifest_file = directory / "manifest.json"
    if not manifest_file.exists():
        raise AssemblyError(f"{directory} is not a cloud assembly: it has no manifest.json.")
    artifacts = json.loads(manifest_file.read_text(encoding="utf-8")).get("artifacts", {})
    stacks = {
        name: artifact["properties"]
        for name, artifact in artifacts.items()
        if artifact.get("type") == "aws:cloudformation:stack"
    }
    if len(stacks) != 1:
        names = ", ".join(sorted(stacks)) or "none"
        raise AssemblyError(f"{directory} must hold one stack; it holds: {names}.")
    ((name, properties),) = stacks.items()
    template = json.loads((directory / properties["templateFile"]).read_text(encoding="utf-8"))
    manifests = [
        directory / artifact["properties"]["file"]
        for artifact in artifacts.values()
        if artifact.get("type") == "cdk:asset-manifest"
    ]
    return Assembly(
        stack_name=properties.get("stackName") or name,
        template=template,
        assets=tuple(asset for manifest in manifests for asset in _file_assets(manifest)),
    )


def _file_assets(manifest: Path) -> list[FileAsset]:
    files = json.loads(manifest.read_text(encoding="utf-8")).get("files", {})
    return [
        FileAsset(
            path=manifest.parent / entry["source"]["path"],
            zipped=entry["source"].get("packaging") == "zip",
            bucket=destination["bucketName"],
            key=destination["objectKey"],
        )
        for entry in files.values()
        for destination in entry["destinations"].values()
    ]
