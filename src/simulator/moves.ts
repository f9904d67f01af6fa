/** The moves out of one state, in parallel arrays, so that nothing is allocated per state. */
export class Moves {
  count = 0;
  /** Every task that has a next operation has one move, which is to do it. */
  isPlain = true;
  /** Position of the task that moves; -1: an event of the environment that happens to no task. */
  position = new Int32Array(16);
  /** How many tasks on the same seat can make this move: the number of choices that it stands for. */
  weight = new Int32Array(16);
  /** Place (names.ts), seat and fault budget after it. */
  place = new Int32Array(16);
  seat = new Int32Array(16);
  budget = new Int32Array(16);
  /** The kind of choice (`Steps.tag`); 0: the plain step of a task. */
  tag = new Int32Array(16);

  add(position: number, weight: number, place: number, seat: number, budget: number, tag: number): void {
    const k = this.count++;
    if (k === this.position.length) this.#grow();
    this.position[k] = position;
    this.weight[k] = weight;
    this.place[k] = place;
    this.seat[k] = seat;
    this.budget[k] = budget;
    this.tag[k] = tag;
  }

  #grow(): void {
    for (const name of ["position", "weight", "place", "seat", "budget", "tag"] as const) {
      const wider = new Int32Array(this[name].length * 4);
      wider.set(this[name]);
      this[name] = wider;
    }
  }
}
