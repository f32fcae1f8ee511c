import { wrong } from '../errors/errors.js'

/** Of a function's file. */
export const ENDING = '.js'
/** The longest that file systems take, in bytes; a name has one for each character. */
const LONGEST_SEGMENT = 255

/**
 * Refuses names that no file can have, or none beside the files of others: `a.js/x` needs a folder where the file
 * of `a` is.
 *
 * @param coming what is to be written
 * @param nested of what is in force then, the names that have a folder like a file
 * @param isThere whether a name is in force then
 * @throws {InvalidArgumentError}
 */
export function checkFiles(
  coming: readonly string[],
  nested: readonly string[],
  isThere: (name: string) => boolean,
): void {
  const within = new Map(nested.flatMap((name) => likeFiles(name).map((file) => [file, name])))
  for (const name of coming) {
    const isLong = (name + ENDING).split('/').some((segment) => segment.length > LONGEST_SEGMENT)
    if (isLong) {
      const longest = `${LONGEST_SEGMENT} bytes between '/', with ${ENDING} at the end`
      throw wrong('name', `one that a file can have in a folder, at most ${longest}`, name)
    }
    const other = likeFiles(name).find(isThere) ?? within.get(name)
    if (other === undefined) continue
    const place = `${other.length < name.length ? other : name}${ENDING}`
    const both = `'${other}' is in force, and ${place} cannot be both a file and a folder`
    throw wrong('name', `one whose file can be in the folder (${both})`, name)
  }
}

/** Whether a name has a folder that is called like a file. */
export function isNested(name: string): boolean {
  return name.includes(`${ENDING}/`)
}

/** Names of functions whose files would be where this name has a folder. */
function likeFiles(name: string): string[] {
  if (!isNested(name)) return []
  const steps = name.split('/').slice(0, -1)
  return steps.flatMap((step, i) =>
    step.endsWith(ENDING)
      ? [
          steps
            .slice(0, i + 1)
            .join('/')
            .slice(0, -ENDING.length),
        ]
      : [],
  )
}
