/** Finds what is shaped like a pod in an object of any kind: a map with a list of containers that have images. Pure, one look at each value. */
import { child } from "../manifest/field-path";
import { UNKNOWN } from "../manifest/unknown";

/** Lists of containers in a pod spec. */
const rooms = ["containers", "initContainers", "ephemeralContainers"];

/** Shapes told of one object: with more it is clear enough that it holds pods. */
const most = 20;

/** A pod's spec somewhere in an object. */
export interface PodShape {
  /** Path of its list of containers, with the index of each list. */
  readonly field: string;
  /** Steps of the path of the spec, `*` in place of each index. */
  readonly steps: readonly string[];
}

/** A value and where it stands; whole paths are only written for what is found. */
interface Place {
  readonly value: unknown;
  readonly key: string | number;
  readonly above?: Place;
}

/** Pod specs in an object, each kind of place once, in their order; those in `known` and everything below them are left out, and so is its metadata. */
export function podShapesIn(object: Readonly<Record<string, unknown>>, known: ReadonlySet<unknown>): PodShape[] {
  const found = new Map<string, PodShape>();
  const { metadata: _, ...value } = object;
  const open: Place[] = [{ value, key: "" }];
  for (let place = open.pop(); place !== undefined && found.size < most; place = open.pop()) {
    const { value } = place;
    if (typeof value !== "object" || value === null || known.has(value)) continue;
    const room = Array.isArray(value)
      ? undefined
      : rooms.find((key) => Object.hasOwn(value, key) && holdsContainers((value as Room)[key]));
    if (room !== undefined) {
      const shape = shapeAt({ value, key: room, above: place });
      if (!found.has(shape.steps.join("."))) found.set(shape.steps.join("."), shape);
    }
    const keys = Array.isArray(value) ? value.keys() : Object.keys(value);
    for (const key of [...keys].reverse()) {
      const inner = (value as Room)[key];
      if (typeof inner === "object" && inner !== null) open.push({ value: inner, key, above: place });
    }
  }
  return [...found.values()];
}

type Room = Readonly<Record<string | number, unknown>>;

/** The shape whose list of containers stands at a place. */
function shapeAt(list: Place): PodShape {
  const keys: (string | number)[] = [];
  for (let place = list; place.above !== undefined; place = place.above) keys.unshift(place.key);
  const steps = keys.slice(0, -1).map((key) => (typeof key === "number" ? "*" : key));
  return { field: keys.reduce<string>(child, ""), steps };
}

const holdsContainers = (value: unknown): boolean =>
  value === UNKNOWN ||
  (Array.isArray(value) &&
    value.some(
      (item) => item === UNKNOWN || (typeof item === "object" && item !== null && Object.hasOwn(item, "image")),
    ));
