import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Dialog } from '../parts/dialog.tsx'
import { openScanner } from './scanner.ts'

const LOOK_MS = 200

interface ScanDialogProps {
  readonly title: string
  onScanned(text: string): void
  onClose(): void
}

type State = 'opening' | 'looking' | 'refused' | 'no-camera' | 'no-https'

/** The camera's picture until a code is in it. */
export function ScanDialog({ title, onScanned, onClose }: ScanDialogProps) {
  const { t } = useTranslation(['visit', 'shared'])
  const video = useRef<HTMLVideoElement>(null)
  const scanned = useRef(onScanned)
  useEffect(() => {
    scanned.current = onScanned
  })
  // Browsers give the camera only to pages that came by HTTPS, or from this machine.
  const [state, setState] = useState<State>(() =>
    'mediaDevices' in navigator ? 'opening' : isSecureContext ? 'no-camera' : 'no-https',
  )

  useEffect(() => {
    if (!('mediaDevices' in navigator)) return
    let isOver = false
    let stream: MediaStream | undefined
    let timer: ReturnType<typeof setTimeout> | undefined
    const open = async () => {
      try {
        stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: 'environment' } })
      } catch (error) {
        const isRefused = error instanceof DOMException && error.name === 'NotAllowedError'
        if (!isOver) setState(isRefused ? 'refused' : 'no-camera')
        return
      }
      const scanner = await openScanner()
      const element = video.current
      if (isOver || !element) return stop()
      element.srcObject = stream
      await element.play().catch(() => {})
      setState('looking')
      const look = async () => {
        const text = isOver ? undefined : await scanner.look(element).catch(() => undefined)
        if (isOver) return
        if (text === undefined || text === '') timer = setTimeout(look, LOOK_MS)
        else scanned.current(text)
      }
      await look()
    }
    const stop = () => stream?.getTracks().forEach((track) => track.stop())
    void open()
    return () => {
      isOver = true
      clearTimeout(timer)
      stop()
    }
  }, [])

  const hasCamera = state === 'opening' || state === 'looking'
  return (
    <Dialog title={title} onClose={onClose}>
      {hasCamera && (
        <div className="camera" data-state={state}>
          <video ref={video} muted playsInline aria-label={t('camera.picture')} />
        </div>
      )}
      <p role="status" className={hasCamera ? 'muted' : 'notice'}>
        {t(`camera.${state}`)}
      </p>
      <div className="buttons">
        <button type="button" className="large" onClick={onClose}>
          {t('camera.type')}
        </button>
      </div>
    </Dialog>
  )
}
