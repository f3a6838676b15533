import type { Home, SensorFacts } from '../model/home.ts'
import type { Form, Profile } from './profile.ts'

/** Where the messages of a topic belong. */
export interface Route {
  readonly sensor: SensorFacts
  readonly profile: Profile
  readonly form: Form
}

export interface TopicIndex {
  /** By the rest of the topic after `homes/<homeId>/`. */
  readonly routes: ReadonlyMap<string, Route>
  /** Sensors that cannot be heard, for people: to be refused when a home is registered. */
  readonly problems: readonly string[]
}

/** Lays out every topic of a home's sensors: one look-up per packet then says whose it is. */
export function createTopicIndex(
  home: Pick<Home, 'id' | 'sensors'>,
  profiles: ReadonlyMap<string, Profile>,
): TopicIndex {
  const routes = new Map<string, Route>()
  const problems: string[] = []
  for (const sensor of home.sensors) {
    const profile = profiles.get(sensor.profile)
    if (!profile) {
      problems.push(
        `Cannot hear sensor ${sensor.id} of home ${home.id}: its profile "${sensor.profile}" does not exist, ` +
          `expected one of ${[...profiles.keys()].join(', ')}`,
      )
      continue
    }
    for (const { form, template } of profile.topics) {
      const topic = fillTopic(template, sensor)
      const reason = whyNotTopic(topic) ?? takenBy(routes.get(topic))
      if (reason === undefined) routes.set(topic, { sensor, profile, form })
      else problems.push(`Cannot hear sensor ${sensor.id} of home ${home.id}: its topic "${topic}" ${reason}`)
    }
  }
  return { routes, problems }
}

/** The topic of a sensor, from its profile's template. */
export function fillTopic(template: string, sensor: Pick<SensorFacts, 'id' | 'address'>): string {
  // A function, because `$&` in an address must stay what it is.
  return template.replace(/\{(address|sensor)\}/, (_, name) =>
    name === 'sensor' ? sensor.id : sensor.address,
  )
}

/** What stands for the placeholder of a template in this topic; undefined when it is not such a topic. */
export function matchTopic(template: string, topic: string): string | undefined {
  const [before = '', after = ''] = template.split(/\{(?:address|sensor)\}/)
  if (!topic.startsWith(before) || !topic.endsWith(after)) return undefined
  const name = topic.slice(before.length, topic.length - after.length)
  return name === '' || topic.length < before.length + after.length ? undefined : name
}

function whyNotTopic(topic: string): string | undefined {
  if (/[+#\0]/.test(topic)) return 'has a wildcard, expected none [MQTT-3.3.2-2]'
  return topic.split('/').includes('')
    ? 'has an empty level, expected a name between any two slashes'
    : undefined
}

function takenBy(route: Route | undefined): string | undefined {
  return route && `is taken by sensor ${route.sensor.id}`
}
