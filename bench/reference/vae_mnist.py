"""PyTorch's VAE example (pytorch/examples, vae/main.py): 784-400-20, Bernoulli pixels, Adam 1e-3, batches of 128.

One process that trains an epoch when it is told to, one JSON object per line:
  {"do": "epoch"} -> {"seconds": 2.3, "loss": 121.4}      nats per example, averaged over the epoch
  {"do": "test"}  -> {"bound": -105.5}                    one draw of z for each test picture, as in the example
Differences from the example, all in PyTorch's favour: the pictures lie in one tensor instead of a DataLoader, and the loss
is computed from logits.
"""

import argparse
import gzip
import json
import pathlib
import sys
import time

import torch
import torch.nn.functional as F
from torch import nn


def pictures(path):
    """An IDX file of 28×28 pictures as grey values in [0, 1], one row each."""
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rb") as file:
        file.read(16)
        return torch.frombuffer(bytearray(file.read()), dtype=torch.uint8).view(-1, 784).float() / 255


class Vae(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc1 = nn.Linear(784, 400)
        self.fc21 = nn.Linear(400, 20)
        self.fc22 = nn.Linear(400, 20)
        self.fc3 = nn.Linear(20, 400)
        self.fc4 = nn.Linear(400, 784)

    def forward(self, x):
        h = F.relu(self.fc1(x))
        mu, logvar = self.fc21(h), self.fc22(h)
        z = mu + torch.exp(0.5 * logvar) * torch.randn_like(mu)
        return self.fc4(F.relu(self.fc3(z))), mu, logvar


def loss_of(model, x):
    """The negative ELBO, summed over the batch."""
    logits, mu, logvar = model(x)
    reconstruction = F.binary_cross_entropy_with_logits(logits, x, reduction="sum")
    kl = -0.5 * torch.sum(1 + logvar - mu.pow(2) - logvar.exp())
    return reconstruction + kl


def train(model, optimizer, data, batch):
    start, total = time.perf_counter(), 0.0
    for rows in torch.randperm(len(data)).split(batch):
        loss = loss_of(model, data[rows])
        optimizer.zero_grad()
        (loss / len(rows)).backward()
        optimizer.step()
        total += loss.item()
    return {"seconds": time.perf_counter() - start, "loss": total / len(data)}


def test(model, data, batch):
    with torch.no_grad():
        return {"bound": -sum(loss_of(model, x).item() for x in data.split(batch)) / len(data)}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("train", type=pathlib.Path)
    parser.add_argument("test", type=pathlib.Path)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--batch", type=int, default=128)
    given = parser.parse_args()
    torch.set_num_threads(given.threads)
    torch.manual_seed(given.seed)
    data, held_out = pictures(given.train), pictures(given.test)
    model = Vae()
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
    print(json.dumps({"version": torch.__version__}), flush=True)
    for line in sys.stdin:
        epoch = json.loads(line)["do"] == "epoch"
        reply = train(model, optimizer, data, given.batch) if epoch else test(model, held_out, given.batch)
        print(json.dumps(reply), flush=True)


main()
