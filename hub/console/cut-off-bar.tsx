import { useLanguage } from './language.tsx'
import { clockSeconds } from './time.ts'

/** Says that the hub is not heard, and since when. */
export function CutOffBar({ since }: { since: number | undefined }) {
  const { words } = useLanguage()
  return (
    <div role="alert">
      {since !== undefined && <p className="cut-off-bar">{words.cutOff(clockSeconds(since))}</p>}
    </div>
  )
}
