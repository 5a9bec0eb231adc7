import { expect, test } from "vitest";
import { keyOf } from "./lab.node.ts";

test("plans that differ anywhere have other names, however long they are", () => {
  const options = Object.fromEntries(Array.from({ length: 30 }, (_, i) => [`option${i}`, i]));
  const names = [
    keyOf({ data: "mesh", steps: 10 }),
    keyOf({ data: "moons", steps: 10, options }),
    keyOf({ data: "rings", steps: 10, options }),
    keyOf({ data: "rings", steps: 10, options: { ...options, option29: 0 } }),
    keyOf({ data: "rings", steps: 11, options }),
  ];
  expect(names[0]).toBe("mesh-steps10");
  expect(new Set(names).size).toBe(names.length);
  for (const name of names) expect(name).toMatch(/^[a-zA-Z0-9._-]{1,120}$/);
  expect(names[2]).toMatch(/^rings-steps10-/);
});
