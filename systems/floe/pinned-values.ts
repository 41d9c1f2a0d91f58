import { type ImageLock, pinned } from "../../components/image";
import { isMap, type Values } from "./generator/tree";

/** Values in which every image without a digest has that of the lock: files of values name images by tag, and a registry's digest is known to the stack alone. */
export const pinnedValues = (values: Values, lock: ImageLock): Record<string, unknown> =>
  Object.fromEntries(Object.entries(values).map(([key, value]) => [key, pinnedIn(value, key, lock)]));

function pinnedIn(value: unknown, key: string, lock: ImageLock): unknown {
  if (Array.isArray(value)) return value.map((one) => pinnedIn(one, "", lock));
  if (!isMap(value)) return value;
  const { repository, digest } = value as { repository?: unknown; digest?: unknown };
  const isImage = key === "image" && typeof repository === "string" && (digest === undefined || digest === "");
  return isImage ? pinned({ ...value, repository }, lock) : pinnedValues(value, lock);
}
