"""
Log densities, entropies, divergences and losses with their gradients, in float64, for src/math.
Run `python3 test/golden/distributions.py`; it writes data/distributions.json. distributions.test.ts has the same cases.

Each case is inputs, outputs, and the gradients of sum_o sum_i o_i sin(i + 1) (i: position in the flattened output) in
every float input. PyTorch's own distributions and losses are used where it has them; the rest is written here from the
papers.
"""

import math

import torch
import torch.distributions as D
import torch.nn.functional as F
from golden import exact, listed, real, rng, tensor, whole, write

cases = []


def positive(shape, low=0.3, high=2.0):
    return real(shape, low, high)


def simplex(shape, axis=-1):
    x = torch.tensor(rng.uniform(0.2, 1, shape))
    return torch.tensor(exact((x / x.sum(axis, keepdim=True)).numpy()))


def case(name, inputs, fn):
    xs = {k: v.clone().requires_grad_() if v.dtype == torch.float64 else v for k, v in inputs.items()}
    outputs = fn(**xs)
    total = 0
    for o in outputs.values():
        flat = o.reshape(-1)
        total = total + (flat * torch.sin(torch.arange(1.0, len(flat) + 1))).sum()
    floats = {k: x for k, x in xs.items() if x.requires_grad}
    grads = torch.autograd.grad(total, list(floats.values()), allow_unused=True)
    cases.append(
        {
            "name": name,
            "inputs": {k: tensor(x) for k, x in xs.items()},
            "outputs": {k: tensor(o) for k, o in outputs.items()},
            "grads": {k: listed(g if g is not None else torch.zeros_like(floats[k])) for k, g in zip(floats, grads)},
        }
    )


# ---- distributions -------------------------------------------------------------------------------------------------
def described(p, x, *fields):
    out = {"logProb": p.log_prob(x), "entropy": p.entropy()}
    return out | {name: getattr(p, name) for name in fields}


case(
    "normal by std",
    {"mean": real((3, 4)), "std": positive((3, 4)), "x": real((3, 4))},
    lambda mean, std, x: described(D.Normal(mean, std), x, "mean", "variance"),
)
case(
    "normal by logVariance, broadcast",
    {"mean": real((3, 4)), "logVariance": real((4,)), "x": real((3, 4))},
    lambda mean, logVariance, x: described(D.Normal(mean, (logVariance / 2).exp()), x, "variance"),
)
case(
    "normal by logStd, scalar mean",
    {"logStd": real((5,)), "x": real((2, 5))},
    lambda logStd, x: described(D.Normal(0.5, logStd.exp()), x, "variance"),
)
case(
    "standard normal",
    {"x": real((3, 4))},
    lambda x: {"logProb": D.Normal(0.0, 1.0).log_prob(x)},
)
case(
    "bernoulli",
    {"logits": real((3, 4), -6, 6), "x": torch.tensor(exact(rng.integers(0, 2, (3, 4))))},
    lambda logits, x: described(D.Bernoulli(logits=logits, validate_args=False), x, "mean", "variance"),
)
case(
    "categorical",
    {"logits": real((3, 4, 5), -3, 3), "labels": whole((3, 4), 5)},
    lambda logits, labels: described(D.Categorical(logits=logits), labels),
)
case(
    "categorical, many draws",
    {"logits": real((3, 5), -3, 3), "labels": whole((6, 3), 5)},
    lambda logits, labels: {"logProb": D.Categorical(logits=logits).log_prob(labels)},
)
case(
    "uniform",
    {"low": real((3, 4), -2, -1), "high": real((3, 4), 1, 2), "x": real((3, 4), -0.9, 0.9)},
    lambda low, high, x: described(D.Uniform(low, high), x, "mean", "variance"),
)
case(
    "laplace",
    {"mean": real((3, 4), -0.4, 0.4), "scale": positive((3, 4)), "x": real((3, 4), 0.5, 3)},
    lambda mean, scale, x: described(D.Laplace(mean, scale), x, "variance"),
)


