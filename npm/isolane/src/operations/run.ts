import { checkCallOptions } from '../options/call.js'
import { Operation } from '../protocol.js'
import type { OperationHost } from './host.js'

/** See `Pool.run`. */
export function run(
  { functions, life, submission }: OperationHost,
  fn: unknown,
  arg: unknown,
  options: unknown,
): Promise<unknown> {
  if (options === undefined) {
    const plain = functions.handleOf(fn)
    life.assertOpen()
    return submission.plain(plain, arg)
  }
  const checked = checkCallOptions(options)
  const handle = functions.handleOf(fn, checked)
  life.assertOpen()
  return submission.single(Operation.Run, handle, arg, checked)
}
