/** A time in which the hub itself did not run: nothing was heard, nobody was told. Times in ms. */
export interface Away {
  readonly from: number
  readonly until: number
}
