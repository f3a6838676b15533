/** `npm run test:faults` kills as often as is wanted before a release; `npm test` half as often, to stay short. */
export const SHARE = process.env['FAULTS'] === 'all' ? 1 : 0.5
