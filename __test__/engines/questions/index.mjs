/** Many questions to a JavaScript engine: what both sides of a comparison are asked. */
import { language } from './language.mjs'
import { locales } from './locales.mjs'
import { numbers } from './numbers.mjs'
import { texts } from './texts.mjs'

const groups = [numbers, texts, language, locales]

/** The answers as text, by question. What stands before the `|` of a question is its kind. */
export const answers = () => collect(groups)

/** The source of a function that gives the answers of the engine that it runs on. */
export const source = `() => (${collect})([${groups.join(', ')}])`

function collect(asked) {
  const seen = {}
  const shown = (value) =>
    Object.is(value, -0) ? '-0' : typeof value === 'number' ? String(value) : JSON.stringify(value)
  const ask = (kind, question, answer) => {
    let text
    try {
      text = shown(answer()) ?? 'undefined'
    } catch (error) {
      text = `${error.name}: ${error.message}`
    }
    seen[`${kind}|${question}`] = text
  }
  for (const group of asked) group(ask)
  return seen
}
