/** Helpers that tools leave in a function's text, by pattern, with what to do about them. */
const LEFTOVERS: ReadonlyArray<readonly [RegExp, string]> = [
  [
    /^cov_/,
    'a coverage counter (istanbul); exclude the file from coverage, or use V8 coverage (c8)',
  ],
  [/^__vite_|^__vi_/, 'an import as vite rewrote it; pass the value by args or shared'],
  [
    /^(tslib_\d+|__(awaiter|generator|spreadArray|assign|rest|values|read|decorate|importDefault|importStar|await|asyncValues|asyncGenerator|asyncDelegator|makeTemplateObject|classPrivateField(Get|Set|In)))$/,
    'a helper of TypeScript; compile for ES2022 or later, so that none is needed',
  ],
  [
    /^__(async|spreadValues|spreadProps|objRest|publicField|private(Get|Set|Add|Method|In)|pow|template|forAwait|yieldStar|using|callDispose)$/,
    'a helper of esbuild; compile for ES2022 or later (target), so that none is needed',
  ],
  [
    /^_(async_to_generator|object_spread|to_consumable_array|sliced_to_array|define_property)\w*$/,
    'a helper of swc; compile for a later target',
  ],
  [
    /^_(asyncToGenerator|objectSpread|toConsumableArray|slicedToArray|defineProperty|extends)\d*$/,
    'a helper of Babel; compile for a later target',
  ],
]

/** Why a name is missing, for those who see a ReferenceError of theirs for the first time. */
export function referenceHint(error: Error): string {
  if (error.name !== 'ReferenceError') return ''
  const name = /^(\S+) is not defined$/.exec(error.message)?.[1]
  if (name === undefined) return ''
  const leftover = LEFTOVERS.find(([names]) => names.test(name))
  if (leftover !== undefined) return `. '${name}' is ${leftover[1]}`
  return (
    `. The function runs in an isolate of its own and cannot see '${name}' where it was written; ` +
    `pass it by the options args or shared`
  )
}
