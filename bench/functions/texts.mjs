/** Functions as a service has them, each of about a kilobyte of text, and what they are called with. */

export const nameOf = (i) => `shop${i % 20}/price${i}`

/** Functions whose texts are other in each version. */
export const publicationsOf = (count, version) =>
  Array.from({ length: count }, (_, i) => ({ name: nameOf(i), source: textOf(i, version) }))

/** @returns {string} a CommonJS module that needs no other */
export function textOf(i, version) {
  return `'use strict'
// Prices of shop ${i % 20}, version ${version}.
const TAXES = { food: 1.07, books: 1.07, other: 1.19 }
const LIMITS = [[1000, 0.9], [500, 0.95], [${100 + (i % 50)}, 0.98]]

function priceOf({ amount, each, category }) {
  const tax = TAXES[category] ?? TAXES.other
  return Math.round(amount * each * tax * 100) / 100
}

function discountOf(total, customer) {
  const step = LIMITS.find(([from]) => total >= from)
  const own = customer.orders > ${10 + (i % 7)} ? 0.97 : 1
  return (step === undefined ? 1 : step[1]) * own
}

function label(customer) {
  const name = customer.name.trim().split(/\\s+/)
  return name.length > 1 ? name[0] + ' ' + name.at(-1)[0] + '.' : name[0]
}

module.exports = (order) => {
  const lines = order.lines.map((line) => ({ id: line.id, price: priceOf(line) }))
  const total = lines.reduce((sum, { price }) => sum + price, 0)
  const discount = discountOf(total, order.customer)
  return { id: order.id, for: label(order.customer), lines, total: total * discount, by: ${i} }
}
`
}

/** What such a function is called with. */
export const orderOf = (i) => ({
  id: i,
  customer: { name: `Ada Number ${i % 100}`, orders: i % 30 },
  lines: Array.from({ length: 5 }, (_, line) => ({
    id: line,
    amount: 1 + ((i + line) % 9),
    each: 2.5 * (line + 1),
    category: ['food', 'books', 'toys'][(i + line) % 3],
  })),
})
