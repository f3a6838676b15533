import { randomBytes } from 'node:crypto'
import { constants } from 'node:fs'
import { access } from 'node:fs/promises'
import { Worker } from 'node:worker_threads'
import { OfficeError } from '../http/office.ts'
import type { RuleBook, Trial, TrialState, Writable } from '../http/rule-book.ts'
import type { RuleFile } from '../model/input.ts'
import type { RuleChange, RuleLoad } from '../model/rule-book.ts'
import type { RuleFolder } from './rule-folder.ts'
import type { KeptRules, RuleAnswer, RuleOrder } from '../threads/try-rules.ts'

const DAY = 24 * 3_600_000
const DAYS = 30
/** What is asked again within this time, ms, is not computed again. */
const FRESH = 60_000
const CHANGES_SHOWN = 20
const TRIALS_KEPT = 10
/** Of the thread, MB: what needs more ends, and nothing else with it. */
const MOST_MEMORY = 1024

export interface RuleBookOptions {
  readonly folder: string
  /** Of the rule files. */
  readonly rules: Pick<RuleFolder, 'put'> & { readonly folder: string }
  /** Whether that folder is part of the installed hub: an update would overwrite what is changed in it. */
  readonly isShipped: boolean
  readonly ruleFiles: () => readonly RuleFile[]
  /** The newest rule sets of the journal, newest first. */
  readonly history: (limit: number) => readonly KeptRules[]
  readonly now: () => number
  readonly note: (key: string) => string | undefined
  readonly keepNote: (key: string, value: string) => void
}

/** What is kept of an approval beside the journal: people's own words. */
interface ApprovalNote {
  readonly why: string
  readonly triedBy: string
}

const noteKey = (seq: number): string => `rules-change|${seq}`

