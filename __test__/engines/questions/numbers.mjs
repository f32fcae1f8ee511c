/** Arithmetic, and numbers as text. Self-contained, since it runs in isolates too. */
export function numbers(ask) {
  // Numbers: a fixed sequence over many magnitudes.
  let state = 1
  const random = () => ((state = (Math.imul(state, 1103515245) + 12345) >>> 0), state / 2 ** 32)
  const numbers = [0, -0, 1, -1, 0.5, 2, 3, 10, 1e-300, 1e300, Infinity, -Infinity, NaN]
  // By powers of two: no engine rounds these.
  for (let n = 0, scale = 2 ** -14; n < 160; n++, scale = scale > 2 ** 24 ? 2 ** -14 : scale * 2)
    numbers.push((random() - 0.5) * scale)
  for (const name of Object.getOwnPropertyNames(Math).sort()) {
    const fn = Math[name]
    if (typeof fn !== 'function' || name === 'random' || name === 'sumPrecise') continue
    for (const x of numbers) {
      if (fn.length < 2) ask(`Math.${name}`, x, () => fn(x))
      else for (const y of numbers.slice(-12)) ask(`Math.${name}`, `${x},${y}`, () => fn(x, y))
    }
  }
  for (const x of numbers) {
    for (const y of numbers.slice(-6)) {
      ask('Math.pow', `${x} ** ${y}`, () => x ** y)
      ask('Number', `${x} % ${y}`, () => x % y)
    }
    for (const digits of [0, 5, 20])
      ask('Number', `${x}.toFixed(${digits})`, () => x.toFixed(digits))
    ask('Number', `${x}.toPrecision(12)`, () => x.toPrecision(12))
    ask('Number', `${x}.toExponential()`, () => x.toExponential())
    ask('Number', `${x}.toString(7)`, () => x.toString(7))
    ask('Number', `parse ${x}`, () => Number(String(x)) === x)
  }
}
