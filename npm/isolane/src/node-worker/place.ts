/** Frames that are looked at: six of this package, and that of what has called the console. */
const FRAMES = 8

// Captured: functions may replace them.
const RealError = Error
const { captureStackTrace } = Error
const { isArray } = Array
const { deleteProperty, getOwnPropertyDescriptor } = Reflect

const sitesOf = (_: Error, sites: NodeJS.CallSite[]) => sites

/**
 * Where the function is that logs, as `script:line:column`. Nothing where no code of a function's has called the
 * console, or functions have made `Error` something that cannot tell.
 */
export function placeNow(): string | undefined {
  try {
    const isOwn = getOwnPropertyDescriptor(RealError, 'prepareStackTrace') !== undefined
    const { prepareStackTrace, stackTraceLimit } = RealError
    try {
      RealError.prepareStackTrace = sitesOf
      RealError.stackTraceLimit = FRAMES
      const holder: { stack?: unknown } = {}
      captureStackTrace(holder)
      return isArray(holder.stack) ? firstOutside(holder.stack as NodeJS.CallSite[]) : undefined
    } finally {
      if (isOwn) RealError.prepareStackTrace = prepareStackTrace
      else deleteProperty(RealError, 'prepareStackTrace')
      RealError.stackTraceLimit = stackTraceLimit
    }
  } catch {
    return undefined
  }
}

/** The first frame that is neither of this bundle, which the first of all is, nor of Node's own. */
function firstOutside(sites: NodeJS.CallSite[]): string | undefined {
  const own = sites[0]!.getFileName()
  for (let i = 1; i < sites.length; i++) {
    const site = sites[i]!
    const file = site.getFileName()
    if (!file || file === own || file.startsWith('node:')) continue
    return `${site.getScriptNameOrSourceURL()}:${site.getLineNumber()}:${site.getColumnNumber()}`
  }
  return undefined
}
