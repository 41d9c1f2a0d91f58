/** The address of the SaaS: a full name with its scheme, and nothing else. Pure. */
import type { ProfileName } from "./profiles";

const example = "such as https://agent.kube-zen.io";

/** Error of an address; empty when it is valid. The templates of charts/zen-agent refuse the same. */
export function endpointMistakes(
  endpoint: string | undefined,
  { profile, http, tls }: { readonly profile: ProfileName; readonly http: boolean; readonly tls: boolean },
): string[] {
  if (!endpoint) return [`missing; write its full name with the scheme, ${example}`];
  const scheme = /^https?:\/\//.exec(endpoint)?.[0];
  if (scheme === undefined) return [`has no scheme: write https:// before the name, ${example}`];
  const rest = endpoint.slice(scheme.length);
  const host = rest.replace(/(:\d*)?([/?#].*)?$/, "").toLowerCase();
  const lines: string[] = [];
  if (rest.includes("@")) lines.push(`holds a user or a password (not shown); write the name alone, ${example}`);
  else if (/[/?#]/.test(rest)) lines.push(`has a path: the agent knows the paths itself; take it out, ${example}`);
  else if (/^\[|:.*:/.test(rest) || /^\d+(\.\d+){3}$/.test(host))
    lines.push(`is an IP address, which no certificate stands for; write its full name, ${example}`);
  else if (/(\.svc(\.cluster\.local)?|\.cluster\.local)$/.test(host))
    lines.push(`is a name of the cluster itself (${host}); the SaaS is elsewhere: write its full name, ${example}`);
  else if (host === "localhost" && profile !== "local")
    lines.push(
      `is localhost, which in a pod is the pod itself: in profile local host.k3d.internal is the machine; elsewhere write the full name, ${example}`,
    );
  else if (
    host !== "localhost" &&
    !/^([a-z0-9]([-a-z0-9]*[a-z0-9])?\.)+[a-z]([-a-z0-9]*[a-z0-9])?(:\d{1,5})?$/i.test(rest)
  )
    lines.push(`is no full name (FQDN); write one with its domain, ${example}`);
  if (scheme === "http://" && !http)
    lines.push(
      `begins with http:// and profile is ${profile}: TLS is required (ISO A.8.5); write https://, ${example}`,
    );
  else if (scheme === "http://" && tls)
    lines.push("begins with http:// and agent.tls.enabled is true; write https://, or set agent.tls.enabled to false");
  return lines;
}
