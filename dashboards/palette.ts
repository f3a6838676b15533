import type { Severity } from '../hub/model/alert.ts'

/**
 * Backgrounds: those of the console's two sets of colours on which the text that Grafana chooses for them (dark on what is
 * brighter than 180 of 255, light on the rest) can be read at 4.5:1. Never alone: a word stands in them.
 */
export const BACKGROUND: Readonly<Record<Severity, string>> = {
  high: '#c4161c',
  medium: '#ffc53d',
  low: '#0b6e8f',
  info: '#5b6470',
}

/** Of a line on a dark or a light page alike: at least 3:1 on both. */
export const LINE: Readonly<Record<Severity, string>> = {
  high: '#e5484d',
  medium: '#b7791f',
  low: '#1c8fb8',
  info: '#7b8594',
}

/** All well has no colour of its own. */
export const WELL = 'transparent'
/** Not known: neither well nor not. */
export const UNKNOWN = '#5b6470'
/** Something is there, and nothing is meant by it: a door is open, a bed is in use. */
export const ACTIVE = '#2f6fb0'

/** Before the word: told by shape as well. */
export const SHAPE: Readonly<Record<Severity, string>> = { high: '▲!!!', medium: '◆!!', low: '●!', info: '○' }
