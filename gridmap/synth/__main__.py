"""``python -m gridmap.synth [FOLDER]``: builds the sample data anew."""

import sys
from pathlib import Path

from gridmap.synth.sample import build_sample

if __name__ == "__main__":
    build_sample(Path(sys.argv[1] if len(sys.argv) > 1 else "sample_data"))
