import { atomicWrite } from "./atomic-write.node.ts";
import { reportFile } from "./run-folder.node.ts";
export async function writeReport(folder: string): Promise<string> {
  const file = reportFile(folder);
  await atomicWrite(file, "");
  return file;
}
