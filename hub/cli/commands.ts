import type { Command } from 'commander'

/** A file of `hub/cli/` with commands, of which none other is loaded to run one. */
export interface CommandFile {
  /** The first words of its commands. */
  readonly names: readonly string[]
  readonly load: () => Promise<(program: Command) => void>
}

/** In the order in which `aal --help` lists them. */
export const COMMAND_FILES: readonly CommandFile[] = [
  { names: ['demo'], load: async () => (await import('./demo.ts')).addDemoCommand },
  { names: ['init'], load: async () => (await import('./init.ts')).addInitCommand },
  { names: ['start'], load: async () => (await import('./start.ts')).addStartCommand },
  { names: ['sign-in'], load: async () => (await import('./sign-in.ts')).addSignInCommand },
  { names: ['person'], load: async () => (await import('./person.ts')).addPersonCommands },
  { names: ['token'], load: async () => (await import('./token.ts')).addTokenCommands },
  { names: ['audit'], load: async () => (await import('./audit.ts')).addAuditCommands },
  { names: ['import', 'export'], load: async () => (await import('./register.ts')).addRegisterCommands },
  { names: ['gateway'], load: async () => (await import('./gateway.ts')).addGatewayCommands },
  { names: ['certificate'], load: async () => (await import('./certificate.ts')).addCertificateCommands },
  { names: ['staff'], load: async () => (await import('./staff.ts')).addStaffCommands },
  { names: ['oncall'], load: async () => (await import('./oncall.ts')).addOncallCommands },
  { names: ['home'], load: async () => (await import('./home.ts')).addHomeCommands },
  { names: ['resident'], load: async () => (await import('./resident.ts')).addResidentCommands },
  { names: ['sensor'], load: async () => (await import('./sensor.ts')).addSensorCommands },
  { names: ['limits'], load: async () => (await import('./limits.ts')).addLimitsCommands },
  { names: ['mode'], load: async () => (await import('./mode.ts')).addModeCommand },
  { names: ['hold'], load: async () => (await import('./hold.ts')).addHoldCommands },
  { names: ['consent'], load: async () => (await import('./consent.ts')).addConsentCommand },
  { names: ['alerts'], load: async () => (await import('./alerts.ts')).addAlertsCommands },
  { names: ['messages'], load: async () => (await import('./messages.ts')).addMessagesCommands },
  { names: ['indicators'], load: async () => (await import('./indicators.ts')).addIndicatorsCommand },
  { names: ['history'], load: async () => (await import('./history.ts')).addHistoryCommands },
  { names: ['undecoded'], load: async () => (await import('./undecoded.ts')).addUndecodedCommands },
  { names: ['profile'], load: async () => (await import('./profile.ts')).addProfileCommands },
  { names: ['rules'], load: async () => (await import('./rules.ts')).addRulesCommands },
  { names: ['dashboards'], load: async () => (await import('./dashboards.ts')).addDashboardsCommands },
  { names: ['backup'], load: async () => (await import('./backup.ts')).addBackupCommands },
  { names: ['restore'], load: async () => (await import('./restore.ts')).addRestoreCommand },
  { names: ['doctor'], load: async () => (await import('./doctor.ts')).addDoctorCommand },
  { names: ['simulate'], load: async () => (await import('./simulate.ts')).addSimulateCommand },
  { names: ['watchdog'], load: async () => (await import('./watchdog.ts')).addWatchdogCommand },
]

/**
 * Those that a command line may be about: of every name that stands anywhere in it, as options with values may
 * come first; all where none does, for the help and for the name that was meant.
 */
export function commandFilesOf(args: readonly string[]): readonly CommandFile[] {
  const named = COMMAND_FILES.filter(({ names }) => names.some((name) => args.includes(name)))
  return named.length === 0 ? COMMAND_FILES : named
}
