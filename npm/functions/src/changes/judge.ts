import { CheckFailedError, type Diagnostic, InvalidSourceError } from '../errors/errors.js'
import { inTurns } from '../loading/in-turns.js'
import { Deadline } from '../store/guarded.js'
import type { FunctionRecord, SourceForm } from '../store/store.js'
import type { SourceRules } from './rules.js'
import type { UserCheck } from './user-check.js'

/** A source that is to be judged. */
export interface Judged {
  readonly name: string
  readonly source: string
  readonly form: SourceForm
  /** Gives names of the functions that it can require: there may be thousands. */
  readonly modules: () => readonly string[]
  /** Whether it was said which functions it requires by names that it computes. */
  readonly declares: boolean
}

/** What is kept of a judgement with the version. */
export type Verdict = Pick<FunctionRecord, 'warnings' | 'rulesHash'>

/** Sources that are judged at once. */
const AT_ONCE = 16
/** Warnings that are kept with a version; a text has its places still, so the lines around them are not. */
const MOST_KEPT = 100

/** Judges sources: by isolane's rules, and by a check of the user's. */
export class Judge {
  readonly #rules: () => SourceRules | undefined
  readonly #check: UserCheck | undefined
  readonly #timeout: number

  /** @param timeout milliseconds for a check of the user's, where nothing else is said */
  constructor(rules: () => SourceRules | undefined, check: UserCheck | undefined, timeout: number) {
    this.#rules = rules
    this.#check = check
    this.#timeout = timeout
  }

  /** The same check of the user's, with other rules. */
  with(rules: SourceRules): Judge {
    return new Judge(() => rules, this.#check, this.#timeout)
  }

  /**
   * All that is found in each of several, in their order.
   *
   * @param deadline for all of them; where there is none, each has the time of its own
   */
  async judgeAll(
    sources: readonly Judged[],
    deadline?: Deadline,
  ): Promise<(readonly Diagnostic[])[]> {
    const found: (readonly Diagnostic[])[] = []
    await inTurns(sources.entries(), AT_ONCE, async ([i, each]) => {
      found[i] = await this.#judge(each, deadline ?? new Deadline(this.#timeout))
    })
    return found
  }

  async #judge(judged: Judged, deadline: Deadline): Promise<readonly Diagnostic[]> {
    const found = await Promise.all([
      this.#rules()?.judge(judged),
      this.#check?.ask(judged, deadline),
    ])
    return found.flatMap((each) => each ?? [])
  }

  /**
   * What is found in sources that are to be published: warnings.
   *
   * @throws {InvalidSourceError} one does not compile
   * @throws {CheckFailedError} there are errors among it
   */
  async pass(
    sources: readonly Judged[],
    deadline?: Deadline,
  ): Promise<Map<string, readonly Diagnostic[]>> {
    const found = await this.judgeAll(sources, deadline)
    const at = found.findIndex((diagnostics) => diagnostics.some(isError))
    if (at !== -1) throw refusal(sources[at]!.name, found[at]!)
    return new Map(sources.map(({ name }, i) => [name, found[i]!]))
  }

  /** What is kept of what was found. */
  verdict(diagnostics: readonly Diagnostic[]): Verdict {
    const rulesHash = this.#rules()?.hash
    const warnings = diagnostics.slice(0, MOST_KEPT).map(withoutLines)
    return {
      ...(warnings.length === 0 ? {} : { warnings }),
      ...(rulesHash === undefined ? {} : { rulesHash }),
    }
  }
}

/** Why a source is refused in which there are errors. */
function refusal(name: string, found: readonly Diagnostic[]): Error {
  const fault = found.find((each) => isError(each) && each.rule === 'syntax')
  if (fault === undefined) return new CheckFailedError(name, found)
  const { message, line = 0, column = 0 } = fault
  return new InvalidSourceError(name, message, line, column)
}

export function isError({ severity }: Diagnostic): boolean {
  return severity === 'error'
}

/** Also without whatever else a check of the user's may give. */
function withoutLines({ rule, severity, message, help, line, column }: Diagnostic): Diagnostic {
  return {
    rule,
    severity,
    message,
    ...(help === undefined || help === null ? {} : { help }),
    ...(line === undefined ? {} : { line }),
    ...(column === undefined ? {} : { column }),
  }
}
