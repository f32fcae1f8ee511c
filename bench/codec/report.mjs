import { quantile, summary } from '../lib/statistics.mjs'

/** One corpus's results: medians and quartiles in milliseconds, raw rounds, sizes in bytes. */
export function row(name, samples, sizes) {
  const times = Object.fromEntries(
    Object.entries(samples).map(([contender, { encode, decode }]) => [
      contender,
      { encode: summary(encode), decode: summary(decode), size: sizes[contender] },
    ]),
  )
  return { name, times, rounds: samples }
}

const show = (ms) => (ms < 0.01 ? `${(ms * 1e6).toFixed(0)} ns` : `${ms.toFixed(ms < 1 ? 3 : 2)}`)

/** How many times as fast isolane is: the median of the ratios of each round. */
function speedUp(rounds, contender, half) {
  const ours = rounds.isolane[half]
  const theirs = rounds[contender]?.[half]
  if (theirs === undefined) return '–'
  return `${quantile(
    theirs.map((ms, i) => ms / ours[i]),
    0.5,
  ).toFixed(2)} ×`
}

/** A Markdown table: milliseconds, with the interquartile range of ours, and speed-ups. */
export function table(rows) {
  const lines = [
    '| corpus | | isolane ms (quartiles) | JSON ms | v8 ms | × JSON | × v8 | × memcpy | size / JSON |',
    '| --- | --- | --- | --- | --- | --- | --- | --- | --- |',
  ]
  for (const { name, times, rounds } of rows) {
    for (const half of ['encode', 'decode']) {
      const { median, low, high } = times.isolane[half]
      const size =
        times.json === undefined ? '–' : (times.isolane.size / times.json.size).toFixed(2)
      const cells = [
        half === 'encode' ? name : '',
        half,
        `${show(median)} (${show(low)}–${show(high)})`,
        times.json === undefined ? '–' : show(times.json[half].median),
        show(times.v8[half].median),
        speedUp(rounds, 'json', half),
        speedUp(rounds, 'v8', half),
        speedUp(rounds, 'memcpy', half),
        half === 'encode' ? size : '',
      ]
      lines.push(`| ${cells.join(' | ')} |`)
    }
  }
  return lines.join('\n')
}
