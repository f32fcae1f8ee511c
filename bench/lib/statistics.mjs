/**
 * The p-th quantile (0 to 1), interpolated between the two nearest values.
 *
 * @param {number[]} values
 * @param {number} p
 */
export function quantile(values, p) {
  if (values.length === 0) return NaN
  const sorted = Float64Array.from(values).sort()
  const position = (sorted.length - 1) * p
  const below = Math.floor(position)
  const above = Math.ceil(position)
  return sorted[below] + (sorted[above] - sorted[below]) * (position - below)
}

export const median = (values) => quantile(values, 0.5)

/**
 * Between which of the values the median of what they are drawn from lies, with 95 % certainty: by
 * their ranks, so that nothing is assumed of how they are spread.
 */
export function medianInterval(values) {
  const sorted = Float64Array.from(values).sort()
  const half = 0.98 * Math.sqrt(sorted.length)
  const at = (rank) => sorted[Math.min(Math.max(Math.round(rank), 0), sorted.length - 1)]
  return { low: at(sorted.length / 2 - half - 1), high: at(sorted.length / 2 + half) }
}

/** Median, and the quartiles as its spread. */
export const summary = (values) => ({
  median: median(values),
  low: quantile(values, 0.25),
  high: quantile(values, 0.75),
})
