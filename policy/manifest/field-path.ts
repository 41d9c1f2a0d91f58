/** Paths of fields inside an object, e.g. `spec.containers[0].securityContext` or `metadata.annotations["a.b/c"]`. */

/** Appends a key or an index; keys that are no plain words go into brackets. */
export function child(path: string, key: string | number): string {
  if (typeof key === "number") return `${path}[${key}]`;
  if (!/^[A-Za-z_][\w-]*$/.test(key)) return `${path}[${JSON.stringify(key)}]`;
  return path === "" ? key : `${path}.${key}`;
}

/** The keys and indexes of a path, in order. A part that is no key, such as `[*]`, ends it. */
export function segments(path: string): (string | number)[] {
  const found: (string | number)[] = [];
  for (const [, word, index, quoted] of path.matchAll(/([^.[\]]+)|\[(\d+)\]|\[("(?:[^"\\]|\\.)*")\]|\[[^[\]]*\]/g)) {
    if (quoted !== undefined) found.push(JSON.parse(quoted));
    else if (index !== undefined) found.push(Number(index));
    else if (word !== undefined) found.push(word);
    else break;
  }
  return found;
}
