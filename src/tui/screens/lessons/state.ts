export interface LessonsState {
  /** Index of the chosen lesson. */
  readonly chosen: number;
}
