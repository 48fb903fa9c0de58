"""What a person does after a first deployment, and after the stack was removed."""

from collections.abc import Mapping

from infra.context import DeploymentContext

_KEEPS = {
    "AWS::DynamoDB::Table": "the ledger: what was done for which contact",
    "AWS::DynamoDB::GlobalTable": "the ledger: what was done for which contact",
    "AWS::KMS::Key": "a key that encrypts what stays",
    "AWS::Kinesis::Stream": "the record stream, with the last seven days of contact records",
    "AWS::SecretsManager::Secret": "a secret: the OAuth client, or keys of webhooks and agent app",
    "AWS::SQS::Queue": "a queue with what waits in it",
    "AWS::AppConfig::Application": "the app settings",
    "AWS::AppConfig::Environment": "the app settings",
    "AWS::AppConfig::ConfigurationProfile": "the app settings",
    "AWS::AppConfig::DeploymentStrategy": "the app settings",
}


def next_steps(outputs: Mapping[str, str], region: str, context: DeploymentContext) -> str:
    """Return what is left to do after a first deployment, numbered."""
    instance = context.connect_instance_arn.rpartition("/")[2] or "<your instance's id>"
    steps = [
        "Put the Zendesk OAuth client into its secret. In Zendesk's Admin Center (Apps and integrations >"
        " APIs > OAuth clients), as the administrator made for this integration, make a confidential client,"
        ' write {"client_id": "...", "client_secret": "..."} to zendesk-client.json, then run:\n'
        f"     aws secretsmanager put-secret-value --region {region} \\\n"
        f"       --secret-id {outputs['ZendeskSecretArn']} \\\n"
        "       --secret-string file://zendesk-client.json\n"
        "   and delete the file."
    ]
    if not (context.record_stream_arn or context.associate_record_stream):
        steps.append(
            "Connect the contact records of your Amazon Connect instance to the stream: in the console under"
            " Data streaming, or with:\n"
            f"     aws connect associate-instance-storage-config --region {region} \\\n"
            f"       --instance-id {instance} --resource-type CONTACT_TRACE_RECORDS \\\n"
            "       --storage-config StorageType=KINESIS_STREAM,"
            f"KinesisStreamConfig={{StreamArn={outputs['RecordStreamArn']}}}\n"
            "   An instance has one such connection. If there is one, `make configure` finds its stream."
        )
    steps.append(
        "Set up Zendesk: webhook, user fields, macros"
        + (", the agent app" if context.agent_app else "")
        + '.\n     make zendesk ARGS="apply"'
    )
    if context.contact_buckets:
        steps.append(
            "Have the buckets report new transcripts, beside their other notifications.\n"
            '     make bucket-notifications ARGS="on"'
        )
    steps.append(
        "Look at the app settings of day one: default_country, time_zone (docs/install.md).\n"
        '     make settings ARGS="show" > my.toml'
    )
    steps.append("Make a test call, and see that it works: docs/install.md, The first call.")
    numbered = "\n\n".join(f"{number}. {step}" for number, step in enumerate(steps, 1))
    return f"\nDeployed: release {outputs['Version']}. What is left to do, once:\n\n{numbered}\n"


def staying(physical: Mapping[str, str]) -> str:
    """Return what removal leaves in the AWS account; `physical`: type by physical id."""
    lines = [f"  {id_}\n    {_KEEPS.get(kind, kind)}" for id_, kind in physical.items()]
    return (
        "These stay in the account, so that no contact is settled twice and nothing is lost, until you delete"
        " them:\n\n" + "\n".join(lines) + "\n\nIn Zendesk, tickets and users stay; `make zendesk"
        ' ARGS="remove"`, run before, takes away webhook, macros, user fields and the agent app. What'
        " others set"
        " up (streams, buckets and their notifications, approved origins) was never the stack's, and stays."
    )
