/** For workflows of GitHub: commands that put findings beside the lines of a pull request. */

import { visible } from '../colours.js'
import { reasonOf, type Told } from './told.js'

export function asGithub({ reports }: Told): string {
  const lines = reports.flatMap(({ path, diagnostics, error }) => [
    ...(error === undefined ? [] : [command('error', { file: path }, visible(reasonOf(error)))]),
    ...diagnostics.map(({ rule, severity, message, help, line, column, endLine, endColumn }) =>
      command(
        severity === 'error' ? 'error' : 'warning',
        // A column is only taken with an end in the same line.
        {
          file: path,
          line,
          endLine,
          ...(line === endLine ? { col: column, endColumn } : {}),
          title: `isolane ${rule}`,
        },
        [message, help ?? []].flat().map(visible).join('\n'),
      ),
    ),
  ])
  return lines.map((line) => `${line}\n`).join('')
}

function command(kind: string, properties: Record<string, string | number>, message: string) {
  const list = Object.entries(properties).map(
    ([name, value]) => `${name}=${property(String(value))}`,
  )
  return `::${kind} ${list.join(',')}::${escaped(message)}`
}

function property(text: string): string {
  return escaped(text).replaceAll(':', '%3A').replaceAll(',', '%2C')
}

function escaped(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A')
}
