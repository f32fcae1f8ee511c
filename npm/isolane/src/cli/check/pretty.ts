/** For people. */

import { writtenAt } from '../../check/diagnostic.js'
import type { Diagnostic, FileReport, ReadOnlyProof } from '../../check/index.js'
import { counted } from '../../errors/text.js'
import { visible, type Paint } from '../colours.js'
import { reasonOf, type Told } from './told.js'

/** @param explains whether reports say what was found about shared values */
export function asText({ reports, ...sums }: Told, paint: Paint): string {
  const blocks = reports.flatMap((report) => blocksOf(report, paint))
  blocks.push(summary({ reports, ...sums }, paint))
  return `${blocks.join('\n\n')}\n`
}

function blocksOf({ path, diagnostics, omitted, readOnly, error }: FileReport, paint: Paint) {
  const blocks = diagnostics.map((each) => finding(path, each, paint))
  if (omitted > 0) blocks.push(`${visible(path)}: ${omitted} more`)
  if (error !== undefined) {
    blocks.push(`${place(path, paint)} ${paint('red', 'error')} ${visible(reasonOf(error))}`)
  }
  if (readOnly !== undefined) blocks.push(explanation(path, readOnly, paint))
  return blocks
}

function finding(path: string, found: Diagnostic, paint: Paint): string {
  const { rule, severity, message, help, frame, line, column } = found
  const kind = severity === 'error' ? paint('red', 'error') : paint('yellow', 'warning')
  const head = `${place(`${path}:${line}:${column}${writtenAt(found)}`, paint)} ${kind} ${paint('gray', rule)}`
  const lines = [head, `  ${paint('bold', visible(message))}`, indented(frame)]
  if (help !== null) lines.push(`  ${paint('cyan', 'help:')} ${visible(help)}`)
  return lines.join('\n')
}

function explanation(path: string, { proven, findings }: ReadOnlyProof, paint: Paint): string {
  const where = place(path, paint)
  if (proven) {
    const what = 'reads shared values unfrozen: it writes to nothing that it did not make'
    return `${where} ${paint('green', what)}`
  }
  const parts = findings.map(({ line, column, message, frame }) => {
    const head = `${place(`${path}:${line}:${column}`, paint)} ${visible(message)}`
    return `  ${head}\n${indented(frame)}`
  })
  return [`${where} ${paint('yellow', 'gets shared values frozen, by this:')}`, ...parts].join('\n')
}

function place(text: string, paint: Paint): string {
  return paint('underline', visible(text))
}

function indented(frame: string): string {
  return frame.trimEnd().replaceAll(/^/gm, '  ')
}

function summary({ reports, errors, warnings, unread }: Told, paint: Paint): string {
  const files = counted(reports.length, 'file')
  if (errors + warnings + unread === 0) return paint('green', `No findings in ${files}`)
  const parts = [counted(errors, 'error'), counted(warnings, 'warning')]
  if (unread > 0) parts.push(`${counted(unread, 'file')} that cannot be read`)
  const text = `${parts.join(', ')} in ${files}`
  return paint(errors + unread > 0 ? 'red' : 'yellow', text)
}
