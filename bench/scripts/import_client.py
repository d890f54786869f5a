"""What every program of this API imports, whoever runs it; prints the peak of its resident memory in kB."""

import re
from pathlib import Path

import pandas as pd  # noqa: F401
import pyarrow as pa  # noqa: F401
import pyspark.sql.connect.functions
import pyspark.sql.connect.session  # noqa: F401

print(re.findall(r"VmHWM:\s+(\d+)", Path("/proc/self/status").read_text())[0], flush=True)