def logistic(mean, logScale, x):
    base = D.TransformedDistribution(
        D.Uniform(torch.zeros_like(mean), torch.ones_like(mean)),
        [D.SigmoidTransform().inv, D.AffineTransform(mean, logScale.exp())],
    )
    return {
        "logProb": base.log_prob(x),
        "cdf": base.cdf(x),
        "entropy": logScale + 2,
        "variance": (math.pi * logScale.exp()) ** 2 / 3,
    }


case("logistic", {"mean": real((3, 4)), "logScale": real((3, 4), -1, 1), "x": real((3, 4))}, logistic)


def mixture(logits, mean, std, x):
    p = D.MixtureSameFamily(D.Categorical(logits=logits), D.Independent(D.Normal(mean, std), 1))
    return {"logProb": p.log_prob(x), "mean": p.mean, "variance": p.variance}


case(
    "mixture of gaussians",
    {"logits": real((3, 5)), "mean": real((3, 5, 2)), "std": positive((3, 5, 2)), "x": real((3, 2))},
    mixture,
)
case(
    "mixture of gaussians, shared parameters",
    {"logits": real((5,)), "mean": real((5, 2)), "std": positive((5, 2)), "x": real((7, 2))},
    lambda logits, mean, std, x: {"logProb": mixture(logits, mean, std, x)["logProb"]},
)
case(
    "gumbel-softmax",
    {"logits": real((3, 4)), "x": simplex((3, 4)), "temperature": torch.tensor(0.75)},
    lambda logits, x, temperature: {
        "logProb": D.RelaxedOneHotCategorical(temperature, logits=logits, validate_args=False).log_prob(x)
    },
)


# ---- PixelCNN++ ----------------------------------------------------------------------------------------------------
def discretized(logits, means, logScales, x, coefficients=None, levels=256):
    """Salimans et al. 2017, eq. 2 and 3, as they stand: differences of two logistic distribution functions."""
    n, K, C = means.shape[:3]
    half = 1 / (levels - 1)
    scales = logScales.clamp(min=-7).exp()
    total = torch.log_softmax(logits, 1)
    pair = 0
    for c in range(C):
        mean = means[:, :, c]
        for b in range(c):
            if coefficients is not None:
                mean = mean + coefficients[:, :, pair] * x[:, None, b]
            pair += 1
        value = x[:, None, c]
        a = (value + half - mean) / scales[:, :, c]
        b = (value - half - mean) / scales[:, :, c]
        # sigma(a) - sigma(b) = sigma(-b) - sigma(-a): the side without 1 - tiny keeps the digits.
        right = value > mean
        inside = torch.sigmoid(torch.where(right, -b, a)) - torch.sigmoid(torch.where(right, -a, b))
        bins = torch.where(value > 1 - half, torch.sigmoid(-b), inside)
        bins = torch.where(value < half - 1, torch.sigmoid(a), bins)
        total = total + torch.log(bins)
    return {"logProb": torch.logsumexp(total, 1)}



def pixels(shape, levels=256):
    values = rng.integers(0, levels, shape)
    values[0, ..., 0], values[0, ..., 1] = 0, levels - 1  # both ends are there
    return torch.tensor((2 * values / (levels - 1) - 1).astype("float32").astype("float64"))


