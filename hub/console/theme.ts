import { useSyncExternalStore } from 'react'

/** As the page is by itself (the board dark, all else light), or always the same. */
export const THEMES = ['auto', 'dark', 'light'] as const
export type Theme = (typeof THEMES)[number]

const KEPT = 'aal.theme'
const listeners = new Set<() => void>()

const kept = (): Theme => {
  const theme = localStorage.getItem(KEPT)
  return theme === 'dark' || theme === 'light' ? theme : 'auto'
}

/** Puts the colours of a page in force. */
export function applyTheme(path: string): void {
  const theme = kept()
  document.documentElement.dataset['theme'] = theme === 'auto' ? (path === '/' ? 'dark' : 'light') : theme
}

/** The theme that was chosen on this machine. */
export function useTheme(): { readonly theme: Theme; setTheme(theme: Theme): void } {
  const theme = useSyncExternalStore((listener) => {
    listeners.add(listener)
    return () => listeners.delete(listener)
  }, kept)
  return {
    theme,
    setTheme: (chosen) => {
      localStorage.setItem(KEPT, chosen)
      applyTheme(location.pathname)
      for (const listener of listeners) listener()
    },
  }
}
