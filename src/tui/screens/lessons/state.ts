export interface LessonsState {
  /** Index of the chosen lesson. */
  readonly chosen: number;
  /** The digits of a number that are typed so far. */
  readonly typed: string;
}
