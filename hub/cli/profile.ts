import { readdir, stat, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { createInterface } from 'node:readline/promises'
import { text as readAll } from 'node:stream/consumers'
import { styleText } from 'node:util'
import type { Command } from 'commander'
import { checkProfile } from '../decode/check-profile.ts'
import { decode } from '../decode/decode.ts'
import { draftProfile } from '../decode/draft-profile.ts'
import type { Draft, Question } from '../decode/draft-profile.ts'
import { loadProfiles } from '../decode/load-profiles.ts'
import type { Profile } from '../decode/profile.ts'
import { captured, readCapture } from '../decode/read-capture.ts'
import type { Captured } from '../decode/read-capture.ts'
import { matchTopic } from '../decode/topic-index.ts'
import type { UndecodedRow } from '../http/office.ts'
import { formatDuration } from '../source/duration.ts'
import { hint } from '../source/parse-yaml.ts'
import { formatProblem } from '../source/problem.ts'
import type { Problem } from '../source/problem.ts'
import { CommandError } from './command-error.ts'
import { configOf, withApi } from './open-api.ts'
import type { DataOptions } from './open-api.ts'
import { formatTable, printJson, printLine, printMessage } from './print.ts'
import { readText } from './read-text.ts'
import { shippedProfiles } from './shipped-profiles.ts'
import { whyNotRead } from '../source/why-not-read.ts'

interface Options extends DataOptions {
  readonly json?: boolean
}

/** `aal profile list|show|check|draft` */
export function addProfileCommands(program: Command): void {
  const profile = program
    .command('profile')
    .description('Device profiles: how the messages of a sensor model become readings')
    .addHelpText(
      'after',
      '\nExamples:\n  aal profile list\n  aal profile draft capture.ndjson --id my-sensor',
    )

  profile
    .command('list [text]')
    .description(
      'List the profiles; with a text, those that have it in their name, title, maker, models or kinds',
    )
    .addHelpText('after', '\nExamples:\n  aal profile list\n  aal profile list smoke')
    .action(async (text: string | undefined, _own: object, command: Command) => {
      await list(text, command.optsWithGlobals<Options>())
    })

  profile
    .command('show <id>')
    .description('Show a profile: topics, readings, and what proves the sensor at the visit')
    .addHelpText('after', '\nExample:\n  aal profile show zigbee2mqtt-contact')
    .action(async (id: string, _own: object, command: Command) => {
      await show(id, command.optsWithGlobals<Options>())
    })

  profile
    .command('check [paths...]')
    .description(
      'Check profiles and run their examples: every error, with file:line:column (default: the shipped)',
    )
    .addHelpText(
      'after',
      '\nExamples:\n  aal profile check my-sensor.yaml\n  aal profile check my-profiles/ --json',
    )
    .action(async (paths: string[], _own: object, command: Command) => {
      await check(paths, command.optsWithGlobals<Options>())
    })

  profile
    .command('draft [capture]')
    .description(
      'Write a profile from captured messages (- or nothing: standard input), to be settled by you',
    )
    .option('--id <id>', 'the name of the profile, and of its file (default: the file of --out)')
    .option('--home <home>', 'instead of a file: what this home sent and the hub could not read')
    .option('--address <address>', 'of the device in the topics, where there are several')
    .option('--out <file>', 'write it here, not to standard output')
    .option('--no-ask', 'ask nothing: leave each question as a CHECK in the draft')
    .addHelpText(
      'after',
      '\nA capture is what mosquitto_sub writes with -v or -F %J, or NDJSON of {"topic":…,"payload":…}. Let the device' +
        '\nsay everything while you capture: open and close the door, press the button, let it be quiet.' +
        '\n\nExamples:\n  mosquitto_sub -v -t "homes/h-0001/#" -W 60 > capture.txt' +
        '\n  aal profile draft capture.txt --address hall-door --out my-contact.yaml' +
        '\n  aal profile draft --home h-0001 --address hall-door --id my-contact',
    )
    .action(async (capture: string | undefined, _own: object, command: Command) => {
      await draft(capture, command.optsWithGlobals<DraftFlags>())
    })
}

async function profilesOf(options: DataOptions): Promise<ReadonlyMap<string, Profile>> {
  return await loadProfiles((await configOf(options)).profiles ?? shippedProfiles())
}

async function list(text: string | undefined, options: Options): Promise<void> {
  const wanted = text?.toLowerCase()
  const found = [...(await profilesOf(options)).values()].filter(
    ({ id, title, maker, model, models, kinds }) =>
      wanted === undefined ||
      [id, title.en, title.nb, maker, model, JSON.stringify(models), ...kinds].some((one) =>
        one.toLowerCase().includes(wanted),
      ),
  )
  if (options.json) {
    printJson(found.map(facts))
    return
  }
  if (found.length === 0) throw new CommandError(`There is no profile with "${text}". All: aal profile list`)
  printLine(
    formatTable(
      ['PROFILE', 'ALARM', 'HEARD EVERY', 'KINDS', 'TITLE'],
      found.map(({ id, alarm, heardEvery, kinds, title }) => [
        id,
        alarm ? 'yes' : '',
        formatDuration(heardEvery),
        kinds.length > 5 ? `${kinds.slice(0, 5).join(' ')} …` : kinds.join(' '),
        title.en,
      ]),
    ),
  )
}

function facts({
  id,
  title,
  maker,
  model,
  models,
  power,
  alarm,
  heardEvery,
  kinds,
  topics,
  prove,
  examples,
}: Profile) {
  return {
    id,
    title,
    maker,
    model,
    models,
    power,
    alarm,
    heardEvery,
    kinds,
    topics,
    prove,
    examples: examples.length,
  }
}

async function show(id: string, options: Options): Promise<void> {
  const profiles = await profilesOf(options)
  const profile = profiles.get(id)
  if (!profile) throw new CommandError(`There is no profile "${id}"${hint(id, [...profiles.keys()])}`)
  if (options.json) {
    printJson({ ...facts(profile), examples: profile.examples })
    return
  }
  const { title, maker, model, models, power, alarm, heardEvery, topics, kinds, prove, examples } = profile
  const steps = prove?.steps.map(({ ask, expect: { kind, value, above, below } }) => {
    const bound = above === undefined ? (below === undefined ? '' : ` below ${below}`) : ` above ${above}`
    return `  ${ask.en} (${ask.nb}): ${kind}${value === undefined ? bound : ` ${value}`}`
  })
  const known = Object.entries(models).map(([name, list]) => `${name} ${list.join(', ')}`)
  printLine(
    [
      `${id}: ${title.en} (${title.nb})`,
      `Maker and model: ${maker}, ${model}${known.length > 0 ? `; written for: ${known.join('; ')}` : ''}`,
      `Power: ${power}; heard at least every ${formatDuration(heardEvery)}; ${alarm ? 'alarm-class' : 'not alarm-class'}`,
      `Topics below homes/<home>/: ${topics.map(({ template }) => template).join(', ')}`,
      `Kinds: ${kinds.join(', ')}`,
      prove?.nothing
        ? `Prove: ${prove.nothing.en}`
        : `Prove:\n${steps?.join('\n') ?? '  nobody has said how'}`,
      `Examples: ${examples.length}`,
    ].join('\n'),
  )
}

async function check(paths: readonly string[], options: Options): Promise<void> {
  const files = (await Promise.all((paths.length > 0 ? paths : [shippedProfiles()]).map(filesUnder))).flat()
  if (files.length === 0) throw new CommandError(`Cannot find profiles in ${paths.join(', ')}: no *.yaml`)
  const problems: Problem[] = []
  const advice: Problem[] = []
  let examples = 0
  for (const file of files) {
    const checked = checkProfile(file, await readText(file))
    problems.push(...checked.problems)
    advice.push(...checked.advice)
    examples += checked.profile?.examples.length ?? 0
  }
  if (options.json) printJson({ files: files.length, examples, problems, advice })
  else {
    for (const one of problems) printLine(styleText('red', formatProblem(one), { stream: process.stdout }))
    for (const one of advice) printLine(`${formatProblem(one)} (advice)`)
    if (problems.length === 0)
      printLine(
        `${files.length} ${files.length === 1 ? 'profile' : 'profiles'}, ${examples} examples: no errors.`,
      )
    else printMessage(`\n${problems.length === 1 ? '1 error' : `${problems.length} errors`}.`)
  }
  if (problems.length > 0) process.exitCode = 1
}

async function filesUnder(path: string): Promise<string[]> {
  const found = await stat(path).catch((cause: unknown) => {
    throw new CommandError(`Cannot read ${path}: ${whyNotRead(cause)}`)
  })
  if (!found.isDirectory()) return [path]
  const names = (await readdir(path)).filter((name) => name.endsWith('.yaml')).toSorted()
  return names.map((name) => join(path, name))
}

interface DraftFlags extends Options {
  readonly id?: string
  readonly home?: string
  readonly address?: string
  readonly out?: string
  readonly ask: boolean
}

async function draft(capture: string | undefined, options: DraftFlags): Promise<void> {
  const { home, address, out } = options
  const id = options.id ?? (out === undefined ? undefined : basename(out, '.yaml'))
  if (id === undefined) throw new CommandError('Name the profile: --id my-sensor, or --out my-sensor.yaml', 2)
  if (!/^[a-z0-9][a-z0-9-]*$/.test(id)) {
    throw new CommandError(`Cannot name a profile "${id}": expected small letters, digits and -`, 2)
  }
  if (out !== undefined && basename(out, '.yaml') !== id) {
    throw new CommandError(`Cannot write "${id}" to ${out}: expected the file ${id}.yaml`, 2)
  }
  const profiles = await profilesOf(options)
  const messages =
    home === undefined ? await readMessages(capture) : await undecodedOf(home, address, options)
  for (const one of readersOf(profiles, messages)) {
    printMessage(`The profile "${one.id}" reads all of this as it is: ${one.title.en}.`)
  }
  const known = { id, ...(address !== undefined && { address }) }
  let made = orRefuse(draftProfile(messages, profiles, known))
  if (
    options.ask &&
    made.questions.length > 0 &&
    process.stdin.isTTY &&
    process.stderr.isTTY &&
    !options.json
  ) {
    made = orRefuse(draftProfile(messages, profiles, { ...known, flipped: await ask(made.questions) }))
  }
  if (out !== undefined) {
    await writeFile(out, made.text, { flag: 'wx' }).catch((cause: unknown) => {
      throw new CommandError(`Cannot write ${out}: ${whyNotRead(cause)}`)
    })
  }
  const checks = made.text.split('CHECK').length - 1
  if (options.json) printJson({ id, messages: messages.length, ...made, checks })
  else if (out === undefined) printLine(made.text.trimEnd())
  if (!options.json) {
    const next = out === undefined ? '' : ` Then: aal profile check ${out}`
    printMessage(
      `${made.examples} examples of ${messages.length} messages. ${checks} CHECKs to settle.${next}`,
    )
  }
}

function orRefuse(made: Draft): Draft & { readonly ok: true } {
  if (made.ok) return made
  throw new CommandError(`Cannot draft a profile: ${made.reason}`)
}

async function readMessages(capture: string | undefined): Promise<readonly Captured[]> {
  const isFile = capture !== undefined && capture !== '-'
  const text = isFile ? await readText(capture) : await readAll(process.stdin)
  const { messages, problems } = readCapture(text)
  for (const problem of problems.slice(0, 5)) printMessage(problem)
  if (problems.length > 5) printMessage(`… and ${problems.length - 5} more lines`)
  if (messages.length === 0) {
    throw new CommandError(`Cannot find a message in ${isFile ? capture : 'the standard input'}`)
  }
  return messages
}

async function undecodedOf(
  home: string,
  address: string | undefined,
  options: DataOptions,
): Promise<readonly Captured[]> {
  const answer = await withApi(options, (api) => api.call('GET', '/api/undecoded?limit=1000'))
  const rows = (answer as { undecoded: UndecodedRow[] }).undecoded.filter((row) => row.home === home)
  const found = rows.filter(({ topic }) => address === undefined || topic.includes(address))
  if (found.length > 0) return found.map(({ topic, payload }) => captured(topic, payload)).toReversed()
  const topics = [...new Set(rows.map(({ topic }) => topic))].slice(0, 10)
  throw new CommandError(
    rows.length === 0
      ? `The hub has no message of home ${home} that it could not read.`
      : `No message of home ${home} that could not be read has "${address}" in its topic. There are: ${topics.join(', ')}`,
  )
}

/** Those that read all of it, and the most in it: a door's profile reads the tamper contact of a smoke detector, and no smoke. */
function readersOf(
  profiles: ReadonlyMap<string, Profile>,
  messages: readonly Captured[],
): readonly Profile[] {
  const read = [...profiles.values()].map((profile) => ({ profile, count: readingsOf(profile, messages) }))
  const most = Math.max(...read.map(({ count }) => count))
  return most > 0 ? read.filter(({ count }) => count === most).map(({ profile }) => profile) : []
}

/** @returns how many readings; 0 when any message cannot be read, or says nothing but how the device itself is */
function readingsOf(profile: Profile, messages: readonly Captured[]): number {
  let count = 0
  for (const { topic, payload } of messages) {
    const form = profile.topics.findLast(({ template }) => matchTopic(template, topic) !== undefined)?.form
    if (form === undefined) return 0
    const { observations, undecoded } = decode(profile, form, Buffer.from(payload))
    const said = observations.filter(({ kind }) => kind !== 'link' && kind !== 'battery')
    if (undecoded.length > 0 || said.length === 0) return 0
    count += said.length
  }
  return count
}

async function ask(questions: readonly Question[]): Promise<ReadonlySet<string>> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr })
  const flipped = new Set<string>()
  try {
    for (const { key, kind, isTrue, isFalse } of questions) {
      const answer = await terminal.question(
        `${key} (${kind}): does true or ON mean ${isTrue} [Enter], or ${isFalse} [n]? `,
      )
      if (/^n/i.test(answer.trim())) flipped.add(key)
    }
  } finally {
    terminal.close()
  }
  return flipped
}
