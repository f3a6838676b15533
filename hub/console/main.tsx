import { CSPProvider } from '@base-ui/react/csp-provider'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { App } from './app.tsx'
import { firstLanguage } from './language.tsx'
import { applyTheme } from './theme.ts'
import { refuseOldPage } from './lock/old-page.ts'
import { goWayBack } from './lock/way-back.ts'
import { startWords } from './words/words.ts'
import './theme.css'

const root = document.getElementById('root')
if (!root) throw new Error('index.html has no #root')
const language = firstLanguage()
document.documentElement.lang = language
// Before anything is drawn: a page that turns dark afterwards blinds people at night.
applyTheme(location.pathname)
if (new URLSearchParams(location.search).has('wall')) document.documentElement.dataset['wall'] = ''
startWords(language)
refuseOldPage()
goWayBack()
createRoot(root).render(
  <StrictMode>
    <CSPProvider disableStyleElements>
      <App />
    </CSPProvider>
  </StrictMode>,
)
