/**
 * What the hub says of itself to whoever watches over it. All in ms; nothing in it is about a home or a person.
 * While the hub is well all three stay small: it writes a sign of its own life every 10 s.
 */
export interface Heartbeat {
  /** The time of the stream. */
  readonly now: number
  /** How long ago something was last written to the disk, and was there when the write returned. */
  readonly writtenAgo: number
  /** How late the oldest timer that is due is; 0 when none is. */
  readonly timerLate: number
  /** How long the oldest message to a person that should have left has not left; 0 when there is none. */
  readonly outboxAge: number
}
