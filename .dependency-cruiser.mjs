/**
 * In which direction the sources of the packages depend on each other. `npm run lint` checks it.
 */

/**
 * The folders of npm/isolane/src: each imports of those above it in this list only.
 */
const order = [
  'codec',
  'protocol',
  'differ',
  'errors',
  'source-maps',
  'driver',
  'addon',
  'isolate',
  'values',
  'options',
  'check',
  'functions',
  'patch',
  'node-worker',
  'calls',
  'jobs',
  'operations',
  'warming',
  'pool',
  'index',
  'cli',
]

/**
 * Those of npm/functions/src. What stands together knows of each other.
 */
const orderOfFunctions = [
  'errors',
  'names',
  'store',
  'data',
  'testing',
  'remote',
  'sql',
  'redis',
  'postgres',
  'mysql',
  'keyv',
  'link',
  'warming',
  'loading',
  'changes',
  'local',
  'folder',
  'history',
  ['calls', 'debug', 'envelope', 'interceptors', 'logs', 'registry/events'],
  'feed',
  'registry',
  'index',
  'command',
]

const source = '^npm/isolane/src/'
const sourceOfFunctions = '^npm/functions/src/'
const within = (names, folder = source) => `${folder}(${names.flat().join('|')})(/|\\.ts$)`
const inFunctions = (names) => within(names, sourceOfFunctions)

/** Rules that keep the folders of a package in an order. */
const climbs = (folder, names, title = '') => [
  ...names.map((name, floor) => ({
    name: `${title}${[name].flat().join(', ')} is below`,
    comment: `It imports of ${names.slice(0, floor).flat().join(', ') || 'nothing else'} only.`,
    severity: 'error',
    from: { path: within([name], folder) },
    to: { path: folder, pathNot: within(names.slice(0, floor + 1), folder) },
  })),
  {
    name: `${title}no folder without a place`,
    comment: `A new folder of ${folder.slice(1)} stands in its order in .dependency-cruiser.mjs.`,
    severity: 'error',
    from: { path: folder, pathNot: within(names, folder) },
    to: {},
  },
]

/** Where functions are kept by those who want it so: subpaths of the package, each with a peer of its own. */
const places = ['redis', 'postgres', 'mysql', 'keyv', 'folder', 'testing']

export default {
  forbidden: [
    ...climbs(source, order),
    ...climbs(sourceOfFunctions, orderOfFunctions, 'functions: '),
    {
      name: 'places apart',
      comment: 'Whoever keeps functions in one place needs none of the packages for the others.',
      severity: 'error',
      from: { path: `${sourceOfFunctions}(${places.join('|')})/` },
      to: { path: inFunctions(places), pathNot: `${sourceOfFunctions}$1/` },
    },
    {
      name: 'places are chosen',
      comment:
        'A registry is given its store, and knows of no kind of them. The command opens what a URL names.',
      severity: 'error',
      from: {
        path: sourceOfFunctions,
        pathNot: inFunctions([...places, 'remote', 'sql', 'command']),
      },
      to: { path: inFunctions([...places, 'remote', 'sql']) },
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
