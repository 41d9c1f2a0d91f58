/** What an API server says it serves → the list Helm makes of it for `.Capabilities.APIVersions`: each version of each group, and each kind in it,
 *  those of subresources too (helm.sh/helm/v3/pkg/action/action.go, GetVersionSet). Pure. */
import { list, read, text } from "../manifest/read";

/** What to ask for with `accept`, so that a server of 1.27 and newer tells everything in two answers (KEP-3352). */
export const discoveryTypes = [
  "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList",
  "application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList",
  "application/json",
].join(",");

/** Versions and kinds of one answer to `/api` or `/apis`; undefined for an older server's, which names groups only. */
export function servedBy(answer: unknown): string[] | undefined {
  if (text(answer, "kind") !== "APIGroupDiscoveryList") return undefined;
  return list(answer, "items").flatMap((group) =>
    list(group, "versions").flatMap((one) => {
      const version = [text(group, "metadata", "name"), text(one, "version")].filter((part) => part !== "").join("/");
      const resources = list(one, "resources");
      const kinds = [...resources, ...resources.flatMap((resource) => list(resource, "subresources"))].map((resource) =>
        text(resource, "responseKind", "kind"),
      );
      return withKinds(version, kinds);
    }),
  );
}

/** Paths to ask an older server for, one a version: its answer to `/api` names versions, that to `/apis` groups. */
export function versionPaths(answer: unknown): string[] {
  const core = list(answer, "versions").map((version) => `/api/${String(version)}`);
  const groups = list(answer, "groups").flatMap((group) =>
    list(group, "versions").map((version) => `/apis/${text(version, "groupVersion")}`),
  );
  return text(answer, "kind") === "APIVersions" ? core : groups;
}

/** Version and kinds of an answer to one of them. */
export function servedInVersion(answer: unknown): string[] {
  const kinds = list(answer, "resources").map((resource) => text(resource, "kind"));
  return withKinds(text(answer, "groupVersion"), kinds);
}

/** The version of the server, e.g. "v1.36.3"; undefined when the answer to `/version` holds none. */
export function versionIn(answer: unknown): string | undefined {
  const version = read(answer, "gitVersion");
  return typeof version === "string" && /^v1\.\d{1,3}\.\d+/.test(version) ? version : undefined;
}

const withKinds = (version: string, kinds: readonly string[]): string[] => [
  version,
  ...new Set(kinds.filter((kind) => kind !== "").map((kind) => `${version}/${kind}`)),
];
