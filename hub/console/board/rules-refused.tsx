import type { RulesRefused } from '../api-types.ts'
import { useLanguage } from '../language.tsx'
import { clock } from '../time.ts'

/** Says that the rule files are not those in force: whoever changed them may not know. */
export function RulesRefusedBar({ refused }: { refused: RulesRefused | undefined }) {
  const { words } = useLanguage()
  return (
    <div role="status">
      {refused && (
        <p className="rules-refused">
          {words.rulesRefused(refused.files.join(', '), clock(refused.at))} <code>aal rules status</code>
        </p>
      )}
    </div>
  )
}
