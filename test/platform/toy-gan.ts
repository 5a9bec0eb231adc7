import {
  adam,
  add,
  compile,
  dense,
  mean,
  minimize,
  mul,
  network,
  normal,
  type Runtime,
  softplus,
  stopGradient,
  type Tensor,
  tanh,
  type Value,
} from "../../src/index.ts";

const batch = 150;

/** One training step, both players, of a GAN 2-16-16-2 against points of a normal distribution. */
export function toyGan(runtime: Runtime): () => Promise<{ lossD: Value; lossG: Value }> {
  const hidden = (x: Tensor) => tanh(dense(tanh(dense(x, 16)), 16));
  const G = network("G", (z: Tensor) => dense(hidden(z), 2));
  const D = network("D", (x: Tensor) => dense(hidden(x), 1));
  const optimizer = adam({ lr: 1e-3, beta1: 0.5 });
  return compile(
    () => {
      const fake = G(normal([batch, 2]));
      const real = add(mul(normal([batch, 2]), 0.3), 1);
      const lossD = mean(add(softplus(mul(D(real), -1)), softplus(D(stopGradient(fake)))));
      minimize(lossD, D, optimizer);
      const lossG = mean(softplus(mul(D(fake), -1)));
      minimize(lossG, G, optimizer);
      return { lossD, lossG };
    },
    { runtime, name: "toy", training: true },
  );
}