/** Looks at rules and tries changed ones, in threads of their own: no alarm waits for that. */
export function createRuleBook(options: RuleBookOptions): RuleBook & { stop(): Promise<void> } {
  const { folder, now } = options
  const workers = new Set<Worker>()
  const trials: { trial: Trial; readonly before: readonly RuleFile[]; worker?: Worker }[] = []
  let load: { readonly at: number; readonly answer: Promise<RuleLoad> } | undefined
  let changes:
    | { readonly seq: number | undefined; readonly answer: Promise<readonly RuleChange[]> }
    | undefined
  let isStopped = false

  /** @returns what the thread said last */
  async function ask(
    order: RuleOrder,
    onProgress: (done: number, of: number) => void = () => {},
    onWorker: (worker: Worker) => void = () => {},
  ): Promise<Exclude<RuleAnswer, { type: 'progress' }>> {
    if (isStopped) throw new Error('the hub is stopping')
    const worker = new Worker(new URL('../threads/rules-worker.ts', import.meta.url), {
      workerData: { folder, order },
      resourceLimits: { maxOldGenerationSizeMb: MOST_MEMORY },
    })
    workers.add(worker)
    onWorker(worker)
    try {
      return await new Promise((resolve, reject) => {
        worker.on('message', (answer: RuleAnswer) => {
          if (answer.type === 'progress') onProgress(answer.done, answer.of)
          else resolve(answer)
        })
        worker.once('error', reject)
        worker.once('exit', () => reject(new Error('it was stopped')))
      })
    } finally {
      workers.delete(worker)
      await worker.terminate()
    }
  }

  async function computeLoad(): Promise<RuleLoad> {
    const answer = await ask({ type: 'load', from: now() - DAYS * DAY, to: now() })
    if (answer.type !== 'load') throw new Error(`expected a load, got ${answer.type}`)
    return answer.load
  }

  async function computeChanges(): Promise<readonly RuleChange[]> {
    const sets = options.history(CHANGES_SHOWN + 1)
    const answer = await ask({ type: 'history', sets })
    if (answer.type !== 'history') throw new Error(`expected a history, got ${answer.type}`)
    // Of the oldest it is not known what was before, unless it is the very first.
    return sets.length > CHANGES_SHOWN ? answer.changes.slice(0, -1) : answer.changes
  }

  function find(id: string): (typeof trials)[number] {
    const found = trials.find(({ trial }) => trial.id === id)
    if (found) return found
    throw new OfficeError(
      'not-found',
      `Cannot find the trial "${id}": the hub keeps the last ${TRIALS_KEPT}, until it stops.`,
    )
  }

  function become(one: (typeof trials)[number], state: TrialState): void {
    one.trial = { ...one.trial, state }
  }

  async function run(
    one: (typeof trials)[number],
    order: Extract<RuleOrder, { type: 'trial' }>,
  ): Promise<void> {
    const isUnderWay = (): boolean => one.trial.state.is === 'running'
    try {
      const answer = await ask(
        order,
        (done, of) => isUnderWay() && become(one, { is: 'running', done, of }),
        (worker) => (one.worker = worker),
      )
      if (!isUnderWay()) return
      if (answer.type === 'refused') become(one, { is: 'refused', problems: answer.problems })
      else if (answer.type === 'trial') become(one, { is: 'done', result: answer.result })
    } catch (cause) {
      if (isUnderWay()) become(one, { is: 'failed', reason: reasonOf(cause) })
    }
  }

  return {
    files: options.ruleFiles,
    async writable(): Promise<Writable> {
      const { folder: path } = options.rules
      if (options.isShipped) return { ok: false, folder: path, why: 'shipped' }
      const error = await access(path, constants.W_OK).catch((cause: unknown) => cause)
      return error === undefined ? { ok: true, folder: path } : { ok: false, folder: path, why: 'read-only' }
    },
    load() {
      if (!load || now() - load.at > FRESH) {
        const answer = computeLoad()
        load = { at: now(), answer }
        answer.catch(() => (load = undefined))
      }
      return load.answer
    },
    async changes() {
      const seq = options.history(1)[0]?.seq
      if (!changes || changes.seq !== seq) {
        const answer = computeChanges()
        changes = { seq, answer }
        answer.catch(() => (changes = undefined))
      }
      return (await changes.answer).map((one) => {
        const note = options.note(noteKey(one.seq))
        return { ...one, ...(note !== undefined && (JSON.parse(note) as ApprovalNote)) }
      })
    },

    trials: () => trials.map(({ trial }) => trial),
    trial: (id) => find(id).trial,
    startTrial({ files, by }) {
      const busy = trials.find(({ trial }) => trial.state.is === 'running')
      if (busy) {
        throw new OfficeError(
          'conflict',
          `Cannot try this now: ${busy.trial.by} is trying something. Wait until it is done, or stop it.`,
        )
      }
      const before = options.ruleFiles()
      const names = new Set(files.map(({ name }) => name))
      const after = [...before.filter(({ name }) => !names.has(name)), ...files].toSorted((a, b) =>
        a.name < b.name ? -1 : 1,
      )
      const to = now()
      const trial: Trial = {
        id: randomBytes(6).toString('hex'),
        by,
        at: to,
        files,
        state: { is: 'running', done: 0, of: 0 },
      }
      const one = { trial, before }
      trials.unshift(one)
      trials.splice(TRIALS_KEPT)
      void run(one, { type: 'trial', before, after, from: to - DAYS * DAY, to })
      return trial
    },
    async stopTrial(id) {
      const one = find(id)
      if (one.trial.state.is !== 'running') return one.trial
      become(one, { is: 'stopped' })
      await one.worker?.terminate()
      return one.trial
    },
    async switchOn(id, { by, via, why }) {
      const one = find(id)
      const { state, files, by: triedBy } = one.trial
      if (state.is === 'on') throw new OfficeError('conflict', 'Cannot switch this on: it is on already.')
      if (state.is !== 'done') {
        throw new OfficeError('conflict', 'Cannot switch this on: it has not been tried to the end.')
      }
      if (one.before !== options.ruleFiles()) {
        throw new OfficeError(
          'conflict',
          'Cannot switch this on: other rules are in force since it was tried. Try it again.',
        )
      }
      const writable = await this.writable()
      if (!writable.ok) {
        throw new OfficeError('conflict', `Cannot switch this on: ${WHY_NOT[writable.why](writable.folder)}`)
      }
      const put = await options.rules.put(files, { by, via })
      if (!put.ok) throw new OfficeError('conflict', `Cannot switch this on: ${put.why}.`)
      const note: ApprovalNote = { why, triedBy }
      options.keepNote(noteKey(put.seq), JSON.stringify(note))
      become(one, { is: 'on', result: state.result, by, at: now() })
      return one.trial
    },
    async stop() {
      isStopped = true
      await Promise.all([...workers].map((worker) => worker.terminate()))
    },
  }
}

const WHY_NOT: Readonly<Record<Extract<Writable, { ok: false }>['why'], (folder: string) => string>> = {
  shipped: (folder) =>
    `the rules in force are those that came with the hub (${folder}), and the next version would overwrite a change. Copy the folder, and name the copy in hub.yaml (rules: …).`,
  'read-only': (folder) => `the hub may not write to ${folder}. Let its owner do it, or put the file there.`,
}

function reasonOf(cause: unknown): string {
  if (cause instanceof Error && 'code' in cause && cause.code === 'ERR_WORKER_OUT_OF_MEMORY') {
    return `Cannot go on: it took more than ${MOST_MEMORY} MB. Try it on the command line: aal rules replay --compare`
  }
  return cause instanceof Error ? cause.message : String(cause)
}
