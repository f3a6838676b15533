import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useSearchParams } from 'wouter'
import type { RuleFiles, RuleProblem, Trial } from '../api-types.ts'
import { Answered } from '../parts/answered.tsx'
import { Main } from '../parts/main.tsx'
import { PageHeader } from '../parts/page-header.tsx'
import { useAct } from '../use-act.ts'
import { useApi } from '../use-api.ts'
import { TrialList } from './trial-list.tsx'
import { TrialView } from './trial-view.tsx'
import './rules.css'

/** A changed rule file, tried on the past before it is switched on. */
export function TryPage() {
  const { t } = useTranslation('rules')
  const files = useApi<RuleFiles>('/api/rules/files')
  return (
    <>
      <PageHeader
        title={t('tryTitle')}
        back={{ href: '/rules', text: t('back') }}
        sentence={<span className="try-how">{t('tryHow')}</span>}
      />
      <Main className="rules">
        <Answered answer={files}>
          {(known) => <Editor known={known} onSwitched={() => void files.reload()} />}
        </Answered>
      </Main>
    </>
  )
}

const NEW = ''
/** How far a trial is, ms. */
const ASK_EVERY = 700

interface EditorProps {
  readonly known: RuleFiles
  /** Other files are in force now. */
  onSwitched(): void
}

function Editor({ known: { files, writable }, onSwitched }: EditorProps) {
  const { t } = useTranslation('rules')
  const [search, setSearch] = useSearchParams()
  const { busy, act } = useAct()
  const own = files.filter(({ name }) => !name.includes('/'))
  const first = own.find(({ name }) => name === search.get('file')) ?? own[0]
  const [name, setName] = useState(first?.name ?? NEW)
  const [newName, setNewName] = useState('')
  const [text, setText] = useState(first?.text ?? '')
  const area = useRef<HTMLTextAreaElement>(null)
  const trial = search.get('trial')

  const choose = (chosen: string): void => {
    setName(chosen)
    setText(own.find((file) => file.name === chosen)?.text ?? '')
  }
  const show = ({ name: tried, text: own_ }: RuleFiles['files'][number]): void => {
    if (own.some((file) => file.name === tried)) setName(tried)
    else {
      setName(NEW)
      setNewName(tried)
    }
    setText(own_)
  }
  const run = async (): Promise<void> => {
    const file = name === NEW ? newName.trim() : name
    const started = await act<Trial>('POST', '/api/rules/trials', { files: [{ name: file, text }] })
    if (started) setSearch({ trial: started.id }, { replace: true })
  }
  const go = ({ line }: RuleProblem): void => {
    const lines = text.split('\n')
    const start = lines.slice(0, line - 1).reduce((sum, one) => sum + one.length + 1, 0)
    area.current?.focus()
    area.current?.setSelectionRange(start, start + (lines[line - 1]?.length ?? 0))
  }
  const isSame = own.find((file) => file.name === name)?.text === text

  return (
    <>
      <form
        className="editor"
        onSubmit={(event) => {
          event.preventDefault()
          void run()
        }}
      >
        <div className="editor-top">
          <label>
            {t('file')}
            <select value={name} onChange={(event) => choose(event.target.value)}>
              {own.map((file) => (
                <option key={file.name}>{file.name}</option>
              ))}
              <option value={NEW}>{t('newFile')}</option>
            </select>
          </label>
          {name === NEW && (
            <label>
              {t('fileName')}
              <input
                required
                pattern="[A-Za-z0-9][A-Za-z0-9_\-]{0,60}\.ya?ml"
                placeholder={t('nameExample')}
                value={newName}
                onChange={(event) => setNewName(event.target.value)}
              />
            </label>
          )}
          <label className="upload">
            {t('upload')}
            <input
              type="file"
              accept=".yaml,.yml"
              onChange={(event) => void event.target.files?.[0]?.text().then(setText)}
            />
          </label>
        </div>
        <textarea
          ref={area}
          className="code"
          aria-label={t('file')}
          rows={18}
          spellCheck={false}
          wrap="off"
          value={text}
          onChange={(event) => setText(event.target.value)}
        />
        <div className="buttons">
          <button type="submit" className="primary large" disabled={busy || isSame || text.trim() === ''}>
            {t('run')}
          </button>
          {isSame && <span className="muted">{t('unchanged')}</span>}
        </div>
      </form>
      {trial !== null && (
        <Shown key={trial} id={trial} writable={writable} onGo={go} onFirst={show} onSwitched={onSwitched} />
      )}
      <TrialList shown={trial} onShow={(id) => setSearch({ trial: id }, { replace: true })} />
    </>
  )
}

interface ShownProps extends Pick<EditorProps, 'onSwitched'> {
  readonly id: string
  readonly writable: RuleFiles['writable']
  onGo(problem: RuleProblem): void
  onFirst(file: RuleFiles['files'][number]): void
}

function Shown({ id, writable, onGo, onFirst, onSwitched }: ShownProps) {
  const answer = useApi<Trial>(`/api/rules/trials/${encodeURIComponent(id)}`)
  const { data: trial, reload } = answer
  const isRunning = trial?.state.is === 'running'
  const file = trial?.files[0]
  // The text that was tried, once: what somebody types after that stays.
  const isFirst = useRef(true)
  useEffect(() => {
    if (file && isFirst.current) onFirst(file)
    if (file) isFirst.current = false
  }, [file, onFirst])
  useEffect(() => {
    if (!isRunning) return
    const timer = setInterval(() => void reload(), ASK_EVERY)
    return () => clearInterval(timer)
  }, [isRunning, reload])
  const change = (next: Trial): void => {
    answer.put(next)
    if (next.state.is === 'on') onSwitched()
  }
  return (
    <Answered answer={answer}>
      {(known) => <TrialView trial={known} writable={writable} onGo={onGo} onChange={change} />}
    </Answered>
  )
}
