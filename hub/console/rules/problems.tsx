import type { RuleProblem } from '../api-types.ts'

interface ProblemsProps {
  readonly problems: readonly RuleProblem[]
  /** Shows the place. */
  onGo?(problem: RuleProblem): void
}

/** What is wrong in files, each with its place. */
export function Problems({ problems, onGo }: ProblemsProps) {
  return (
    <ul className="problems">
      {problems.map((one) => {
        const place = `${one.file}:${one.line}:${one.column}`
        return (
          <li key={`${place} ${one.message}`}>
            {onGo ? (
              <button type="button" className="quiet" onClick={() => onGo(one)}>
                <code>{place}</code>
              </button>
            ) : (
              <code>{place}</code>
            )}
            <span>{one.message}</span>
          </li>
        )
      })}
    </ul>
  )
}
