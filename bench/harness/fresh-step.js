// @ts-check
/** One case in a process of its own; prints a line after the first step and one at the end. */
import { allCases } from "../cases/index.js";
import { newRuntime, processMemory } from "./machine.js";

const { name, device, threads, rows } = JSON.parse(process.argv[2] ?? "{}");
const one = allCases().find((known) => known.name === name);
if (!one) throw new Error(`there is no case ${name}`);
const runtime = newRuntime({ device, threads });
await runtime.ready();
const before = processMemory();
const start = performance.now();
const prepared = await one.prepare(runtime);
const compile = performance.now() - start;
await prepared.run(1);
console.log(JSON.stringify({ compile }));
for (const count of rows) await prepared.run(count);
const { peak } = processMemory();
const known = peak !== undefined && before.now !== undefined;
console.log(JSON.stringify(known ? { bytes: peak - before.now } : {}));
await runtime.dispose();
