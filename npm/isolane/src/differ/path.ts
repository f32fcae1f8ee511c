import type { Path, PathStep } from './operation.js'

/** Steps that a message shows of a longer path: that of a cycle has a thousand. */
const SHOWN_STEPS = 16

/** A path as a message shows it: `value.rooms[3].rates[code: "A"].price`. */
export function textOfPath(path: Path, root = 'value'): string {
  const steps = path.slice(0, SHOWN_STEPS).map(textOfStep).join('')
  const more = path.length - SHOWN_STEPS
  return more > 0 ? `${root}${steps}… (${more} steps more)` : root + steps
}

function textOfStep(step: PathStep): string {
  if (typeof step === 'number') return `[${step}]`
  if (typeof step === 'string') {
    return /^[A-Za-z_$][\w$]*$/.test(step) ? `.${step}` : `[${JSON.stringify(step)}]`
  }
  if ('key' in step) return `[${step.key}: ${textOfKey(step.is)}]`
  return 'entry' in step ? `.get(${textOfKey(step.entry)})` : `.has(${textOfKey(step.member)})`
}

function textOfKey(key: unknown): string {
  return typeof key === 'string' ? JSON.stringify(key) : String(key)
}
