import { hotel } from './hotel.mjs'

export const CATEGORIES = ['single', 'double', 'twin', 'family', 'studio', 'suite', 'apartment']
export const VIEWS = ['courtyard', 'street', 'garden', 'river', 'park', 'skyline']
export const BOARDS = ['none', 'breakfast', 'half', 'full', 'all-inclusive']
export const BEDS = ['single', 'double', 'queen', 'king', 'sofa', 'bunk']
export const CHANNELS = ['web', 'app', 'phone', 'agency', 'partner']
export const PAYMENTS = ['card', 'cash', 'transfer', 'wallet']
export const LANGUAGES = ['de', 'en', 'fr', 'it', 'es', 'hu', 'cs', 'uk', 'zh']
export const CURRENCIES = Object.keys(hotel.exchangeRates)
export const FACILITIES = Object.values(hotel.facilityGroups).flat()
