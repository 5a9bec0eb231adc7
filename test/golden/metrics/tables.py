"""Tables of features from a formula, the same in tables.ts: only their parameters are stored.

z is a sum of four uniform numbers less 2, drawn row after row by s <- 1664525 s + 1013904223 mod 2^32, and
x_j = z_j * scale * decay^j + carry * x_(j-1), then shift is added, and columns that `dead` divides become 0.
"""
import numpy as np


def table(seed, rows, columns, scale=1.0, decay=1.0, carry=0.0, shift=0.0, dead=0, distinct=0, single=False):
    distinct = distinct or rows
    s, z = seed, np.zeros(distinct * columns)
    for i in range(len(z)):
        total = 0.0
        for _ in range(4):
            s = (1664525 * s + 1013904223) % 2**32
            total += s / 2**32
        z[i] = total - 2
    z = z.reshape(distinct, columns)
    x, factor = np.zeros_like(z), scale
    for j in range(columns):
        x[:, j] = z[:, j] * factor + (carry * x[:, j - 1] if j > 0 else 0)
        factor *= decay
    x = x + shift
    if dead:
        x[:, ::dead] = 0
    x = x[np.arange(rows) % distinct]
    return x.astype(np.float32) if single else x
