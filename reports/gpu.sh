#!/bin/sh
# On a machine with a CUDA device, some five minutes: the tests marked gpu, the formulas of
# sections A to D judged at tier full, and how fast the device is. Writes reports/gpu/DEVICE.json.
# PYTHON is the interpreter; it has to have the extras torch and fast. Arguments go to gpu.py.
set -eu
cd "$(dirname "$0")/.."
exec "${PYTHON:-python3}" reports/gpu.py "$@"
