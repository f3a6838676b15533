import type { ReactNode } from 'react'
import type { Answer } from '../use-api.ts'
import { Fault } from './fault.tsx'
import { Loading } from './loading.tsx'

interface AnsweredProps<T> {
  readonly answer: Answer<T>
  readonly children: (data: T) => ReactNode
}

/** What the hub answered; while it has not, that; and where the newest question failed, that above what is known. */
export function Answered<T>({ answer, children }: AnsweredProps<T>) {
  const { data, fault, reload } = answer
  return (
    <>
      {fault && <Fault fault={fault} onAgain={() => void reload()} />}
      {data === undefined ? !fault && <Loading /> : children(data)}
    </>
  )
}
