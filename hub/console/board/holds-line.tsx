import { useLanguage } from '../language.tsx'

/** Says how many rules call nobody for now: what people hold back must not be forgotten. */
export function HoldsLine({ count }: { count: number }) {
  const { words } = useLanguage()
  return (
    <div role="status">
      {count > 0 && (
        <p className="holds-line muted">
          {words.holds(count)} <code>aal hold list</code>
        </p>
      )}
    </div>
  )
}
