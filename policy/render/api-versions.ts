/** What a stock Kubernetes serves, in the form Helm makes of discovery (discovery.ts): each version of each group, and each kind in it, those of
 *  subresources too. Where no cluster is asked, `.Capabilities.APIVersions` is this list and nothing else: what an administrator has to switch on,
 *  and what a Kubernetes no longer has, is not there. */
import { knownKinds, knownMinors } from "../manifest/kind-table";
import { minorOf } from "../rules/api-lifecycle";

const lists = new Map<number, readonly string[]>();

/** Everything a stock Kubernetes of a version serves, e.g. of "1.36" or "v1.36.3". A version older or newer than those the table has is taken for the
 *  oldest or newest of them. */
export function servedByStock(kubeVersion: string): readonly string[] {
  const minor = Math.min(Math.max(minorOf(kubeVersion), knownMinors.first), knownMinors.last);
  const known = lists.get(minor) ?? servedBy(minor);
  lists.set(minor, known);
  return known;
}

function servedBy(minor: number): readonly string[] {
  const served = knownKinds.filter(({ from, to, stock }) => stock && from <= minor && minor <= to);
  return [...new Set(served.flatMap(({ apiVersion, kind }) => [apiVersion, `${apiVersion}/${kind}`]))];
}
