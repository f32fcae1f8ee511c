import type { PathStep } from '../differ/operation.js'

/** Tells steps to different nodes apart. */
export function stepKey(step: PathStep): string {
  if (typeof step === 'string') return `.${step}`
  if (typeof step === 'number') return `[${step}`
  if ('key' in step) return `#${step.key.length}:${step.key}${keyText(step.is)}`
  return 'entry' in step ? `=${keyText(step.entry)}` : `*${keyText(step.member)}`
}

/** As a Map tells its keys apart: 1 is not '1', and 0 is -0. */
function keyText(key: unknown): string {
  return `${typeof key}:${String(key)}`
}
