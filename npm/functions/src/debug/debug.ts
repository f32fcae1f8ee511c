import type { LogEntry } from 'isolane'

import { DebugAttempts } from '../envelope/attempts.js'
import type { Envelope } from '../envelope/envelope.js'
import { EnvelopedCall, type EnvelopeHost } from '../envelope/enveloped-call.js'
import { CheckFailedError, type Diagnostic } from '../errors/errors.js'
import { checkReference } from '../names/name.js'
import { checkDebugOptions } from './options.js'
import type { Unsaved } from './unsaved.js'

/** Something that a check has found in a text that is not published. */
export interface DebugDiagnostic extends Diagnostic {
  /** The name that the text stands for. */
  readonly function: string
}

/** What `functions.debug` gives. */
export interface DebugEnvelope<R = any> extends Envelope<R> {
  /** What all modules logged, while they were evaluated too; the first 1000 lines. */
  readonly logs: readonly LogEntry[]
  /** What checks have found of texts that are not published: warnings, and of one that is refused all. */
  readonly diagnostics: readonly DebugDiagnostic[]
}

/** What calls are made with. */
export interface DebugHost extends EnvelopeHost {
  readonly unsaved: Unsaved
}

/** One call that sees and touches nothing of what calls keep, as `FunctionCalls.debug` has it. */
export async function debugged(
  host: DebugHost,
  name: string,
  input: unknown,
  options: unknown,
): Promise<DebugEnvelope> {
  const reference = checkReference(name)
  const { envelope: settings, texts } = checkDebugOptions(reference, options)
  let diagnostics: readonly DebugDiagnostic[] = []
  const look = async () => {
    try {
      const found = await host.unsaved.find(name, texts)
      diagnostics = [...found.diagnostics].flatMap(([of, list]) => about(of, list))
      return found
    } catch (error) {
      if (error instanceof CheckFailedError) {
        diagnostics = about(error.functionName, error.diagnostics)
      }
      throw error
    }
  }
  const attempts = new DebugAttempts(host.runnables, name, look, settings)
  const call = new EnvelopedCall(host, 'debug', [reference.name], input, settings, attempts)
  const envelope = await call.envelope()
  return { ...envelope, logs: envelope.logs ?? [], diagnostics }
}

function about(name: string, diagnostics: readonly Diagnostic[]): DebugDiagnostic[] {
  return diagnostics.map((each) => ({ function: name, ...each }))
}
