import { inspect, types } from 'node:util'

/** One line for what a worker threw: name and message of an error, whose own `name` may be anything. */
export function textOfError(thrown: unknown): string {
  try {
    // A Node Worker's last error is one of Node's own context.
    if (!(thrown instanceof Error) && !types.isNativeError(thrown)) return inspect(thrown)
    const { name, message } = thrown as { name: unknown; message: unknown }
    return `${typeof name === 'string' ? name : 'Error'}: ${typeof message === 'string' ? message : ''}`
  } catch {
    return 'an error that cannot be shown'
  }
}

/** A number of things: `1 error`, `2 errors`. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`
}
