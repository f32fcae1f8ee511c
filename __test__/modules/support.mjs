/** A table of modules: ids and texts; a text of an object is JSON, or a module as it is to be. */
export function made(entry, texts, rest = {}) {
  const modules = Object.entries(texts).map(([id, text]) =>
    typeof text === 'string' ? { id, source: text } : { id, ...text },
  )
  return { entry, modules, ...rest }
}
