"""Checks ONNX files with ONNX's own checker, shape inference included: python3 check_onnx.py FILE... (pip install onnx)."""

import sys

import onnx

for path in sys.argv[1:]:
    onnx.checker.check_model(path, full_check=True)
    print(f"ok {path}")
