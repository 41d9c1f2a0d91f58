/** Finds what is shaped like a pod, or a part of one, in an object of any kind. Pure, one look at each value; pod-marks.ts says what counts. */
import { child } from "../manifest/field-path";
import { keysOf, type Place, placesIn } from "../manifest/place";
import { type Marks, markOf, type PodMark, podLists } from "./pod-marks";

/** Shapes told of one object: with more it is clear enough that it holds pods. */
const most = 20;

/** A pod's spec, or a part of one, somewhere in an object. */
export interface PodShape {
  /** Path of what gives it away, with the index of each list. */
  readonly field: string;
  /** Steps of the path of the spec, `*` in place of each index. */
  readonly steps: readonly string[];
  readonly what: PodMark["what"];
}

/** Pod specs in an object, each kind of place once, in their order; those in `known` and everything below them are left out, and so is its metadata. What
 *  stands inside a shape that is told is told again only where it is a pod's own list of containers. */
export function podShapesIn(
  object: Readonly<Record<string, unknown>>,
  known: ReadonlySet<unknown>,
  marks: Marks = "all",
): PodShape[] {
  const found = new Map<string, PodShape>();
  const { metadata: _, ...value } = object;
  const open: (Place & { readonly told?: PodMark["what"] | undefined })[] = [{ value, key: "" }];
  for (let place = open.pop(); place !== undefined && found.size < most; place = open.pop()) {
    const { value } = place;
    if (typeof value !== "object" || value === null || known.has(value)) continue;
    const mark = Array.isArray(value) ? undefined : markOf(value as Fields, marks);
    const isNew = mark !== undefined && (podLists.includes(mark.key) || !says(place.told, mark.what));
    if (isNew) {
      const shape = shapeAt({ value, key: mark.key, above: place }, mark.what);
      if (!found.has(shape.steps.join("."))) found.set(shape.steps.join("."), shape);
    }
    const told = isNew && place.told !== "containers" ? mark.what : place.told;
    for (const inner of placesIn(place)) open.push({ ...inner, told });
  }
  return [...found.values()];
}

/** Whether a shape around another has said what that says: containers say most. */
const says = (told: PodMark["what"] | undefined, what: PodMark["what"]): boolean =>
  told === "containers" || (told !== undefined && what !== "containers");

type Fields = Readonly<Record<string | number, unknown>>;

/** The shape that is given away by what stands at a place. */
function shapeAt(mark: Place, what: PodMark["what"]): PodShape {
  const keys = keysOf(mark);
  const steps = keys.slice(0, -1).map((key) => (typeof key === "number" ? "*" : key));
  return { field: keys.reduce<string>(child, ""), steps, what };
}
