import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Command } from 'commander'
import { z } from 'zod'
import { configSchema } from '../config.ts'
import { profileSchema } from '../decode/profile-schema.ts'
import { homesSchema } from '../register/homes-schema.ts'
import { staffSchema } from '../register/staff-schema.ts'
import { policyFileSchema } from '../alerts/policy-schema.ts'
import { ruleFileSchema } from '../rules/rule-schema.ts'
import { ruleTestSchema } from '../rules/rule-test.ts'
import { makeFolders } from '../source/make-folders.ts'
import { printJson, printLine } from './print.ts'
import { shippedRules } from './rule-paths.ts'

/** Every file that people write, by the name of its JSON Schema: what an editor needs to help with it. */
const SCHEMAS: Readonly<Record<string, readonly [title: string, schema: z.ZodType]>> = {
  'rules.schema.json': ['Rule file', ruleFileSchema],
  'policies.schema.json': ['Policies: who is told', policyFileSchema],
  'rule-tests.schema.json': ['Tests of a rule file', ruleTestSchema],
  // The name of the file is checked when it is read; to an editor one profile is as another.
  'profile.schema.json': ['Device profile', profileSchema('')],
  'homes.schema.json': ['Homes to import', homesSchema],
  'staff.schema.json': ['Staff to import', staffSchema],
  'hub.schema.json': ['Configuration of the hub, hub.yaml', configSchema],
}

/** The JSON Schemas as they are written to `rules/schema/`, by file name. */
export function schemaFiles(): ReadonlyMap<string, string> {
  return new Map(
    Object.entries(SCHEMAS).map(([name, [title, schema]]) => {
      const { $schema, ...rest } = z.toJSONSchema(schema, { io: 'input' })
      return [name, `${JSON.stringify({ $schema, title, ...rest }, null, 2)}\n`]
    }),
  )
}

/** `aal rules schema` */
export function addRulesSchemaCommand(rules: Command): void {
  rules
    .command('schema')
    .description(
      'Print the JSON Schema of rule files, for editors; or write those of all files that people write',
    )
    .option('--tests', 'of the test files instead')
    .option('--write [dir]', 'write all of them to a folder (default: schema/ beside the shipped rules)')
    .addHelpText(
      'after',
      '\nA first line "# yaml-language-server: $schema=schema/rules.schema.json" makes editors check as you type.' +
        '\n\nExamples:\n  aal rules schema > rules.schema.json\n  aal rules schema --write my-rules/schema',
    )
    .action(async (own: { tests?: boolean; write?: string | true }, command: Command) => {
      const files = schemaFiles()
      if (own.write === undefined) {
        printLine(files.get(own.tests ? 'rule-tests.schema.json' : 'rules.schema.json')?.trimEnd() ?? '')
        return
      }
      const folder = own.write === true ? join(shippedRules(), 'schema') : own.write
      makeFolders(folder)
      for (const [name, text] of files) await writeFile(join(folder, name), text)
      const { json } = command.optsWithGlobals<{ json?: boolean }>()
      if (json) printJson({ folder, files: [...files.keys()] })
      else printLine(`Wrote ${[...files.keys()].join(', ')} to ${folder}.`)
    })
}
