import { describe, expect, test } from "vitest";
import {
  add,
  assign,
  grad,
  inputTensor,
  mul,
  newTrace,
  read,
  sum,
  type Tensor,
  withTrace,
} from "../tensor/index.ts";
import { conv2d } from "./conv.ts";
import { dense } from "./dense.ts";
import { ones, zeros } from "./initializers.ts";
import { network } from "./network.ts";
import { layer, parameter, scope, state } from "./scope.ts";

const tracing = <T>(body: () => T): T => withTrace(newTrace("t", true), body);
const input = (...shape: number[]): Tensor => inputTensor("x", shape, "float32");
const names = (net: { variables(): { name: string }[] }): string[] => net.variables().map((v) => v.name);

describe("names and shapes", () => {
  test("come from the scopes and the order of calls", () => {
    const G = network("G", (z: Tensor) => {
      const x = dense(dense(z, 12), 12).reshape([-1, 3, 2, 2]);
      const y = scope("block1", () => conv2d(x, 4, { kernel: 3, padding: 1 }));
      return scope("block2", () => conv2d(conv2d(y, 4, { kernel: 1 }), 5, { kernel: 1, bias: false }));
    });
    expect(tracing(() => G(input(2, 7))).shape).toEqual([2, 5, 2, 2]);
    expect(G.variables().map((v) => [v.name, v.shape])).toEqual([
      ["G/dense_1/weight", [7, 12]],
      ["G/dense_1/bias", [12]],
      ["G/dense_2/weight", [12, 12]],
      ["G/dense_2/bias", [12]],
      ["G/block1/conv_1/weight", [4, 3, 3, 3]],
      ["G/block1/conv_1/bias", [4]],
      ["G/block2/conv_1/weight", [4, 4, 1, 1]],
      ["G/block2/conv_1/bias", [4]],
      ["G/block2/conv_2/weight", [5, 4, 1, 1]],
    ]);
    expect(G.name).toBe("G");
  });

  test("a network inside another keeps its own name and its own parameters", () => {
    const inner = network("encoder", (x: Tensor) => dense(x, 2));
    const outer = network("model", (x: Tensor) => dense(inner(dense(x, 3)), 1));
    tracing(() => outer(input(1, 4)));
    expect(names(inner)).toEqual(["encoder/dense_1/weight", "encoder/dense_1/bias"]);
    expect(names(outer)).toEqual([
      "model/dense_1/weight",
      "model/dense_1/bias",
      "model/dense_2/weight",
      "model/dense_2/bias",
    ]);
  });

  test("a layer of one's own makes parameters and states", () => {
    const film = (x: Tensor): Tensor =>
      layer("film", () => {
        const count = state("calls", [1], zeros);
        assign(count, add(read(count), 1));
        return mul(x, parameter("scale", [x.shape[1]!], ones));
      });
    const net = network("net", (x: Tensor) => film(film(x)));
    tracing(() => net(input(2, 3)));
    expect(names(net)).toEqual(["net/film_1/scale", "net/film_2/scale"]);
    expect(net.states().map((v) => v.name)).toEqual(["net/film_1/calls", "net/film_2/calls"]);
  });

  test("several arguments and a record as the result keep their types", () => {
    const net = network("net", (x: Tensor, { units }: { units: number }) => ({ y: dense(x, units) }));
    expect(tracing(() => net(input(2, 3), { units: 4 })).y.shape).toEqual([2, 4]);
  });
});

describe("sharing", () => {
  test("every call finds the same variables, in one trace and in another", () => {
    const net = network("net", (x: Tensor) => dense(x, 2));
    const before = tracing(() => {
      net(input(1, 3));
      net(input(5, 3));
      return net.variables();
    });
    tracing(() => net(input(9, 3)));
    expect(net.variables()).toEqual(before);
    net.variables().forEach((v, i) => void expect(v).toBe(before[i]));
  });

  test("parameters() are the leaves that the loss depends on", () => {
    const net = network("net", (x: Tensor) => dense(x, 2));
    tracing(() => {
      const gradients = grad(sum(net(input(4, 3))), net.parameters());
      expect(gradients.map((g) => g.shape)).toEqual([[3, 2], [2]]);
    });
  });

  test("after an assignment parameters() are the new values, and a later call uses them", () => {
    const net = network("net", (x: Tensor) => dense(x, 2, { bias: false }));
    tracing(() => {
      net(input(4, 3));
      const [old] = net.parameters();
      assign(net.variables()[0]!, mul(old!, 2));
      const [updated] = net.parameters();
      expect(updated).not.toBe(old);
      expect(grad(sum(net(input(4, 3))), [updated!])[0]!.shape).toEqual([3, 2]);
      expect(() => grad(sum(net(input(4, 3))), [old!])).toThrow(
        "does not depend on the parameter net/dense_1/weight",
      );
    });
  });
});

