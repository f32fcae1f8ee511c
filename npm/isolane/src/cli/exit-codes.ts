/** What the command's exit code says, and the error that carries one. `--help` and docs/cli.md list them. */

export const ExitCode = {
  Done: 0,
  SomeFailed: 1,
  WrongUse: 2,
  Function: 3,
  Input: 4,
  Output: 5,
  Stopped: 6,
  Unavailable: 7,
} as const

/** What a shell gives for a process that a signal has ended. */
export const BY_SIGNAL = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const

/** Codes of errors that the pool rejects with and that are no item's own. */
const CODES: Readonly<Record<string, number>> = {
  ERR_ISOLANE_INVALID_ARGUMENT: ExitCode.WrongUse,
  ERR_ISOLANE_CHECK_RULE: ExitCode.WrongUse,
  ERR_ISOLANE_SOURCE: ExitCode.Function,
  ERR_ISOLANE_MODULE: ExitCode.Function,
  ERR_ISOLANE_ENGINE_UNAVAILABLE: ExitCode.Unavailable,
}

/** An end of the command that is told by a line and a hint, without a stack. */
export class CommandError extends Error {
  override name = 'CommandError'
  readonly hint: string | undefined

  constructor(
    readonly exitCode: number,
    message: string,
    { hint, cause }: { hint?: string; cause?: unknown } = {},
  ) {
    super(message, { cause })
    this.hint = hint
  }
}

/** The exit code for whatever ended the command. */
export function exitCodeOf(error: unknown): number {
  if (error instanceof CommandError) return error.exitCode
  return CODES[String(codeOf(error))] ?? ExitCode.Unavailable
}

/** The `code` of an error, as Node's and isolane's have one. */
export function codeOf(error: unknown): string | undefined {
  const code = (Object(error) as { code?: unknown }).code
  return typeof code === 'string' ? code : undefined
}
