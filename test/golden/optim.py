"""Trajectories of PyTorch's optimisers in float64: 20 steps on one small loss, for src/optim.

    python3 test/golden/optim.py

The loss of a [5] and B [2, 3] is the Rosenbrock function of a, plus a quadratic form of B, plus their product:
    sum 4(a[i+1] - a[i]^2)^2 + (1 - a[i])^2  +  1/2 sum s B^2 + sum sin B  +  1/10 mean(a) sum B,   s = 1 ... 6
"""

import json
from pathlib import Path

import torch

torch.set_default_dtype(torch.float64)
STEPS = 20
A0 = [0.3, -0.5, 0.8, 1.2, -0.1]
B0 = [[0.5, -1.0, 0.25], [1.5, 0.75, -0.4]]
S = torch.arange(1.0, 7.0).reshape(2, 3)


def loss_of(a, b):
    rosenbrock = (4 * (a[1:] - a[:-1] ** 2) ** 2 + (1 - a[:-1]) ** 2).sum()
    return rosenbrock + 0.5 * (S * b**2).sum() + b.sin().sum() + 0.1 * a.mean() * b.sum()


def nine(x):
    return [nine(v) for v in x] if isinstance(x, list) else float(f"{x:.9g}")


def run(make, schedule=None, clip=None):
    a = torch.tensor(A0, requires_grad=True)
    b = torch.tensor(B0, requires_grad=True)
    optimizer = make([a, b])
    scheduler = schedule and schedule(optimizer)
    steps = []
    for _ in range(STEPS):
        optimizer.zero_grad()
        loss = loss_of(a, b)
        loss.backward()
        if clip and "norm" in clip:
            torch.nn.utils.clip_grad_norm_([a, b], clip["norm"])
        if clip and "value" in clip:
            torch.nn.utils.clip_grad_value_([a, b], clip["value"])
        optimizer.step()
        if scheduler:
            scheduler.step()
        steps.append({"loss": nine(loss.item()), "a": nine(a.tolist()), "b": nine(b.flatten().tolist())})
    return steps


optim, lr = torch.optim, torch.optim.lr_scheduler
plain = lambda p: optim.SGD(p, lr=0.02)
CASES = {
    "sgd": dict(make=plain),
    "sgd momentum": dict(make=lambda p: optim.SGD(p, lr=0.01, momentum=0.9)),
    "sgd nesterov decay": dict(make=lambda p: optim.SGD(p, lr=0.01, momentum=0.8, nesterov=True, weight_decay=0.05)),
    "rmsprop": dict(make=lambda p: optim.RMSprop(p, lr=0.01)),
    "rmsprop centered momentum": dict(
        make=lambda p: optim.RMSprop(p, lr=0.002, alpha=0.9, eps=1e-5, momentum=0.7, centered=True, weight_decay=0.02)
    ),
    "adagrad": dict(make=lambda p: optim.Adagrad(p, lr=0.1)),
    "adagrad options": dict(
        make=lambda p: optim.Adagrad(p, lr=0.1, lr_decay=0.05, initial_accumulator_value=0.3, eps=1e-6, weight_decay=0.02)
    ),
    "adam": dict(make=lambda p: optim.Adam(p, lr=0.02)),
    "adam betas": dict(make=lambda p: optim.Adam(p, lr=0.02, betas=(0.5, 0.9), eps=1e-3, weight_decay=0.1)),
    "adam beta1 zero": dict(make=lambda p: optim.Adam(p, lr=0.02, betas=(0.0, 0.9))),
    "adam amsgrad": dict(make=lambda p: optim.Adam(p, lr=0.1, betas=(0.9, 0.8), amsgrad=True)),
    "adamw": dict(make=lambda p: optim.AdamW(p, lr=0.02)),
    "adamw decay": dict(make=lambda p: optim.AdamW(p, lr=0.05, betas=(0.8, 0.95), weight_decay=0.2)),
    "adamax": dict(make=lambda p: optim.Adamax(p, lr=0.02)),
    "adamax options": dict(make=lambda p: optim.Adamax(p, lr=0.02, betas=(0.7, 0.9), eps=1e-4, weight_decay=0.1)),
    "clip norm": dict(make=plain, clip={"norm": 1.5}),
    "clip value": dict(make=plain, clip={"value": 0.7}),
    "clip both": dict(make=plain, clip={"norm": 4.0, "value": 0.5}),
    "schedule cosine": dict(make=plain, schedule=lambda o: lr.CosineAnnealingLR(o, 30, eta_min=0.002)),
    "schedule exponential": dict(make=plain, schedule=lambda o: lr.ExponentialLR(o, 0.9)),
    "schedule step": dict(make=plain, schedule=lambda o: lr.StepLR(o, 6, 0.3)),
    "schedule multistep": dict(make=plain, schedule=lambda o: lr.MultiStepLR(o, [4, 9, 15], 0.5)),
    "schedule polynomial": dict(make=plain, schedule=lambda o: lr.PolynomialLR(o, 16, power=2.0)),
    "schedule linear": dict(make=plain, schedule=lambda o: lr.LinearLR(o, 1.0, 0.1, 12)),
    "schedule hold": dict(make=plain, schedule=lambda o: lr.LambdaLR(o, lambda t: 1 - min(max(t - 5, 0) / 10, 1))),
    "schedule warmup": dict(make=plain, schedule=lambda o: lr.LambdaLR(o, lambda t: min((t + 1) / 8, 1))),
    "adam schedule": dict(
        make=lambda p: optim.Adam(p, lr=0.05), schedule=lambda o: lr.CosineAnnealingLR(o, 20, eta_min=0.001)
    ),
}

cases = [{"name": name, "steps": run(**case)} for name, case in CASES.items()]
out = Path(__file__).parent / "data" / "optim.json"
out.write_text(json.dumps({"torch": torch.__version__, "a": A0, "b": sum(B0, []), "cases": cases}, separators=(",", ":")) + "\n")
print(f"{out.name}: {len(cases)} cases, {out.stat().st_size} bytes")
