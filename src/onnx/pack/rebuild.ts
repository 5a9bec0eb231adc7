/** The tensors of a graph once more, with bundles computed as vectors and packed variables read from their packs. */
import { reshape, sizeOf, Tensor } from "../../tensor/index.ts";
import { cut, join } from "../pieces.ts";
import { withInputs } from "../rewrite.ts";
import type { Bundle, Bundles } from "./bundles.ts";

type Node = Tensor | Bundle;
const isBundle = (node: Node): node is Bundle => "members" in node;

/**
 * What takes the place of each root and of everything it is computed from. `leaves` are replaced as they are. Undefined where
 * bundles depend on one another in a circle.
 */
export function rebuild(
  roots: readonly Tensor[],
  leaves: ReadonlyMap<Tensor, Tensor>,
  bundles: Bundles,
): Map<Tensor, Tensor> | undefined {
  const below = (node: Node): readonly Node[] => {
    if (isBundle(node)) return node.operands ?? node.members;
    const part = bundles.partOf(node);
    return part ? [part.bundle] : node.inputs;
  };
  const order = inOrder(roots, below);
  if (!order) return undefined;
  const made = new Map<Node, Tensor>();
  const cuts = new Map<Bundle, Tensor[]>();
  const value = (node: Node): Tensor => made.get(node)!;
  const piecesOf = (bundle: Bundle): Tensor[] => {
    const sizes = bundle.members.map(({ shape }) => sizeOf(shape));
    const pieces = cuts.get(bundle) ?? cut(value(bundle), sizes);
    cuts.set(bundle, pieces);
    return pieces;
  };
  const remade = (t: Tensor): Tensor => {
    const part = bundles.partOf(t);
    if (part) return reshape(piecesOf(part.bundle)[part.index]!, t.shape);
    return leaves.get(t) ?? withInputs(t, t.inputs.map(value));
  };
  const computed = ({ members, operands }: Bundle): Tensor => {
    if (!operands) return join(members.map(value));
    const { op, attrs, dtype, scope } = members[0]!;
    const size = members.reduce((sum, member) => sum + member.size, 0);
    const inputs = operands.map((x) => (isBundle(x) || x.rank < 2 ? value(x) : reshape(value(x), [])));
    return new Tensor(op, inputs, attrs, { shape: [size], dtype }, scope);
  };
  for (const node of order) made.set(node, isBundle(node) ? computed(node) : remade(node));
  return new Map([...made].flatMap(([node, t]) => (isBundle(node) ? [] : [[node, t] as const])));
}

/** All nodes, each after those below it; undefined where there is a circle. */
function inOrder(roots: readonly Node[], below: (node: Node) => readonly Node[]): Node[] | undefined {
  const order: Node[] = [];
  const done = new Map<Node, boolean>();
  for (const root of roots) {
    const stack = done.has(root) ? [] : [{ node: root, under: below(root), next: 0 }];
    if (stack.length > 0) done.set(root, false);
    while (stack.length > 0) {
      const top = stack.at(-1)!;
      const node = top.under[top.next++];
      if (node === undefined) {
        done.set(top.node, true);
        order.push(top.node);
        stack.pop();
      } else if (!done.has(node)) {
        done.set(node, false);
        stack.push({ node, under: below(node), next: 0 });
      } else if (!done.get(node)) return undefined;
    }
  }
  return order;
}
