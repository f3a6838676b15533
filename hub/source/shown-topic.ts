/** Levels that protocols and bridges write themselves. */
const WORDS = new Set(
  (
    '# + $SYS homes sensors gateways status state set get availability config attributes up down event events rpc ' +
    'zigbee2mqtt bridge devices homeassistant tele stat cmnd sensor binary_sensor shellies esphome v3 application device'
  ).split(' '),
)
const MOST_LEVELS = 12
const UNKNOWN = '…'

/**
 * A topic for the log and the journal: `homes/h-0002/sensors/…`. Whoever writes a topic can write a name or a number into
 * it, or signs that steer a terminal; so only levels are shown that are known.
 * @param isKnown whether a level is one that the register or the settings have
 */
export function shownTopic(topic: string, isKnown: (level: string) => boolean): string {
  const levels = topic.split('/', MOST_LEVELS + 1)
  const shown = levels
    .slice(0, MOST_LEVELS)
    .map((level) => (level === '' || WORDS.has(level) || isKnown(level) ? level : UNKNOWN))
  return [...shown, ...(levels.length > MOST_LEVELS ? [UNKNOWN] : [])].join('/')
}
