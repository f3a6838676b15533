import { useCallback, useEffect, useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useLocation, useParams, useSearch } from 'wouter'
import type { Visit } from '../../model/visit.ts'
import { useLiveEvents } from '../hub-state.tsx'
import { Fault } from '../parts/fault.tsx'
import { Loading } from '../parts/loading.tsx'
import { PageHeader } from '../parts/page-header.tsx'
import { useApi } from '../use-api.ts'
import type { Answer } from '../use-api.ts'
import { FinishCard } from './finish-card.tsx'
import { GatewayCard } from './gateway-card.tsx'
import { HomeCard } from './home-card.tsx'
import { ProveCard } from './prove-card.tsx'
import { SensorsCard } from './sensors-card.tsx'
import { useSending } from './send-kept.ts'
import type { Sending } from './send-kept.ts'
import type { GatewayLine, MadeCredentials, RegisteredHome } from './shapes.ts'
import { Steps, STEPS } from './steps.tsx'
import type { Step } from './steps.tsx'
import { VisitMain } from './visit-main.tsx'

const LOOK_MS = 5000

/** What the cards of a visit share. */
export interface VisitProps {
  readonly home: RegisteredHome
  readonly visit: Visit | undefined
  readonly gateways: Answer<{ gateways: readonly GatewayLine[] }>
  readonly sending: Sending
  /** The hub answered a change with the visit as it is then. */
  onVisit(visit: Visit): void
  reload(): void
  go(step: Step): void
}

/** The visit of a home, one card at a time. */
export function VisitPage() {
  const { home = '' } = useParams<{ home: string }>()
  return <VisitOf key={home} id={home} />
}

function VisitOf({ id }: { readonly id: string }) {
  const { t } = useTranslation('visit')
  const base = `/api/homes/${encodeURIComponent(id)}`
  const registered = useApi<RegisteredHome>(`${base}/register`)
  const visits = useApi<Visit>(`${base}/visit`)
  const gateways = useApi<{ gateways: readonly GatewayLine[] }>(`${base}/gateways`, { every: LOOK_MS })
  const { reload: reloadHome } = registered
  const { reload: reloadVisit } = visits
  const { reload: reloadGateways } = gateways
  const reload = useCallback(() => {
    void reloadHome()
    void reloadVisit()
    void reloadGateways()
  }, [reloadHome, reloadVisit, reloadGateways])
  const sending = useSending(reload)
  // At once: somebody stands at the door and waits.
  useLiveEvents((event) => {
    if (event.type !== 'visit' || !event.inHomes.includes(id)) return
    void reloadVisit()
    void reloadGateways()
  })
  const [secret, setSecret] = useState<MadeCredentials>()

  const made = sending.kept.acts.find(
    (one) => one.home === id && one.part === 'home' && one.method === 'POST',
  )
  const home = useMemo(() => registered.data ?? (made && homeOf(id, made.body)), [registered.data, made, id])
  const visit = visits.data
  const done = useMemo(() => doneSteps(home, visit, gateways.data?.gateways), [home, visit, gateways.data])
  const [step, go] = useStep(visit && (STEPS.find((one) => !done.has(one)) ?? 'certificate'))

  const props = home && {
    home,
    visit,
    gateways,
    sending,
    onVisit: visits.put,
    reload,
    go,
  }
  return (
    <>
      <PageHeader title={home ? (home.fields.label ?? id) : id} back={{ href: '/visit', text: t('title') }} />
      <VisitMain>
        <Steps at={step} done={done} onGo={go} />
        {!props && (registered.fault ? <Fault fault={registered.fault} onAgain={reload} /> : <Loading />)}
        {props && step === 'home' && <HomeCard {...props} />}
        {props && step === 'gateway' && <GatewayCard {...props} secret={secret} onSecret={setSecret} />}
        {props && step === 'sensors' && <SensorsCard {...props} />}
        {props && step === 'prove' && <ProveCard {...props} />}
        {props && step === 'certificate' && <FinishCard {...props} />}
      </VisitMain>
    </>
  )
}

/** The step stands in the address: the phone's back button goes one back, a reload stays. */
function useStep(first: Step | undefined): readonly [Step, (step: Step) => void] {
  const [path, navigate] = useLocation()
  const given = new URLSearchParams(useSearch()).get('step')
  const known = STEPS.find((one) => one === given)
  useEffect(() => {
    if (known === undefined && first !== undefined) navigate(`${path}?step=${first}`, { replace: true })
  }, [known, first, path, navigate])
  const go = (step: Step) => {
    navigate(`${path}?step=${step}`)
    window.scrollTo(0, 0)
  }
  return [known ?? first ?? 'home', go]
}

function doneSteps(
  home: RegisteredHome | undefined,
  visit: Visit | undefined,
  gateways: readonly GatewayLine[] = [],
): ReadonlySet<Step> {
  const isOpen = visit !== undefined
  const isProven =
    isOpen &&
    visit.sensors.length > 0 &&
    visit.sensors.every(({ state }) => state === 'proven') &&
    visit.alarm?.state === 'answered'
  return new Set<Step>([
    ...(isOpen ? (['home'] as const) : []),
    ...(gateways.some(({ online }) => online) ? (['gateway'] as const) : []),
    ...(home && home.sensors.length > 0 ? (['sensors'] as const) : []),
    ...(isProven ? (['prove'] as const) : []),
    ...(visit?.finished ? (['certificate'] as const) : []),
  ])
}

/** A home that this phone has made, and the hub not heard of yet. */
function homeOf(id: string, body: Readonly<Record<string, unknown>>): RegisteredHome {
  const text = (name: string) => {
    const value = body[name]
    return typeof value === 'string' ? { [name]: value } : {}
  }
  return {
    home: id,
    fields: {
      id,
      timezone: String(body['timezone'] ?? ''),
      ...text('label'),
      ...text('area'),
      ...text('address'),
      ...text('access'),
    },
    service: { state: 'planned' },
    residents: [],
    contacts: [],
    rooms: [],
    sensors: [],
  }
}
