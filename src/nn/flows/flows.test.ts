import { describe, expect, test } from "vitest";
import { compile, createRuntime, createStream, type Tensor, type Value } from "../../index.ts";
import { deriveKey } from "../../tensor/random/index.ts";
import { actnorm } from "./actnorm.ts";
import { type Bijection, chain, flow } from "./bijection.ts";
import { additiveCoupling, affineCoupling } from "./coupling.ts";
import { convCoupling, mlpCoupling } from "./coupling-networks.ts";
import { invertible1x1 } from "./invertible-1x1.ts";
import { logitTransform } from "./logit-transform.ts";
import { luFactors, randomOrthogonal } from "./lu.ts";
import { inverseAutoregressive, maskedAutoregressive } from "./masked-autoregressive.ts";
import { multiScale } from "./multi-scale.ts";
import { checkerboard, halves } from "./partition.ts";
import { evenFirst, flattening, reversal, shuffle } from "./reorder.ts";
import { diagonalScaling } from "./scaling.ts";
import { squeeze2d } from "./squeeze2d.ts";

function normals(shape: readonly number[]): Value & { data: Float32Array } {
  const size = shape.reduce((a, b) => a * b, 1);
  return { data: createStream(deriveKey("flows.test")).normal(new Float32Array(size)), shape };
}

/** z, log|det| and x again, after initialisation from x and a random push of every parameter. */
async function bothWays(bijection: Bijection, x: Value & { data: Float32Array }) {
  const runtime = createRuntime({ device: "cpu", threads: 1, seed: 2 });
  try {
    const f = flow("f", bijection);
    await compile((v: Tensor) => f.forward(v), { runtime, training: false })(x);
    const random = createStream(deriveKey("push"));
    for (const name of runtime.names()) {
      const { data, shape } = await runtime.get(name);
      const noise = random.normal(new Float32Array(data.length));
      await runtime.set(name, { data: (data as Float32Array).map((v, i) => v + 0.2 * noise[i]!), shape });
    }
    const run = compile(
      (v: Tensor) => {
        const { z, logDet } = f.forward(v);
        return { z, logDet, x: f.inverse(z) };
      },
      { runtime, training: false },
    );
    return await run(x);
  } finally {
    await runtime.dispose();
  }
}

const vectors: { readonly [name: string]: Bijection } = {
  "additive coupling": additiveCoupling(halves("second"), mlpCoupling([8])),
  "affine coupling": affineCoupling(halves("first"), mlpCoupling([8])),
  "affine coupling by a sigmoid": affineCoupling(halves("first"), mlpCoupling([8]), { scale: "sigmoid" }),
  actnorm: actnorm(),
  "diagonal scaling": diagonalScaling(),
  "invertible matrix": invertible1x1(),
  reversal: reversal(),
  shuffle: shuffle(),
  "even first": evenFirst(),
  "masked autoregressive": maskedAutoregressive({ hidden: [8] }),
  "masked autoregressive, reversed": maskedAutoregressive({
    hidden: [8],
    reversed: true,
    activation: "relu",
  }),
  "inverse autoregressive": inverseAutoregressive({ hidden: [8] }),
};
const pictures: { readonly [name: string]: Bijection } = {
  "checkerboard coupling": affineCoupling(checkerboard(0), convCoupling(4)),
  "the other checkerboard": additiveCoupling(checkerboard(1), convCoupling(4)),
  squeeze: squeeze2d(),
  flattening: flattening([2, 4, 4]),
  "1×1 convolution": chain([squeeze2d(), invertible1x1()]),
  "two levels": multiScale(
    [chain([squeeze2d(), actnorm()]), chain([squeeze2d(), invertible1x1()])],
    [2, 4, 4],
  ),
};

