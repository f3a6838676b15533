import { useEffect, useRef, useState } from 'react'

const KEPT = 'aal.sound'
const REMIND_MS = 20_000

export type SoundState = 'on' | 'off' | 'blocked'

/** Three tones and two, as a high-priority alarm sounds (IEC 60601-1-8, table 3). */
const PULSES = [0, 0.2, 0.4, 0.75, 0.95]
const TONES = [523, 659, 784, 784, 1047]

/**
 * Sounds for every new high alert, and every 20 s while the hub cannot be reached. A browser lets a page sound
 * only after somebody used it: until then the state is `blocked`, and the page shows that.
 * @param urgent how many high alerts nobody has answered
 */
export function useSound(urgent: number, cutOff: boolean): { state: SoundState; toggle: () => void } {
  const [on, setOn] = useState(() => localStorage.getItem(KEPT) !== 'off')
  const [running, setRunning] = useState(false)
  const audio = useRef<AudioContext>(undefined)
  const before = useRef(0)

  useEffect(() => {
    const context = new AudioContext()
    audio.current = context
    const look = () => setRunning(context.state === 'running')
    const wake = () => void context.resume().catch(() => {})
    context.addEventListener('statechange', look)
    window.addEventListener('pointerdown', wake)
    window.addEventListener('keydown', wake)
    look()
    return () => {
      window.removeEventListener('pointerdown', wake)
      window.removeEventListener('keydown', wake)
      void context.close()
    }
  }, [])

  useEffect(() => {
    if (on && urgent > before.current) play(audio.current)
    before.current = urgent
  }, [on, urgent])

  useEffect(() => {
    if (!on || !cutOff) return
    play(audio.current)
    const timer = setInterval(() => play(audio.current), REMIND_MS)
    return () => clearInterval(timer)
  }, [on, cutOff])

  return {
    state: on ? (running ? 'on' : 'blocked') : 'off',
    toggle: () => {
      localStorage.setItem(KEPT, on ? 'off' : 'on')
      setOn(!on)
    },
  }
}

function play(context: AudioContext | undefined): void {
  if (context?.state !== 'running') return
  for (const [index, start] of PULSES.entries()) {
    const from = context.currentTime + start
    const tone = new OscillatorNode(context, { type: 'triangle', frequency: TONES[index] ?? 784 })
    const loudness = new GainNode(context, { gain: 0 })
    loudness.gain.setValueAtTime(0, from)
    loudness.gain.linearRampToValueAtTime(0.35, from + 0.02)
    loudness.gain.setValueAtTime(0.35, from + 0.12)
    loudness.gain.linearRampToValueAtTime(0, from + 0.16)
    tone.connect(loudness).connect(context.destination)
    tone.start(from)
    tone.stop(from + 0.18)
  }
}
