const QUESTIONS: ReadonlySet<string> = new Set([
  'status',
  'hvordan',
  'hvordan går det',
  'korleis',
  'korleis går det',
  'how',
  'how are things',
])

/** Whether an SMS asks how things are, and nothing else: beside an answer it may be a word of it. */
export function asksForStatus(text: string): boolean {
  const words =
    text
      .normalize('NFKC')
      .toLowerCase()
      .match(/[\p{L}\p{N}]+/gu) ?? []
  return QUESTIONS.has(words.join(' '))
}
