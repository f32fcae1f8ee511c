/**
 * In which direction the sources of the packages depend on each other. `npm run lint` checks it.
 */

/**
 * The folders of npm/isolane/src: each imports of those above it in this list only.
 */
const order = [
  'codec',
  'protocol',
  'errors',
  'driver',
  'addon',
  'isolate',
  'values',
  'options',
  'functions',
  'node-worker',
  'jobs',
  'operations',
  'pool',
  'index',
]

const source = '^npm/isolane/src/'
const within = (names) => `${source}(${names.join('|')})(/|\\.ts$)`

const climbs = order.map((name, floor) => ({
  name: `${name} is below`,
  comment: `${name} imports of ${order.slice(0, floor).join(', ') || 'nothing else'} only.`,
  severity: 'error',
  from: { path: within([name]) },
  to: { path: source, pathNot: within(order.slice(0, floor + 1)) },
}))

export default {
  forbidden: [
    ...climbs,
    {
      name: 'no folder without a place',
      comment: 'A new folder of npm/isolane/src stands in `order` of .dependency-cruiser.mjs.',
      severity: 'error',
      from: { path: source, pathNot: within(order) },
      to: {},
    },
    {
      name: 'engines apart',
      comment: 'What only isolates run and what only Node Workers run know nothing of each other.',
      severity: 'error',
      from: { path: within(['node-worker']) },
      to: { path: within(['isolate']) },
    },
    {
      name: 'isolane stands alone',
      comment: 'The packages above use isolane, never the other way round.',
      severity: 'error',
      from: { path: '^npm/isolane/' },
      to: { path: '^(npm/(?!isolane/)|examples/)' },
    },
    {
      name: 'codec alone',
      comment: 'Both sides of the wire have it, and isolates have nothing else: not even Node.',
      severity: 'error',
      from: { path: within(['codec']) },
      to: { pathNot: within(['codec']), dependencyTypesNot: ['core'] },
    },
    {
      name: 'no circle',
      severity: 'error',
      from: { path: '^(npm|examples)/' },
      // A type may refer back: nothing is evaluated for it.
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '/dist/' },
    // Imports of types are dependencies of the reader.
    tsPreCompilationDeps: true,
    enhancedResolveOptions: { extensions: ['.ts', '.mts', '.js', '.mjs'] },
  },
}
