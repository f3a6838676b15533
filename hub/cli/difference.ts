import { styleText } from 'node:util'
import type { ImportAnswer } from '../http/home-file-routes.ts'

type Home = NonNullable<ImportAnswer['differences']>[number]

const MOST_SHOWN = 100

/** What an import would change, for people: what comes, what becomes something else, and, plainly, what goes. */
export function formatDifference({ differences = [], others = 0 }: ImportAnswer): string {
  const changed = differences.filter(({ what }) => what !== 'same')
  const shown = changed.slice(0, MOST_SHOWN).map(formatHome)
  const more = changed.length - shown.length
  const goes = changed.flatMap(({ home, differences: all }) =>
    all.flatMap(({ path, after }) => (isEntry(path) && after === undefined ? [`${home}: ${path}`] : [])),
  )
  return [
    ...shown,
    ...(more > 0 ? [`… and ${more} more homes.`] : []),
    ...(goes.length > 0 ? [colour('red', `Would go away (${goes.length}): ${goes.join(', ')}`)] : []),
    `${count(differences.filter(({ what }) => what === 'new').length)} new, ${count(changed.filter(({ what }) => what === 'changed').length)} changed, ${count(differences.length - changed.length)} as they are. ${others === 0 ? '' : `${count(others)} not in the file: they stay. `}Nothing was changed.`,
  ].join('\n')
}

function formatHome({ home, what, differences }: Home): string {
  const title = what === 'new' ? colour('green', `+ ${home}`) : `~ ${home}`
  const lines = differences.map(({ path, before, after }) => {
    if (before === undefined) return colour('green', `    + ${path}: ${after}`)
    if (after === undefined) return colour('red', `    - ${path}: ${before}`)
    return colour('yellow', `    ~ ${path}: ${before} → ${after}`)
  })
  return [title, ...lines].join('\n')
}

/** `sensors/hall-door`, not one of its fields. */
function isEntry(path: string): boolean {
  return path.split('/').length === 2
}

function count(homes: number): string {
  return homes === 1 ? '1 home' : `${homes} homes`
}

function colour(name: 'red' | 'green' | 'yellow', text: string): string {
  return styleText(name, text, { stream: process.stdout })
}
