import { createInterface } from 'node:readline'

import { type Arguments, CommandError, ExitCode } from './arguments.js'

/**
 * Asks at a terminal whether changes are meant; elsewhere `--yes` must have been said.
 *
 * @param count how many there are
 * @throws {CommandError} they are not
 */
export async function confirm({ yes, json }: Arguments, count: number): Promise<void> {
  if (yes) return
  if (!process.stdin.isTTY || json) {
    throw new CommandError(ExitCode.WrongUse, 'Nothing was changed: without a terminal, pass --yes')
  }
  if (/^y(es)?$/i.test(await answerTo(`Publish these ${count}? [y/N] `))) return
  throw new CommandError(ExitCode.Refused, 'Nothing was changed')
}

/** Empty where none is given, as after Ctrl-C, or where the terminal is gone. */
function answerTo(question: string): Promise<string> {
  const asking = createInterface({ input: process.stdin, output: process.stderr })
  return new Promise((resolve) => {
    const end = () => {
      process.stderr.write('\n')
      resolve('')
    }
    asking.once('close', end)
    asking.question(question, (answer) => {
      asking.off('close', end)
      asking.close()
      resolve(answer)
    })
  })
}
