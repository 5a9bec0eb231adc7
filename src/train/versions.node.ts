import { createRequire } from "node:module";

const require = createRequire(import.meta.url);
const versionOf = (file: string): string => (require(file) as { version: string }).version;

/** The version of Imago. */
export const imagoVersion = (): string => versionOf("../../package.json");

/** What else a run depends on. */
export function versions(): { [name: string]: string } {
  return {
    node: process.versions.node,
    onnxruntime: versionOf("onnxruntime-node/package.json"),
    platform: `${process.platform}-${process.arch}`,
  };
}
