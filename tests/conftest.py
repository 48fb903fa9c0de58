"""Before anything else is imported: in tests, as on the laptop, the functions' logs and metrics are quiet."""

import local  # noqa: F401 - it says so in the environment, which the functions read when they are imported
