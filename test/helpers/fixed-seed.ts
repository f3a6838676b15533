import { configureGlobal } from 'fast-check'

/** Property tests meet the same cases in every run; `PROPERTY_SEED=N npm test` looks for others. */
configureGlobal({ seed: Number(process.env['PROPERTY_SEED'] ?? 20_261_121) })
