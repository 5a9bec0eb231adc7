"""The PyTorch side of the benchmark: one process that does what it is told, one JSON object per line.

  {"do": "prepare", "case": {...}, "threads": 2, "compile": false} -> {"ok": true}
  {"do": "run", "steps": 10}                                       -> {"ok": true, "ms": [...], "result": [...]}
  {"do": "release"}                                                -> {"ok": true}
"""

import gc
import json
import sys
import time

import torch

import operations
import steps

MAKERS = {**operations.MAKERS, **steps.MAKERS}


def prepare(request):
    torch.set_num_threads(request["threads"])
    torch.manual_seed(0)
    case = request["case"]
    step = MAKERS[case["kind"]](**case.get("options", {}))
    return torch.compile(step) if request.get("compile") else step


def run(step, count):
    milliseconds = []
    result = None
    for _ in range(count):
        start = time.perf_counter()
        result = step()
        milliseconds.append((time.perf_counter() - start) * 1000)
    numbers = [float(x) for x in result] if isinstance(result, tuple) else []
    return {"ms": milliseconds, "result": numbers}


def answer(request, state):
    if request["do"] == "prepare":
        state["step"] = prepare(request)
        return {}
    if request["do"] == "run":
        return run(state["step"], request["steps"])
    if request["do"] == "release":
        state.clear()
        gc.collect()
        return {}
    raise ValueError(f"unknown request {request['do']}")


def main():
    # Whatever PyTorch prints must not get between the answers.
    answers = sys.stdout
    sys.stdout = sys.stderr
    state = {}

    def tell(reply):
        answers.write(json.dumps(reply) + "\n")
        answers.flush()

    tell({"ok": True, "version": torch.__version__})
    for line in sys.stdin:
        try:
            tell({"ok": True, **answer(json.loads(line), state)})
        except Exception as error:  # told to the other side, which decides
            tell({"ok": False, "error": f"{type(error).__name__}: {error}"})


main()
