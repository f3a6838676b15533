import { Link } from 'wouter'

interface NamedProps {
  readonly name: string | undefined
  readonly pseudonym: string
}

/** A name on the screen; on paper its pseudonym, unless somebody has asked for names (`print.css`). */
export function Named({ name, pseudonym }: NamedProps) {
  if (name === undefined || name === pseudonym) return pseudonym
  return (
    <>
      <span className="named">{name}</span>
      <span className="pseudonym">{pseudonym}</span>
    </>
  )
}

interface HomeNameProps {
  readonly home: string
  readonly label?: string | undefined
}

/** The name of a home, which leads to it. */
export function HomeName({ home, label }: HomeNameProps) {
  return (
    <Link href={`/homes/${encodeURIComponent(home)}`}>
      <Named name={label} pseudonym={home} />
    </Link>
  )
}
