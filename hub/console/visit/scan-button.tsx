import { lazy, Suspense, useState } from 'react'
import { useTranslation } from 'react-i18next'

const ScanDialog = lazy(async () => ({ default: (await import('./scan-dialog.tsx')).ScanDialog }))

interface ScanButtonProps {
  /** What is looked for: `Scan the gateway's code`. */
  readonly title: string
  onScanned(text: string): void
}

/** Reads a code with the camera. Where there is none, or it is refused, one types: everything works the same. */
export function ScanButton({ title, onScanned }: ScanButtonProps) {
  const { t } = useTranslation('visit')
  const [open, setOpen] = useState(false)
  return (
    <>
      <button type="button" className="scan" aria-label={title} onClick={() => setOpen(true)}>
        <svg viewBox="0 0 24 24" aria-hidden="true">
          <path d="M4 8V5a1 1 0 0 1 1-1h3m8 0h3a1 1 0 0 1 1 1v3m0 8v3a1 1 0 0 1-1 1h-3m-8 0H5a1 1 0 0 1-1-1v-3M7.5 12h9" />
        </svg>
        {t('scan')}
      </button>
      {open && (
        <Suspense fallback={null}>
          <ScanDialog
            title={title}
            onClose={() => setOpen(false)}
            onScanned={(text) => {
              setOpen(false)
              onScanned(text)
            }}
          />
        </Suspense>
      )}
    </>
  )
}
