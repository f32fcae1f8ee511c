/**
 * One hotel of some 5 MB, and four functions that change a part of it each: what an editor, a revenue
 * manager, an importer of pictures and a translator do at the same time.
 */

const ROOMS = 1500
const NIGHTS = 60

export function largeHotel() {
  const text = 'Quiet, with a view of the river and the old town. '
  return {
    name: 'Alpha',
    rooms: Array.from({ length: ROOMS }, (_, id) => ({
      id,
      title: `Room ${id}`,
      description: text.repeat(10 + (id % 10)),
      facilities: ['desk', 'safe', 'minibar', 'balcony', 'bath'].slice(id % 3),
      nights: Array.from({ length: NIGHTS }, (__, night) => ({
        night,
        price: 60 + ((id * 7 + night * 13) % 90),
        left: (id + night) % 4,
      })),
      pictures: Array.from({ length: 8 }, (__, i) => ({ url: `r${id}/${i}.jpg`, rank: i })),
    })),
  }
}

/** Each returns what it changed; self-contained. */
export const changes = {
  prices(hotel) {
    for (const room of hotel.rooms) {
      for (const night of room.nights) {
        if (night.night % 7 >= 5 && night.left === 1) night.price += 5
      }
    }
    return hotel
  },
  facilities(hotel) {
    for (const room of hotel.rooms) {
      if (room.id % 5 === 0) room.facilities.push('coffee-machine')
    }
    return hotel
  },
  pictures(hotel) {
    for (const room of hotel.rooms) {
      if (room.id % 10 === 0) room.pictures.splice(3, 1)
    }
    return hotel
  },
  titles(hotel) {
    for (const room of hotel.rooms) {
      if (room.id % 20 === 0) room.title = room.title.toUpperCase()
    }
    return hotel
  },
}
