import type { Command } from 'commander'
import { change, fieldsOf, pathOf, tell } from './change-home.ts'
import type { ChangeOptions } from './change-home.ts'

/** `aal sensor add|replace|remove` */
export function addSensorCommands(program: Command): void {
  const sensor = program
    .command('sensor')
    .description('Sensors of homes: add one, put another device in its place, take it out')
    .addHelpText('after', '\nExample:\n  aal sensor replace h-0001 hall-door address=0x00158d0001a2b3c4')
  sensor
    .command('add <home> <sensor> <fields...>')
    .description('Add a sensor; fields are as in the import file')
    .option('--by <person>', 'who does it', 'cli')
    .addHelpText(
      'after',
      '\nExample:\n  aal sensor add h-0001 hall-door profile=zigbee2mqtt-contact room=hall role=entrance',
    )
    .action(async (home: string, id: string, fields: string[], _own: object, command: Command) => {
      const options = command.optsWithGlobals<ChangeOptions>()
      tell(options, await change(options, 'POST', `${pathOf(home)}/sensors`, { ...fieldsOf(fields), id }))
    })
  sensor
    .command('replace <home> <sensor> <fields...>')
    .description('Put another device in the place of a sensor, which goes on with its history and rules')
    .option('--by <person>', 'who does it', 'cli')
    .addHelpText(
      'after',
      '\nFields: address=…, and profile=… where it is another kind of device.\n\nExample:\n  aal sensor replace h-0001 hall-door address=hall-door-2',
    )
    .action(async (home: string, id: string, fields: string[], _own: object, command: Command) => {
      const options = command.optsWithGlobals<ChangeOptions>()
      const path = `${pathOf(home)}/sensors/${encodeURIComponent(id)}/replacement`
      tell(options, await change(options, 'POST', path, fieldsOf(fields)))
    })
  sensor
    .command('remove <home> <sensor>')
    .description('Take a sensor out of a home; what it measured stays')
    .option('--by <person>', 'who does it', 'cli')
    .addHelpText('after', '\nExample:\n  aal sensor remove h-0001 hall-door')
    .action(async (home: string, id: string, _own: object, command: Command) => {
      const options = command.optsWithGlobals<ChangeOptions>()
      tell(options, await change(options, 'DELETE', `${pathOf(home)}/sensors/${encodeURIComponent(id)}`))
    })
}
