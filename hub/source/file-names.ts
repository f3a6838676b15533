/** Policies lie in a folder of their own beside the rules: `policies/standard.yaml`. */
export function isPolicyFile(name: string): boolean {
  return /(^|[/\\])policies[/\\][^/\\]+$/.test(name)
}
