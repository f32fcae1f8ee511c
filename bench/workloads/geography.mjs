/** Well-known places, as [latitude, longitude] in degrees. */
const PLACES = {
  london: [51.5, -0.12],
  paris: [48.86, 2.35],
  berlin: [52.52, 13.4],
  madrid: [40.42, -3.7],
  rome: [41.9, 12.5],
  vienna: [48.21, 16.37],
  kyiv: [50.45, 30.52],
  moscow: [55.75, 37.62],
  istanbul: [41.01, 28.95],
  cairo: [30.04, 31.24],
  lagos: [6.45, 3.4],
  nairobi: [-1.29, 36.82],
  johannesburg: [-26.2, 28.05],
  delhi: [28.61, 77.21],
  mumbai: [19.08, 72.88],
  beijing: [39.9, 116.4],
  tokyo: [35.68, 139.69],
  singapore: [1.35, 103.82],
  sydney: [-33.87, 151.21],
  'new-york': [40.71, -74.01],
  chicago: [41.88, -87.63],
  'los-angeles': [34.05, -118.24],
  'mexico-city': [19.43, -99.13],
  lima: [-12.05, -77.04],
  'sao-paulo': [-23.55, -46.63],
  'buenos-aires': [-34.6, -58.38],
}

/** The same as unit vectors, whose products tell how far places are apart without an arc cosine. */
export const places = Object.fromEntries(
  Object.entries(PLACES).map(([name, position]) => [name, unitVector(position)]),
)

function unitVector(position) {
  const [phi, lambda] = position.map((degrees) => (degrees * Math.PI) / 180)
  const { cos, sin } = Math
  return { x: cos(phi) * cos(lambda), y: cos(phi) * sin(lambda), z: sin(phi) }
}

/** The cosine of the angle that so many kilometres on the ground are. */
const cosineOf = (km) => Math.cos(km / 6371)

/** Rough outlines, as [longitude, latitude] corners. */
const OUTLINES = {
  iberia: [
    [-9.6, 36.9],
    [-5.4, 35.9],
    [-1.6, 36.9],
    [3.4, 42.4],
    [-1.8, 43.5],
    [-9.4, 43.9],
  ],
  italy: [
    [6.6, 45.1],
    [8.2, 43.9],
    [15.6, 37.9],
    [18.6, 40.1],
    [12.4, 44.2],
    [13.9, 46.6],
    [7.9, 46.1],
  ],
  alps: [
    [5.6, 43.9],
    [7.6, 43.9],
    [9.5, 45.7],
    [13.5, 45.9],
    [16.1, 47.6],
    [12.8, 47.9],
    [6.5, 46.6],
  ],
  scandinavia: [
    [4.7, 58.1],
    [12.2, 55.3],
    [19.4, 58.5],
    [24.2, 65.8],
    [31.2, 70.4],
    [13.6, 68.3],
  ],
  balkans: [
    [13.5, 45.5],
    [19.3, 40.2],
    [22.6, 36.4],
    [26.6, 41.2],
    [28.6, 43.9],
    [20.3, 46.1],
  ],
  nile: [
    [29.8, 31.6],
    [32.6, 31.3],
    [34.1, 26.1],
    [33.4, 15.6],
    [31.1, 15.9],
    [31.4, 25.9],
  ],
  sahel: [
    [-17.4, 12.1],
    [-17.1, 16.6],
    [10.2, 17.4],
    [36.9, 17.8],
    [36.1, 12.3],
    [10.1, 11.2],
  ],
  ganges: [
    [77.1, 30.2],
    [77.6, 26.4],
    [84.9, 24.6],
    [90.6, 22.1],
    [91.1, 24.9],
    [83.6, 27.9],
  ],
  java: [
    [105.1, -6.1],
    [106.6, -7.6],
    [114.6, -8.9],
    [114.4, -7.4],
    [108.6, -6.1],
  ],
  patagonia: [
    [-71.9, -39.1],
    [-62.2, -39.2],
    [-65.4, -47.2],
    [-67.9, -55.6],
    [-75.6, -51.2],
  ],
  'great-plains': [
    [-114.2, 49.1],
    [-104.6, 31.4],
    [-97.2, 29.6],
    [-95.9, 41.2],
    [-97.1, 49.2],
  ],
  queensland: [
    [138.1, -26.1],
    [138.2, -16.6],
    [142.6, -10.6],
    [153.7, -25.1],
    [153.4, -28.3],
  ],
}

