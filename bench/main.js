// @ts-check
/** `npm run bench`: Imago and PyTorch taking turns on one machine. See README.md. */

import { allCases, select } from "./cases/index.js";
import { bench } from "./commands/cases.js";
import { check } from "./commands/check.js";
import { compileTimes } from "./commands/compile.js";
import { scaling } from "./commands/scaling.js";
import { readOptions, usage } from "./options.js";

const { options, cases } = understand();
const commands = {
  help: () => console.log(usage),
  list: () => console.log(cases.map((c) => `${c.group}: ${c.name}`).join("\n")),
  cases: () => bench(cases, options),
  check: () => check(cases, options),
  scaling: () => scaling(options),
  compile: () => compileTimes(options),
};
await commands[options.mode]();

/** The options and the cases they select; what cannot be understood is answered in a sentence. */
function understand() {
  try {
    const options = readOptions(process.argv.slice(2));
    const elsewhere = options.mode === "compile" || options.mode === "scaling"; // their own names
    return { options, cases: elsewhere ? [] : select(allCases(), options.only) };
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exit(2);
  }
}