def logistic_case(name, n, K, C, size, coupled=False, levels=256, scales=(-3.0, 0.0)):
    inputs = {
        "logits": real((n, K, *size)),
        "means": real((n, K, C, *size), -1, 1),
        "logScales": real((n, K, C, *size), *scales),
        "x": pixels((n, C, *size), levels),
    }
    if coupled:
        inputs["coefficients"] = real((n, K, C * (C - 1) // 2, *size), -0.9, 0.9)
    case(name, inputs, lambda **k: discretized(levels=levels, **k))


logistic_case("discretized logistic mixture, grey", 2, 3, 1, (2, 3))
logistic_case("discretized logistic mixture, colour, coupled", 2, 4, 3, (2, 2), coupled=True)
logistic_case("discretized logistic mixture, 4 levels", 2, 2, 2, (3,), levels=4)
logistic_case("discretized logistic mixture, narrow", 2, 3, 1, (4,), scales=(-4.5, -3.5))
logistic_case("discretized logistic mixture, wide", 2, 3, 1, (4,), scales=(3.0, 5.0))


# ---- KL divergences ------------------------------------------------------------------------------------------------
def kl(p, q):
    return {"kl": D.kl_divergence(p, q)}


case(
    "kl normal normal",
    {"m": real((3, 4)), "s": positive((3, 4)), "mq": real((4,)), "sq": positive((3, 4))},
    lambda m, s, mq, sq: kl(D.Normal(m, s), D.Normal(mq, sq)),
)
case(
    "kl normal standard",
    {"m": real((3, 4)), "logVariance": real((3, 4))},
    lambda m, logVariance: kl(D.Normal(m, (logVariance / 2).exp()), D.Normal(torch.zeros(3, 4), torch.ones(3, 4))),
)
case(
    "kl bernoulli",
    {"p": real((3, 4), -4, 4), "q": real((3, 4), -4, 4)},
    lambda p, q: kl(D.Bernoulli(logits=p), D.Bernoulli(logits=q)),
)
case(
    "kl categorical",
    {"p": real((3, 4), -3, 3), "q": real((3, 4), -3, 3)},
    lambda p, q: kl(D.Categorical(logits=p), D.Categorical(logits=q)),
)
case(
    "kl uniform",
    {"a": real((3,), -1, -0.5), "b": real((3,), 0.5, 1), "c": real((3,), -2, -1.1), "d": real((3,), 1.1, 2)},
    lambda a, b, c, d: kl(D.Uniform(a, b), D.Uniform(c, d)),
)
case(
    "kl laplace",
    {"m": real((3, 4), 0.2, 1), "b": positive((3, 4)), "mq": real((3, 4), -1, 0), "bq": positive((3, 4))},
    lambda m, b, mq, bq: kl(D.Laplace(m, b), D.Laplace(mq, bq)),
)
case(
    "kl uniform normal",
    {"a": real((3,), -1, 0), "b": real((3,), 0.5, 1), "m": real((3,)), "s": positive((3,))},
    lambda a, b, m, s: kl(D.Uniform(a, b), D.Normal(m, s)),
)


# ---- losses --------------------------------------------------------------------------------------------------------
REDUCTIONS = ["mean", "sum", "none"]
bce = F.binary_cross_entropy_with_logits
case(
    "bce",
    {"x": real((3, 4), -8, 8), "t": real((3, 4), 0, 1)},
    lambda x, t: {r: bce(x, t, reduction=r) for r in REDUCTIONS} | {"batchMean": bce(x, t, reduction="sum") / 3},
)
case(
    "bce, constant labels",
    {"x": real((3, 4), -8, 8)},
    lambda x: {"one": bce(x, torch.ones(3, 4)), "zero": bce(x, torch.zeros(3, 4)), "soft": bce(x, torch.full((3, 4), 0.9))},
)
case(
    "cross entropy",
    {"x": real((3, 5), -4, 4), "labels": whole((3,), 5)},
    lambda x, labels: {r: F.cross_entropy(x, labels, reduction=r) for r in REDUCTIONS}
    | {"smoothed": F.cross_entropy(x, labels, label_smoothing=0.1)},
)
case(
    "cross entropy, pictures",
    {"x": real((2, 5, 3, 2), -4, 4), "labels": whole((2, 3, 2), 5)},
    lambda x, labels: {"none": F.cross_entropy(x, labels, reduction="none")},
)
case(
    "cross entropy, probabilities",
    {"x": real((3, 5), -4, 4), "t": simplex((3, 5))},
    lambda x, t: {"mean": F.cross_entropy(x, t), "smoothed": F.cross_entropy(x, t, label_smoothing=0.2)},
)
case(
    "regression",
    {"x": real((3, 4), 0.2, 3, avoid=[0.5, 1]), "t": torch.zeros(3, 4)},
    lambda x, t: {
        "mse": F.mse_loss(x, t),
        "l1": F.l1_loss(x, t),
        "huber": F.huber_loss(x, t, delta=0.5),
        "huber1": F.huber_loss(x, t),
        "smoothL1": F.smooth_l1_loss(x, t, beta=0.5),
        "hinge": torch.relu(1 - x).mean() + torch.relu(1 + x).mean(),
    },
)


def games(real_, fake):
    softplus = F.softplus
    logistic_d = softplus(-real_).mean() + softplus(fake).mean()
    return {
        "D non-saturating": logistic_d,
        "G non-saturating": softplus(-fake).mean(),
        "D minimax": -(torch.log(torch.sigmoid(real_)).mean() + torch.log(1 - torch.sigmoid(fake)).mean()),
        "G minimax": torch.log(1 - torch.sigmoid(fake)).mean(),
        "D hinge": torch.relu(1 - real_).mean() + torch.relu(1 + fake).mean(),
        "G hinge": -fake.mean(),
        "D least-squares": ((real_ - 1) ** 2).mean() / 2 + (fake**2).mean() / 2,
        "G least-squares": ((fake - 1) ** 2).mean() / 2,
        "D wasserstein": fake.mean() - real_.mean(),
        "G wasserstein": -fake.mean(),
    }


case("games", {"real": real((4, 1), avoid=[1]), "fake": real((4, 1), avoid=[-1])}, lambda real, fake: games(real, fake))


def critic(x, w, v):
    return torch.tanh(x @ w) @ v


def penalties(x, fake, w, v):
    def squares(y):
        (g,) = torch.autograd.grad(critic(y, w, v).sum(), y, create_graph=True)
        return (g**2).sum(1)

    # Where data and samples coincide the place between them does not depend on the random weight.
    norms = squares(x).sqrt()
    return {
        "gp": ((norms - 1) ** 2).mean(),
        "oneSided": (torch.relu(norms - 0.8) ** 2).mean(),
        "r1": squares(x).mean() / 2,
        "r2": squares(fake).mean() / 2,
    }


case(
    "gradient penalties",
    {"x": real((4, 3)), "fake": real((4, 3)), "w": real((3, 5)), "v": real((5, 1))},
    penalties,
)


# ---- divergences ---------------------------------------------------------------------------------------------------
def discrete(p, q):
    m = (p + q) / 2
    kl_ = lambda a, b: (a * (a / b).log()).sum(-1)
    return {
        "kl": kl_(p, q),
        "reverseKl": kl_(q, p),
        "jensenShannon": kl_(p, m) / 2 + kl_(q, m) / 2,
        "jeffreys": kl_(p, q) + kl_(q, p),
        "pearson": ((p - q) ** 2 / q).sum(-1),
        "neyman": ((p - q) ** 2 / p).sum(-1),
        "totalVariation": (p - q).abs().sum(-1) / 2,
        "squaredHellinger": ((p.sqrt() - q.sqrt()) ** 2).sum(-1),
        "renyi": (p**0.7 * q**0.3).sum(-1).log() / (0.7 - 1),
    }


case("discrete divergences", {"p": simplex((3, 4)), "q": simplex((3, 4))}, discrete)


def kernels(x, y):
    d2 = lambda a, b: ((a[:, None] - b[None]) ** 2).sum(-1)
    gauss = lambda a, b: sum(torch.exp(-d2(a, b) / (2 * s * s)) for s in (0.5, 2.0))
    quadratic = lambda a, b: sum((1 + d2(a, b) / (2 * s)) ** -s for s in (0.2, 1.0))
    polynomial = lambda a, b: (a @ b.T / a.shape[1] + 1) ** 3

    def unbiased(k):
        off = lambda a: (k(a, a).sum() - k(a, a).diagonal().sum()) / (len(a) * (len(a) - 1))
        return off(x) + off(y) - 2 * k(x, y).mean()

    biased = gauss(x, x).mean() + gauss(y, y).mean() - 2 * gauss(x, y).mean()
    return {
        "gaussian": unbiased(gauss),
        "biased": biased,
        "rationalQuadratic": unbiased(quadratic),
        "polynomial": unbiased(polynomial),
        "laplacian": torch.exp(-d2(x, y).sqrt() / 1.5).mean(),
    }


case("mmd", {"x": real((5, 3)), "y": real((4, 3))}, kernels)
lower = torch.tensor(rng.uniform(0.5, 2, (2, 3, 3)))
case(
    "log determinant",
    {"a": torch.tril(torch.tensor(exact(lower.numpy())))},
    lambda a: {"logDet": torch.linalg.slogdet(a.tril()).logabsdet},
)

print("distributions.json:", len(cases), "cases,", write("distributions.json", {"cases": cases}), "characters")
