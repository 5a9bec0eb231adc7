import { UserError } from "../tensor/index.ts";

const causes: { readonly [code: string]: string } = {
  ENOSPC: "the disk is full; free some space",
  EDQUOT: "the disk quota is used up; free some space",
  EFBIG: "the file would be larger than this system allows; raise the limit",
  EROFS: "the disk is read-only; choose another folder",
  EACCES: "there is no permission to write there; choose another folder",
  EPERM: "there is no permission to write there; choose another folder",
  ENOTDIR: "a part of the path is a file, not a folder; choose another folder",
  EEXIST: "a file is in the way of the folder; choose another folder",
  EISDIR: "a folder of that name is in the way; choose another name",
  ENOENT: "the folder does not exist and cannot be made; choose another folder",
  ENAMETOOLONG: "the name is too long; choose a shorter one",
  EMFILE: "too many files are open; close some programs",
  EIO: "the disk reports an error; choose another one",
};

/** The code of a file system error, such as ENOSPC. */
export function errorCode(error: unknown): string | undefined {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  return typeof code === "string" ? code : undefined;
}

/** What a person can mend about a file that cannot be written, as a UserError; any other error unchanged. */
export function writingProblem(error: unknown, path: string): unknown {
  const cause = causes[errorCode(error) ?? ""];
  return cause === undefined
    ? error
    : new UserError(`Cannot write ${path}: ${cause} and try again.`, { cause: error });
}

/** Whether the file system refused something, for a reason that is no mistake of ours. */
export function isFileError(error: unknown): boolean {
  const syscall = error instanceof Error && "syscall" in error ? error.syscall : undefined;
  return causes[errorCode(error) ?? ""] !== undefined && syscall !== "connect";
}
