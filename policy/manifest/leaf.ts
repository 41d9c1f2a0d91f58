/** One value and the keys that lead to it; indexes of lists are no keys but stand in `path`. */
export interface Leaf {
  readonly keys: readonly string[];
  readonly path: string;
  readonly value: unknown;
}
