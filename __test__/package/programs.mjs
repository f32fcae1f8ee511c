/**
 * The programs of a page. A block marked `js` that imports isolane begins one; the blocks after it go on with
 * it, each in a scope of its own. One marked `js fragment` is not run by itself. After `log(…)`, on its line or
 * on those below, a comment is what that prints.
 */

/**
 * @param {{ info: string, code: string }[]} blocks
 * @returns {string[]} their texts
 */
export function programsOf(blocks) {
  const programs = []
  for (const { info, code } of blocks) {
    if (info !== 'js') continue
    if (/^import .* from 'isolane(\/check)?'/m.test(code)) programs.push(code)
    else if (programs.length > 0) programs[programs.length - 1] += `{\n${code}}\n`
    else throw new Error(`no program begins before this, so mark it 'js fragment':\n${code}`)
  }
  return programs
}

/** Their deadlines are those of a service; tests run on crowded machines. */
export function patient(code) {
  return code.replaceAll(/\btimeout: (\d{3,})\b/g, (_, ms) => `timeout: ${ms * 20}`)
}

/** What a program says that it prints. */
export function printedBy(code) {
  const printed = []
  let follows = false
  for (const line of code.split('\n')) {
    const [, statement, comment] = /^(.*?)(?:(?:^|\s)\/\/ ([^]*))?$/.exec(line)
    const prints = /\blog\(.*\)/.test(statement)
    const isComment = statement.trim() === '' && comment !== undefined
    if (comment !== undefined && (prints || (isComment && follows))) printed.push(`${comment}\n`)
    follows = (prints && comment === undefined) || (isComment && follows)
  }
  return printed.join('')
}
