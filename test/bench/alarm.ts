import type { Figure } from './figures.ts'
export async function benchAlarm(_quick: boolean): Promise<Figure[]> {
  return []
}
