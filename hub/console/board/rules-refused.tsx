import { useTranslation } from 'react-i18next'
import type { RulesRefused } from '../api-types.ts'
import { clock } from '../time.ts'

/** Says that the rule files are not those in force: whoever changed them may not know. */
export function RulesRefusedBar({ refused }: { refused: RulesRefused | undefined }) {
  const { t } = useTranslation('board')
  return (
    <div role="status">
      {refused && (
        <p className="rules-refused">
          {refused.files.length > 0
            ? t('rulesRefused', { files: refused.files.join(', '), time: clock(refused.at) })
            : t('rulesUnreadable', { time: clock(refused.at) })}{' '}
          <code>aal rules status</code>
        </p>
      )}
    </div>
  )
}