describe("a bijection", () => {
  test.each(Object.entries(vectors))("%s comes back from z: vectors", async (_, bijection) => {
    const x = normals([5, 5]);
    const { x: again } = await bothWays(bijection, x);
    again.data.forEach((v, i) => void expect(Number(v)).toBeCloseTo(x.data[i]!, 5));
  });

  test.each(Object.entries(pictures))("%s comes back from z: pictures", async (_, bijection) => {
    const x = normals([3, 2, 4, 4]);
    const { x: again, z } = await bothWays(bijection, x);
    again.data.forEach((v, i) => void expect(Number(v)).toBeCloseTo(x.data[i]!, 4));
    const shape = bijection.outputShape?.([2, 4, 4]) ?? [2, 4, 4];
    expect(z.shape).toEqual([3, ...shape]);
  });

  test("of unit determinant says so", async () => {
    for (const name of ["additive coupling", "reversal", "shuffle", "even first"]) {
      const { logDet } = await bothWays(vectors[name]!, normals([5, 5]));
      expect([...logDet.data]).toEqual([0]);
    }
  });
});

test("a coupling leaves its first part as it is, and a checkerboard half of the pixels", async () => {
  const x = normals([4, 6]);
  const { z } = await bothWays(affineCoupling(halves("second"), mlpCoupling([8])), x);
  for (let i = 0; i < 24; i++) expect(z.data[i] === x.data[i]).toBe(i % 6 < 3);
  const picture = normals([1, 1, 4, 4]);
  const board = await bothWays(affineCoupling(checkerboard(0), convCoupling(4)), picture);
  for (let i = 0; i < 16; i++)
    expect(board.z.data[i] === picture.data[i]).toBe((Math.floor(i / 4) + (i % 4)) % 2 === 1);
});

test("actnorm gives the first minibatch mean 0 and variance 1 in every channel, at any depth", async () => {
  const runtime = createRuntime({ device: "cpu", threads: 1, seed: 2 });
  const { data } = normals([16, 3, 4, 4]);
  const x = { data: data.map((v, i) => v * (1 + (i % 7)) + (Math.floor(i / 16) % 3)), shape: [16, 3, 4, 4] };
  const f = flow("f", chain([actnorm(), invertible1x1(), diagonalScaling(), actnorm()]));
  const initialize = (v: Tensor): readonly Tensor[] => {
    f.forward(v, { initialize: true });
    return [];
  };
  await compile(initialize, { runtime, training: true })(x);
  const z = await compile((v: Tensor) => f.forward(v).z, { runtime, training: false })(x);
  for (let c = 0; c < 3; c++) {
    const values = [...z.data].map(Number).filter((_, i) => Math.floor(i / 16) % 3 === c);
    const mean = values.reduce((a, b) => a + b, 0) / values.length;
    expect(mean).toBeCloseTo(0, 5);
    expect(values.reduce((a, b) => a + (b - mean) ** 2, 0) / values.length).toBeCloseTo(1, 4);
  }
  await runtime.dispose();
});

test("the logit transform takes the darkest and the lightest half level to −α and α of the logit", async () => {
  const alpha = 0.05;
  const edge = 1 + 1 / 255;
  const { z, x } = await bothWays(logitTransform({ alpha }), {
    data: Float32Array.of(-edge, 0, edge, 1),
    shape: [1, 4],
  });
  const logit = Math.log(alpha / (1 - alpha));
  [logit, 0, -logit].forEach((v, i) => void expect(Number(z.data[i])).toBeCloseTo(v, 4));
  expect([...x.data].map((v) => Math.round(1e5 * Number(v)) / 1e5)).toEqual([-1, 0, 1, 1]);
});

test.each([2, 5, 12])("LU factors of a rotation of %i dimensions are it, and it is one", (n) => {
  const w = randomOrthogonal(n, createStream(deriveKey("rotation", n)));
  const { permutation, lower, upper, sign, logScale } = luFactors(w, n);
  expect(logScale.reduce((a, b) => a + b, 0)).toBeCloseTo(0, 10);
  for (let i = 0; i < n; i++)
    for (let j = 0; j < n; j++) {
      let [entry, product] = [0, 0];
      for (let k = 0; k < n; k++) {
        const u = k === j ? sign[k]! * Math.exp(logScale[k]!) : upper[k * n + j]!;
        entry += lower[permutation[i]! * n + k]! * u;
        product += w[i * n + k]! * w[j * n + k]!;
      }
      expect(entry).toBeCloseTo(w[i * n + j]!, 10);
      expect(product).toBeCloseTo(i === j ? 1 : 0, 10);
    }
});