/** 20 rules: the distance to one place. */
export function nearRules() {
  return Object.keys(places)
    .slice(0, 20)
    .map((place, i) => ({
      id: `near-${place}`,
      op: 'near',
      place,
      cosine: cosineOf(150 + 50 * (i % 6)),
    }))
}

/** 12 rules: inside an outline. */
export function outlineRules() {
  return Object.entries(OUTLINES).map(([name, corners]) => ({
    id: `in-${name}`,
    op: 'inside',
    corners,
  }))
}

const EUROPE = [
  'london',
  'paris',
  'berlin',
  'madrid',
  'rome',
  'vienna',
  'kyiv',
  'moscow',
  'istanbul',
]
const ASIA = ['istanbul', 'delhi', 'mumbai', 'beijing', 'tokyo', 'singapore']
const AMERICAS = [
  'new-york',
  'chicago',
  'los-angeles',
  'mexico-city',
  'lima',
  'sao-paulo',
  'buenos-aires',
]
const AFRICA = ['cairo', 'lagos', 'nairobi', 'johannesburg']
const LARGEST = [
  'tokyo',
  'delhi',
  'sao-paulo',
  'mexico-city',
  'cairo',
  'mumbai',
  'beijing',
  'lagos',
]

/** 28 rules: remoteness, nearest place, latitude and longitude bands, size, rank and name. */
export function plainRules() {
  return [
    remote('far-from-europe', EUROPE, 2500),
    remote('far-from-asia', ASIA, 2500),
    remote('far-from-americas', AMERICAS, 2500),
    remote('far-from-africa', AFRICA, 2500),
    remote('far-from-the-largest', LARGEST, 3000),
    nearest('london-side', EUROPE, 'london'),
    nearest('vienna-side', EUROPE, 'vienna'),
    nearest('delhi-side', ASIA, 'delhi'),
    nearest('chicago-side', AMERICAS, 'chicago'),
    nearest('lagos-side', AFRICA, 'lagos'),
    band('tropics', 'lat', -23.44, 23.44),
    band('arctic', 'lat', 66.56, 90),
    band('southern', 'lat', -90, 0),
    band('temperate-north', 'lat', 35, 66.56),
    band('horse-latitudes', 'lat', 25, 35),
    band('roaring-forties', 'lat', -50, -40),
    band('equator', 'lat', -1, 1),
    band('meridian', 'lon', -1, 1),
    band('date-line-east', 'lon', 170, 180),
    band('date-line-west', 'lon', -180, -170),
    people('megacity', 10_000_000, Infinity),
    people('large-city', 1_000_000, 10_000_000),
    people('town', 5_000, 50_000),
    people('village', 0, 5_000),
    { id: 'capital', op: 'rank', codes: ['PPLC'] },
    { id: 'seat', op: 'rank', codes: ['PPLA', 'PPLA2', 'PPLA3', 'PPLA4'] },
    { id: 'saint', op: 'named', prefixes: ['San ', 'Santa ', 'Saint ', 'Sankt ', 'São '] },
    { id: 'new', op: 'named', prefixes: ['New ', 'Nova ', 'Nueva ', 'Nouveau ', 'Neu', 'Novo'] },
  ]
}

const remote = (id, from, km) => ({ id, op: 'remote', from, cosine: cosineOf(km) })
const nearest = (id, among, place) => ({ id, op: 'nearest', among, place })
const band = (id, axis, low, high) => ({ id, op: 'band', axis, low, high })
const people = (id, low, high) => ({ id, op: 'people', low, high: Math.min(high, 1e9) })
