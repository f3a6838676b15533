/** Most urgent first. */
const SEVERITIES = ['high', 'medium', 'low', 'info']

/**
 * @typedef {object} Transition What `GET /api/live/transitions` tells: something happened to an alert.
 * @property {number} [seq]
 * @property {number} [n]
 * @property {number} at when it happened, ms
 * @property {string} what `raised`, `acknowledged`, …
 * @property {string} by `hub`, `operator:siv`, `contact:daughter`, `token:node-red`
 * @property {string} via
 * @property {string} severity as it was then
 * @property {true} [test] it was marked as a test then
 * @property {string} [area] of the home, or of the area that it is about
 * @property {Alert} alert as it is now
 * @property {true} [known] by `known.js`: it was so already, and nothing happened
 *
 * @typedef {object} Alert The parts of an alert that the nodes look at.
 * @property {string} id
 * @property {string} rule
 * @property {string} category
 * @property {string} [home]
 *
 * @typedef {object} Reading What `GET /api/live/readings` tells.
 * @property {string} home
 * @property {string} [area]
 * @property {string} sensor
 * @property {string} kind
 * @property {string | number | boolean} value
 *
 * @typedef {object} AlertFilter An empty list lets all through.
 * @property {readonly string[]} events
 * @property {readonly string[]} homes
 * @property {readonly string[]} areas
 * @property {readonly string[]} rules
 * @property {readonly string[]} categories
 * @property {string} atLeast the least severity
 * @property {'without' | 'with' | 'only'} tests
 *
 * @typedef {object} ReadingFilter An empty list lets all through.
 * @property {readonly string[]} homes
 * @property {readonly string[]} areas
 * @property {readonly string[]} sensors
 * @property {readonly string[]} kinds
 */

/**
 * Does a node want to hear of this? By severity as it was then: an alert that was `low` when it was raised and is
 * `high` now is told of by `level`.
 * @param {AlertFilter} filter
 * @param {Transition} transition
 */
export function wantsTransition(filter, { what, severity, test, area, alert }) {
  return (
    filter.events.includes(what) &&
    isIn(filter.homes, alert.home) &&
    isIn(filter.areas, area) &&
    isIn(filter.rules, alert.rule) &&
    isIn(filter.categories, alert.category) &&
    SEVERITIES.indexOf(severity) <= indexOfSeverity(filter.atLeast) &&
    (filter.tests === 'with' || (filter.tests === 'only') === (test === true))
  )
}

/**
 * @param {ReadingFilter} filter
 * @param {Reading} reading
 */
export function wantsReading(filter, { home, area, sensor, kind }) {
  return (
    isIn(filter.homes, home) &&
    isIn(filter.areas, area) &&
    isIn(filter.sensors, sensor) &&
    isIn(filter.kinds, kind)
  )
}

/**
 * What to ask the hub for, so that every one of these gets what it wants, and little more is sent.
 * @template {string} Field
 * @param {readonly Readonly<Record<Field, readonly string[]>>[]} filters
 * @param {Readonly<Record<Field, string>>} names of the fields in the query
 * @returns {string} '' or `?kind=door&kind=bed`
 */
export function queryFor(filters, names) {
  const query = new URLSearchParams()
  for (const field of /** @type {Field[]} */ (Object.keys(names))) {
    // One that wants all of them gets all of them.
    if (filters.some((filter) => filter[field].length === 0)) continue
    for (const value of new Set(filters.flatMap((filter) => filter[field]))) query.append(names[field], value)
  }
  return query.size === 0 ? '' : `?${query}`
}

/** @param {string} severity what is no severity lets all through */
function indexOfSeverity(severity) {
  const index = SEVERITIES.indexOf(severity)
  return index < 0 ? SEVERITIES.length : index
}

/**
 * @param {readonly string[]} list
 * @param {string | undefined} value
 */
function isIn(list, value) {
  return list.length === 0 || (value !== undefined && list.includes(value))
}
