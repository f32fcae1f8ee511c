import { wrong } from '../errors/errors.js'
import { checkKeys, checkObject } from '../errors/options.js'
import { checkName } from '../names/name.js'
import { isPattern, matcher, PATTERN_RULE } from '../names/pattern.js'

/** Inputs that a function is called for before others call it. */
export interface Samples {
  /** As by `run` and `call`: each is the argument of a call; or as by `map`: each is an item. Default: `'run'`. */
  as?: 'run' | 'map'
  inputs: readonly unknown[]
}

/** What is to be warm, and what that takes. */
export interface WarmSet {
  /** Names, patterns such as `'lib/*'`, or all. Default: `true`. */
  functions?: boolean | readonly string[]
  /**
   * By the names of warm functions: inputs that each isolate calls them for, with their data, before a version
   * is in force, again with each other version of that data, and in isolates that replace others. What these
   * calls give is dropped, no interceptor sees them, and `loadTimeout` holds for each. Default: none, so that
   * functions are loaded and not called.
   */
  samples?: Readonly<Record<string, readonly unknown[] | Samples>>
  /**
   * Whether nothing else will do: `ready` rejects where a warm function cannot be loaded or fails for a sample,
   * and a version that does is not in force, so that its publish rejects. Default: `false`: samples that fail
   * are told by `'warmUpError'` only.
   */
  required?: boolean
}

/** Which functions every isolate is to have loaded before they are in force. */
export type Warm = boolean | readonly string[] | WarmSet

/** {@link Warm}, with its defaults. */
export interface WarmSettings {
  readonly isWarm: (name: string) => boolean
  readonly samples: ReadonlyMap<string, Required<Samples>>
  readonly isRequired: boolean
}

/** @throws {InvalidArgumentError} */
export function checkWarm(warm: unknown): WarmSettings {
  if (typeof warm === 'boolean' || Array.isArray(warm)) {
    return { isWarm: checkFunctions('options.warm', warm), samples: new Map(), isRequired: false }
  }
  if (typeof warm !== 'object' || warm === null) {
    const expected =
      "a boolean, names and patterns such as 'lib/*', or { functions, samples, required }"
    throw wrong('options.warm', expected, warm)
  }
  checkKeys(warm, ['functions', 'samples', 'required'], 'options.warm')
  const { functions = true, samples = {}, required = false }: WarmSet = warm
  if (typeof required !== 'boolean') throw wrong('options.warm.required', 'a boolean', required)
  const isWarm = checkFunctions('options.warm.functions', functions)
  return { isWarm, samples: checkSamples(samples, isWarm), isRequired: required }
}

function checkFunctions(what: string, functions: unknown): (name: string) => boolean {
  if (typeof functions === 'boolean') return () => functions
  if (!Array.isArray(functions)) {
    throw wrong(what, "a boolean, or names and patterns such as 'lib/*'", functions)
  }
  const other = functions.findIndex((each) => !isPattern(each))
  if (other !== -1) throw wrong(`${what}[${other}]`, PATTERN_RULE, functions[other])
  return matcher(functions)
}

function checkSamples(
  samples: object,
  isWarm: (name: string) => boolean,
): Map<string, Required<Samples>> {
  checkObject(samples, 'options.warm.samples')
  const checked = new Map<string, Required<Samples>>()
  for (const [name, given] of Object.entries(samples)) {
    checkName('a name in options.warm.samples', name)
    if (!isWarm(name)) {
      throw wrong('a name in options.warm.samples', 'one of options.warm.functions', name)
    }
    const each = samplesOf(`options.warm.samples['${name}']`, given)
    if (each.inputs.length > 0) checked.set(name, each)
  }
  return checked
}

function samplesOf(what: string, given: unknown): Required<Samples> {
  if (Array.isArray(given)) return { as: 'run', inputs: [...given] }
  if (typeof given !== 'object' || given === null) {
    throw wrong(what, 'an array of inputs, or { inputs, as }', given)
  }
  checkKeys(given, ['inputs', 'as'], what)
  const { inputs, as = 'run' } = given as Partial<Samples>
  if (!Array.isArray(inputs)) throw wrong(`${what}.inputs`, 'an array of inputs', inputs)
  if (as !== 'run' && as !== 'map') throw wrong(`${what}.as`, "'run' or 'map'", as)
  return { as, inputs: [...inputs] }
}
