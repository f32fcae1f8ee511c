/**
 * What a booking site knows once for all rooms: exchange rates, which facilities make a group,
 * where the landmarks are. Tag rules refer to it by name.
 */
export const hotel = {
  today: 20_500,
  currency: 'EUR',
  exchangeRates: { EUR: 1, USD: 0.92, GBP: 1.17, CHF: 1.05, JPY: 0.0061 },
  facilityGroups: {
    wellness: ['pool', 'sauna', 'spa', 'gym', 'massage'],
    business: ['desk', 'fast-wifi', 'printer', 'meeting-room'],
    family: ['cot', 'playground', 'babysitting', 'board-games', 'bath'],
    kitchen: ['kitchenette', 'fridge', 'microwave', 'dishwasher', 'coffee-machine'],
    comfort: ['air-conditioning', 'minibar', 'safe', 'bathrobe', 'blackout-curtains'],
    outdoors: ['balcony', 'terrace', 'garden', 'barbecue'],
    access: ['lift', 'step-free-shower', 'wide-doors', 'braille-signs'],
  },
  landmarks: {
    'old-town': { lat: 48.2085, lon: 16.3721 },
    'central-station': { lat: 48.1853, lon: 16.3766 },
    airport: { lat: 48.1103, lon: 16.5697 },
    'trade-fair': { lat: 48.2175, lon: 16.4065 },
    palace: { lat: 48.1849, lon: 16.3122 },
    danube: { lat: 48.2313, lon: 16.4108 },
  },
}
