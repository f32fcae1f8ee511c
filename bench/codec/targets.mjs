import { quantile } from '../lib/statistics.mjs'

/** Slower than this times the better of JSON and v8, and a corpus is worse off with the codec. */
const NEVER_SLOWER = 1.25

/** Targets of single corpora: [letters, half, contender, times as fast]. */
const SPEED_UPS = [
  ['a', 'decode', 'json', 5],
  ['a', 'decode', 'v8', 20],
  ['bcd', 'decode', 'json', 3],
  ['bcd', 'decode', 'v8', 3],
  ['abcd', 'encode', 'json', 1.5],
  ['abcd', 'encode', 'v8', 2],
]

/** What the codec must reach, and whether it did. */
export function judge(rows) {
  return rows.flatMap((row) => [
    ...speedUps(row),
    ...['encode', 'decode'].map((half) => neverSlower(row, half)),
    ...others(row),
  ])
}

const letterOf = ({ name }) => name[1]

function speedUps(row) {
  return SPEED_UPS.filter(([letters]) => letters.includes(letterOf(row))).map(
    ([, half, contender, least]) => {
      const measured = ratioOf(row, contender, half)
      const label = `${row.name}: ${half}, × ${contender}`
      return { label, limit: `≥ ${least}`, measured, isMet: measured >= least }
    },
  )
}

/** The median of the ratios of each round. */
function ratioOf({ rounds }, contender, half) {
  const ratios = rounds[contender][half].map((ms, i) => ms / rounds.isolane[half][i])
  return quantile(ratios, 0.5)
}

function neverSlower(row, half) {
  const rivals = ['json', 'v8'].filter((name) => row.rounds[name] !== undefined)
  const measured = Math.max(...rivals.map((name) => 1 / ratioOf(row, name, half)))
  const label = `${row.name}: ${half}, time of the better of JSON and v8`
  return { label, limit: `≤ ${NEVER_SLOWER}`, measured, isMet: measured <= NEVER_SLOWER }
}

function others(row) {
  const { name, times } = row
  const atMost = (label, limit, measured) => [
    { label: `${name}: ${label}`, limit: `≤ ${limit}`, measured, isMet: measured <= limit },
  ]
  switch (letterOf(row)) {
    case 'a':
      return atMost('size, of JSON’s', 0.5, times.isolane.size / times.json.size)
    case 'h':
      return ['encode', 'decode'].flatMap((half) =>
        atMost(`${half}, time of memcpy`, 1.2, 1 / ratioOf(row, 'memcpy', half)),
      )
    case 'i': {
      const { encode, decode } = times.isolane
      return atMost('encode + decode, µs', 2, (encode.median + decode.median) * 1e3)
    }
    default:
      return []
  }
}

/** A Markdown table. */
export function targetTable(targets) {
  const lines = targets.map(
    ({ label, limit, measured, isMet }) =>
      `| ${isMet ? '✓' : '✗'} | ${label} | ${limit} | ${measured.toFixed(2)} |`,
  )
  return ['| | target | limit | measured |', '| --- | --- | --- | --- |', ...lines].join('\n')
}
