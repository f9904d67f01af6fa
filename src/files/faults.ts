/** What a file system says no with, in words: the same ones in every command. */

/** By Node's error codes. */
const meanings: { readonly [code: string]: string } = {
  ENOENT: "there is no such file or folder",
  ENOTDIR: "a part of this path is a file, not a folder",
  EISDIR: "this is a folder, not a file",
  EEXIST: "it is there already",
  ENAMETOOLONG: "the name is too long",
  EACCES: "not allowed",
  EPERM: "not allowed",
  EROFS: "the disk is read-only",
  ENOSPC: "the disk is full",
  EDQUOT: "the quota of the disk is used up",
  EFBIG: "it would be larger than a file may be here",
  ELOOP: "the links go round in a circle",
  EMFILE: "too many files are open",
  ENFILE: "too many files are open",
  ENXIO: "this is no file that can be read or written",
  EINVAL: "this is no file that can be read or written",
  EIO: "the disk could not be read or written",
};

/** Null: it is none of the file system's. */
export const meaningOf = (error: unknown): string | null => meanings[(error as NodeJS.ErrnoException).code ?? ""] ?? null;

/** The longest part of a path that is worth reading. */
const LONGEST = 200;

/** The file and what is the matter with it; null: the error is not about a file. */
export function fileFault(error: unknown): string | null {
  const { code, path } = error as NodeJS.ErrnoException;
  const meaning = error instanceof Error && path !== undefined ? meaningOf(error) : null;
  return meaning && path ? `${path.length > LONGEST ? `${path.slice(0, LONGEST)}…` : path}: ${meaning} (${code})` : null;
}
