import { basename, dirname } from "node:path";
import { UserError } from "../tensor/index.ts";

const fileErrors: { readonly [code: string]: string } = {
  ENOSPC: "the disk is full",
  EROFS: "the disk is read-only",
  EACCES: "permission is denied",
  EPERM: "permission is denied",
  EDQUOT: "the disk quota is used up",
  ENOTDIR: "part of its path is a file",
};

/** Whether the file system refused something, for a reason that is no mistake of ours. */
export function isFileError(error: unknown): error is NodeJS.ErrnoException {
  const { code = "", syscall } = error as NodeJS.ErrnoException;
  return Object.hasOwn(fileErrors, code) && syscall !== "connect";
}

/** The same error, as a sentence for the user where the file system refused to write `target`. */
export function explained(error: unknown, target: string): unknown {
  if (!isFileError(error)) return error;
  return new UserError(
    `${basename(target)} cannot be written in ${dirname(target)}: ${fileErrors[error.code!]}.`,
    {
      cause: error,
    },
  );
}
