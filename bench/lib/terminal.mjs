import { styleText } from 'node:util'

const isTerminal = process.stdout.isTTY === true
const hasColour = isTerminal && !process.env.NO_COLOR && process.env.TERM !== 'dumb'

/** `text` in a style of `util.styleText`, where the output is a terminal that wants it. */
export const style = (format, text) => (hasColour ? styleText(format, text) : text)

/** A bar of `share` (0 to 1) of `width` cells, in eighths of a cell. */
export function bar(share, width) {
  const eighths = Math.round(Math.min(1, Math.max(0, share)) * width * 8)
  return '█'.repeat(eighths >> 3) + ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'][eighths & 7]
}

/**
 * One line that is written over. Elsewhere than on a terminal only `done` writes, one plain line.
 *
 * @param {string} label
 */
export function progressLine(label) {
  const write = (text) => process.stdout.write(`\r\x1b[2K${text}`)
  let shown = 0
  return {
    /** @param {number} share 0 to 1 */
    update(share) {
      const now = performance.now()
      if (!isTerminal || (share < 1 && now - shown < 40)) return
      shown = now
      const cells = bar(share, 30).padEnd(30, '░')
      write(`${label} ${style('cyan', cells)} ${String(Math.floor(share * 100)).padStart(3)} %`)
    },
    note(text) {
      if (isTerminal) write(`${label} ${style('dim', text)}`)
    },
    done(text) {
      if (isTerminal) write(`${label} ${text}\n`)
      else process.stdout.write(`${label} ${text}\n`)
    },
  }
}

/**
 * Columns aligned under their heads: the first to the left, the others to the right.
 *
 * @param {string[]} head
 * @param {string[][]} rows
 */
export function table(head, rows) {
  const widths = head.map((_, i) => Math.max(...[head, ...rows].map((row) => row[i].length)))
  const line = (cells) =>
    cells
      .map((cell, i) => (i === 0 ? cell.padEnd(widths[i]) : cell.padStart(widths[i])))
      .join('  ')
      .trimEnd()
  const rule = widths.map((width) => '─'.repeat(width)).join('  ')
  return [style('bold', line(head)), rule, ...rows.map(line)].join('\n')
}
