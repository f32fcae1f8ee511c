import { isTraced, traced } from '../calls/channels.js'
import { checkRunOptions } from '../options/call.js'
import { Operation } from '../protocol.js'
import { textInput } from '../values/text.js'
import type { OperationHost } from './host.js'
import { outputOf } from './text.js'

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
    const call = submission.call(plain)
    return isTraced()
      ? traced(call, 'run', () => submission.plain(call, arg))
      : submission.plain(call, arg)
  }
  const checked = checkRunOptions(options)
  const into = outputOf(checked.into)
  const handle = functions.handleOf(fn, checked)
  life.assertOpen()
  const call = submission.call(handle, checked)
  if (checked.from === undefined) {
    return traced(call, 'run', () => submission.single(Operation.Run, call, arg, checked, into))
  }
  const text = textInput('arg', arg, checked.from)
  return traced(call, 'run', () => submission.singleText(call, text, checked, into))
}
