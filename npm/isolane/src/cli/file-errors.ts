/** Errors of files in words. */

import { codeOf, CommandError } from './exit-codes.js'

const WORDS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file or folder',
  ENOTDIR: 'a part of the path is no folder',
  EISDIR: 'it is a folder',
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EROFS: 'its file system is read-only',
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk quota is used up',
  EFBIG: 'the file would be larger than is allowed',
  EMFILE: 'too many files are open',
  ENAMETOOLONG: 'the name is too long',
  ELOOP: 'too many symbolic links',
  EIO: 'the device failed',
}

/** The error for a file that could not be used; `what` says what was to be done, such as `cannot read x`. */
export function fileError(exitCode: number, what: string, error: unknown): CommandError {
  if (error instanceof CommandError) return error
  const code = codeOf(error)
  const reason = (code !== undefined && WORDS[code]) || (error as Error).message
  return new CommandError(exitCode, `${what}: ${reason}${code === undefined ? '' : ` (${code})`}`, {
    cause: error,
  })
}
