import { z } from 'zod'
import { id, language, phone } from './homes-schema.ts'

/** The import file of `aal staff import`: all of the staff. */
export const staffSchema = z.strictObject({
  staff: z
    .array(
      z.strictObject({
        id: id.describe('A pseudonym, such as the name in rotas: it goes into the history of alerts.'),
        name: z.string().optional(),
        phone: phone.optional().describe('For SMS, and to know whose answer it is.'),
        email: z.email('expected an address such as siv@example.org').optional(),
        language: language.default('nb'),
      }),
    )
    .describe('Whoever is not in it any more is forgotten.'),
})
