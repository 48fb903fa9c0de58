"""`make configure`: looks at what an AWS account has, offers it, and writes the deployment's file."""
