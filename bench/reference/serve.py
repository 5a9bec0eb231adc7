"""The PyTorch side of the benchmark: one process that does what it is told, one JSON object per line.

  {"do": "prepare", "name": "torch", "case": {...}, "data": {...}, "threads": 2, "compile": false} -> {"shapes": [...]}
  {"do": "load", "name": "torch", "values": [...]}    -> {}
  {"do": "run", "name": "torch", "steps": 10}         -> {"ms": [...], "results": [...]}
  {"do": "memory"}                                    -> {"now": bytes, "peak": bytes}
  {"do": "release"}                                   -> {}
"""

import gc
import json
import math
import sys
import time

import torch

import autoencoding
import autoregressive
import flows
import gans
import glow
import operations
import others
import pixelcnns
import twin

FAMILIES = [operations, gans, autoencoding, autoregressive, pixelcnns, flows, glow, others]
MAKERS = {kind: maker for family in FAMILIES for kind, maker in family.MAKERS.items()}


def tensor_of(value):
    dtype = {"float32": torch.float32, "int32": torch.int32}[value["type"]]
    flat = torch.from_file(value["file"], size=math.prod(value["shape"]), dtype=dtype)
    return flat.reshape(value["shape"]).clone()


def prepare(request):
    torch.set_num_threads(request["threads"])
    torch.manual_seed(0)
    twin.compiling = request["compile"]
    case = request["case"]
    data = {name: tensor_of(value) for name, value in request["data"].items()}
    return MAKERS[case["kind"]](**data, **case["options"])


def run(step, count):
    milliseconds, results = [], []
    for _ in range(count):
        start = time.perf_counter()
        result = step()
        milliseconds.append((time.perf_counter() - start) * 1000)
        results.append([float(x) for x in result] if isinstance(result, tuple) else [])
    return {"ms": milliseconds, "results": results}


def memory():
    """Resident size now and at its largest, in bytes, where the system tells it."""
    try:
        with open("/proc/self/status") as status:
            lines = dict(line.split(":", 1) for line in status)
    except OSError:
        return {}
    return {name: 1024 * int(lines[key].split()[0]) for name, key in [("now", "VmRSS"), ("peak", "VmHWM")]}


def answer(request, made):
    what = request["do"]
    if what == "prepare":
        made[request["name"]] = prepare(request)
        return {"shapes": made[request["name"]].shapes()}
    if what == "load":
        made[request["name"]].load([tensor_of(value) for value in request["values"]])
        return {}
    if what == "run":
        return run(made[request["name"]].step, request["steps"])
    if what == "memory":
        return memory()
    if what == "release":
        made.clear()
        gc.collect()
        return {}
    raise ValueError(f"unknown request {what}")


def main():
    # Whatever PyTorch prints must not get between the answers.
    answers = sys.stdout
    sys.stdout = sys.stderr
    made = {}

    def tell(reply):
        answers.write(json.dumps(reply) + "\n")
        answers.flush()

    tell({"ok": True, "version": torch.__version__})
    for line in sys.stdin:
        try:
            tell({"ok": True, **answer(json.loads(line), made)})
        except Exception as error:  # told to the other side, which decides
            tell({"ok": False, "error": f"{type(error).__name__}: {error}"})


main()
