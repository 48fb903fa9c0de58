"""`python -m tests.simulation`: what `make certainty` runs."""

import gc
import sys

import local  # noqa: F401 - it says so in the environment, which the functions read when they are imported
from tests.simulation.simulator.certainty import main

if __name__ == "__main__":
    gc.freeze()
    sys.exit(main())
