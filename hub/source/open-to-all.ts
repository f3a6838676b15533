/** The rights of those who are neither the owner of a file nor in its group. */
const OTHERS = 0o007

/** Whether everybody on this machine may do something with a file or folder of this mode (`stat`). */
export function isOpenToAll(mode: number): boolean {
  return (mode & OTHERS) !== 0
}
