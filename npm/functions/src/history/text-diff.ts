/** Where two texts differ, line by line, as `diff -u` tells it. */

/** Lines of context. */
const AROUND = 3
/** Beyond this many pairs of lines, what differs is told as one block. */
const MOST_PAIRS = 4_000_000

interface Line {
  readonly sign: ' ' | '-' | '+'
  readonly text: string
}

/** The hunks of a unified diff; `''` where texts are equal. */
export function unifiedDiff(one: string, other: string, from: string, to: string): string {
  if (one === other) return ''
  const lines = compare(one.split('\n'), other.split('\n'))
  const hunks: string[] = []
  for (let at = 0; at < lines.length;) {
    const first = lines.findIndex(({ sign }, i) => i >= at && sign !== ' ')
    if (first === -1) break
    let end = first
    for (let i = first; i < lines.length && i - end <= 2 * AROUND; i++) {
      if (lines[i]!.sign !== ' ') end = i
    }
    const begin = Math.max(0, first - AROUND)
    at = Math.min(lines.length, end + AROUND + 1)
    hunks.push(hunk(lines, begin, at))
  }
  return [`--- ${from}`, `+++ ${to}`, ...hunks].join('\n') + '\n'
}

function hunk(lines: readonly Line[], begin: number, end: number): string {
  const range = (without: Line['sign']) => {
    const count = (part: readonly Line[]) => part.filter(({ sign }) => sign !== without).length
    return `${count(lines.slice(0, begin)) + 1},${count(lines.slice(begin, end))}`
  }
  const body = lines.slice(begin, end).map(({ sign, text }) => sign + text)
  return [`@@ -${range('+')} +${range('-')} @@`, ...body].join('\n')
}

function compare(one: readonly string[], other: readonly string[]): Line[] {
  let head = 0
  while (head < one.length && head < other.length && one[head] === other[head]) head++
  let tail = 0
  const most = Math.min(one.length, other.length) - head
  while (tail < most && one.at(-1 - tail) === other.at(-1 - tail)) tail++
  const middle = between(one.slice(head, one.length - tail), other.slice(head, other.length - tail))
  const kept = (part: readonly string[]) => part.map((text): Line => ({ sign: ' ', text }))
  return [...kept(one.slice(0, head)), ...middle, ...kept(one.slice(one.length - tail))]
}

/** By the longest common subsequence. */
function between(one: readonly string[], other: readonly string[]): Line[] {
  const removed = (text: string): Line => ({ sign: '-', text })
  const added = (text: string): Line => ({ sign: '+', text })
  if (one.length * other.length > MOST_PAIRS) return [...one.map(removed), ...other.map(added)]
  const width = other.length + 1
  const longest = new Uint32Array((one.length + 1) * width)
  for (let i = one.length - 1; i >= 0; i--) {
    for (let j = other.length - 1; j >= 0; j--) {
      longest[i * width + j] =
        one[i] === other[j]
          ? longest[(i + 1) * width + j + 1]! + 1
          : Math.max(longest[(i + 1) * width + j]!, longest[i * width + j + 1]!)
    }
  }
  const lines: Line[] = []
  let [i, j] = [0, 0]
  while (i < one.length && j < other.length) {
    if (one[i] === other[j]) {
      lines.push({ sign: ' ', text: one[i++]! })
      j++
    } else if (longest[(i + 1) * width + j]! >= longest[i * width + j + 1]!) {
      lines.push(removed(one[i++]!))
    } else {
      lines.push(added(other[j++]!))
    }
  }
  return [...lines, ...one.slice(i).map(removed), ...other.slice(j).map(added)]
}