describe("errors", () => {
  test("a layer outside a network", () => {
    expect(() => tracing(() => dense(input(1, 2), 3))).toThrow(
      /dense: called outside a network.*network\("G"/,
    );
  });

  test("a network outside a traced function", () => {
    const net = network("net", (x: Tensor) => dense(x, 2));
    expect(() => net(input(1, 2))).toThrow("called outside a traced function");
  });

  test("parameters() before the first call", () => {
    const net = network("net", (x: Tensor) => dense(x, 2));
    expect(() => tracing(() => net.parameters())).toThrow(
      "network net: it has no parameters before its first call",
    );
  });

  test("another shape names both", () => {
    const net = network("net", (x: Tensor) => dense(x, 2));
    tracing(() => net(input(1, 3)));
    expect(() => tracing(() => net(input(1, 4)))).toThrow(
      /network net: the first call made net\/dense_1\/weight \[3, 2\], this call asks for \[4, 2\]/,
    );
  });

  test("another layer names both", () => {
    const net = network("net", (x: Tensor, kind: string) =>
      kind === "dense" ? dense(x, 2) : conv2d(x.reshape([1, 3, 1, 1]), 2, { kernel: 1 }),
    );
    tracing(() => net(input(1, 3), "dense"));
    expect(() => tracing(() => net(input(1, 3), "conv"))).toThrow(
      "network net: the first call had net/dense_1 here, this call asks for a conv",
    );
  });

  test("more, fewer, and other parameters of a layer", () => {
    const net = network("net", (x: Tensor, depth: number, bias: boolean) => {
      let y = x;
      for (let i = 0; i < depth; i++) y = dense(y, 3, { bias });
      return y;
    });
    tracing(() => net(input(1, 3), 2, true));
    expect(() => tracing(() => net(input(1, 3), 3, true))).toThrow(
      "ended with net/dense_2, this call asks for one more",
    );
    expect(() => tracing(() => net(input(1, 3), 1, true))).toThrow(
      "had net/dense_2, this call leaves it out",
    );
    expect(() => tracing(() => net(input(1, 3), 2, false))).toThrow(
      "had net/dense_1/bias, this call leaves it out",
    );
    expect(tracing(() => net(input(1, 3), 2, true)).shape).toEqual([1, 3]);
  });

  test("two networks of one name in one trace", () => {
    const [a, b] = [0, 1].map(() => network("net", (x: Tensor) => dense(x, 2)));
    expect(() => tracing(() => a!(input(1, 3)).add(b!(input(1, 3))))).toThrow(
      "two networks of this name are used together, and both have net/dense_1/weight",
    );
  });

  test("a scope or a parameter used twice, a network that calls itself, a name with a slash", () => {
    const twice = network("twice", (x: Tensor) =>
      scope("a", () =>
        dense(
          scope("a", () => dense(x, 2)),
          2,
        ),
      ),
    );
    expect(tracing(() => twice(input(1, 2))).shape).toEqual([1, 2]);
    const again = network("again", (x: Tensor) => {
      scope("a", () => dense(x, 2));
      return scope("a", () => dense(x, 2));
    });
    expect(() => tracing(() => again(input(1, 2)))).toThrow("the scope again/a is used twice in one call");
    const loop = network("loop", (x: Tensor): Tensor => loop(x));
    expect(() => tracing(() => loop(input(1, 2)))).toThrow("network loop: it calls itself");
    expect(() => network("a/b", (x: Tensor) => x)).toThrow('the name "a/b" is not usable');
  });
});

describe("a first call that fails", () => {
  test("leaves nothing behind", () => {
    const net = network("net", (x: Tensor) => {
      const y = dense(x, 2);
      return x.shape[0] === 1 ? dense(y, -1) : dense(dense(y, 3), 1);
    });
    const trace = newTrace("t", true);
    withTrace(trace, () => {
      expect(() => net(input(1, 4))).toThrow("positive whole number of units");
      expect(() => net.variables()).toThrow("no parameters before its first call");
      expect(trace.reads.size).toBe(0);
      net(input(2, 5));
    });
    expect(net.variables()[0]!.shape).toEqual([5, 2]);
    expect(net.variables().length).toBe(6);
  });
});

describe("a growing network", () => {
  const grow = (growing: boolean) =>
    network(
      "G",
      (x: Tensor, depth: number) => {
        let y = dense(x, 2);
        for (let i = 0; i < depth; i++) y = scope(`level${i}`, () => dense(y, 2));
        return y;
      },
      { growing },
    );

  test("takes new scopes and leaves old ones out", () => {
    const G = grow(true);
    tracing(() => G(input(1, 2), 1));
    tracing(() => G(input(1, 2), 2));
    tracing(() => G(input(1, 2), 0));
    expect(names(G).filter((name) => name.endsWith("weight"))).toEqual([
      "G/dense_1/weight",
      "G/level0/dense_1/weight",
      "G/level1/dense_1/weight",
    ]);
  });

  test("is an error without the option, naming the scope", () => {
    const G = grow(false);
    tracing(() => G(input(1, 2), 1));
    expect(() => tracing(() => G(input(1, 2), 2))).toThrow(
      "asks for the scope G/level1; pass { growing: true }",
    );
    expect(() => tracing(() => G(input(1, 2), 0))).toThrow("had G/level0, this call leaves it out");
    expect(names(G).length).toBe(4);
  });
});
