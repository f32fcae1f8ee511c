import { median, summary } from './statistics.mjs'
import { table } from './terminal.mjs'

/**
 * One measured thing: samples of every contender, round by round.
 *
 * @typedef {object} Measurement
 * @property {string} id
 * @property {string} title
 * @property {{ key: string, label: string, digits?: number }[]} metrics
 * @property {string} [baseline] contender that the first metric is compared with
 * @property {Record<string, Record<string, number[]>>} samples by contender, then by metric
 * @property {number | null} [disturbed] share of the machine that other processes took
 */

/** Large numbers without decimals, small ones with three significant digits. */
export function number(value) {
  if (!Number.isFinite(value)) return '–'
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2
  return value.toLocaleString('en', {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  })
}

const spread = (values) => {
  const { median: middle, low, high } = summary(values)
  return `${number(middle)} (${number(low)}–${number(high)})`
}

/**
 * How many times less of `metric` a contender took than another: the median of the rounds' ratios,
 * each taken within one round.
 *
 * @param {Measurement} measurement
 */
export function ratio({ samples }, metric, contender, reference) {
  const own = samples[contender]?.[metric]
  const other = samples[reference]?.[metric]
  return own && other ? median(own.map((value, round) => other[round] / value)) : NaN
}

/** @param {Measurement} measurement */
export function measurementTable(measurement) {
  const { metrics, baseline, samples } = measurement
  const head = ['', ...metrics.map(({ label }) => label), ...(baseline ? ['speed-up'] : [])]
  const rows = Object.entries(samples).map(([name, values]) => [
    name,
    ...metrics.map(({ key }) => (values[key] ? spread(values[key]) : '–')),
    ...(baseline ? [`${number(ratio(measurement, metrics[0].key, name, baseline))} ×`] : []),
  ])
  return table(head, rows)
}
