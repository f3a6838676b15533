import { Command } from 'commander'
import { describe, expect, it } from 'vitest'
import { COMMAND_FILES, commandFilesOf } from '../../hub/cli/commands.ts'

describe('COMMAND_FILES', () => {
  it.each(COMMAND_FILES)('$names are the commands of one file', async ({ names, load }) => {
    const program = new Command('aal')
    const addCommands = await load()
    addCommands(program)
    expect(program.commands.map((command) => command.name())).toEqual(names)
  })
})

describe('commandFilesOf', () => {
  const named = (line: string) => commandFilesOf(line.split(' ')).flatMap(({ names }) => names)

  it('gives the file of the command, wherever options stand', () => {
    expect(named('alerts list')).toEqual(['alerts'])
    expect(named('--data /tmp/x alerts list --json')).toEqual(['alerts'])
    expect(named('help import')).toContain('import')
    expect(named('help import')).not.toContain('alerts')
  })

  it('gives another too where a value is the name of one', () => {
    expect(named('--data home hold h-0001')).toEqual(['home', 'hold'])
  })

  it('gives all where no command is named', () => {
    for (const line of ['--help', '--data /tmp/x', 'alrts list']) {
      expect(named(line)).toEqual(COMMAND_FILES.flatMap(({ names }) => names))
    }
  })
})
