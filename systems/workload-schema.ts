import { z } from "zod";
import { flag, objectName, peer, text, wholeNumber } from "./schema";

/** Types of values that charts of services share, besides images and resources: one for each template of the library chart. */

/** Names of environment variables that hold a credential, by their suffixes. */
const namesCredential =
  /(^|_)(password|passwd|passphrase|pwd|token|apikey|accesskey|privatekey|secretkey|credentials?|secret|dsn|(api|access|private|secret|signing|encryption)_key)$/i;
/** An address with a user and a password in it. */
const holdsPassword = /^[a-z][a-z0-9+.-]*:\/\/[^/@\s]*:[^/@\s$]+@/i;
/** A variable's name; the schema of a map's keys would make Helm name the wrong place. */
const variableName = /^[A-Za-z_][A-Za-z0-9_]*$/;
/** An empty text, or one that only refers to another variable. */
const pointsElsewhere = /^(|\$\(\w+\))$/;

/** Plain variables; a credential among them is refused without repeating it. `instead`: the key that takes it. */
export const environmentWith = (instead: string) =>
  z
    .record(z.string(), z.union([z.string(), z.number(), z.boolean()], "expected a text, a number, true or false"))
    .superRefine((variables, context) => {
      for (const [name, value] of Object.entries(variables)) {
        if (!variableName.test(name)) {
          const message = "expected a variable's name: letters, digits and _, not starting with a digit";
          context.addIssue({ code: "custom", path: [name], message });
        }
        const written = String(value);
        const named = namesCredential.test(name) && !pointsElsewhere.test(written);
        if (!named && !holdsPassword.test(written)) continue;
        const message = `${named ? "a credential in clear" : "an address with a password in it"}; put it into a Secret and name that in ${instead}`;
        context.addIssue({ code: "custom", path: [name], message });
      }
    });
export const environment = environmentWith("envFromSecrets");

/** Secrets whose keys become variables, each named once. */
export const envFromSecrets = z
  .array(
    z.strictObject({
      secretName: objectName("a Secret's name").min(1, "expected a Secret's name").describe("Its name."),
    }),
  )
  .superRefine((entries, context) => {
    for (const [index, { secretName }] of entries.entries()) {
      const first = entries.findIndex((one) => one.secretName === secretName);
      if (first === index) continue;
      context.addIssue({ code: "custom", path: [index, "secretName"], message: `the same as entry [${first}]` });
    }
  });

export const annotations = z.record(z.string(), z.string("expected a text, in quotes"));
export type Annotations = Readonly<z.output<typeof annotations>>;

/** Keys of an account. */
export const serviceAccountShape = {
  create: flag().describe("If false, the existing account `name` is used, or the namespace's default."),
  name: objectName("an account's name").describe("Default: the release's full name."),
  annotations: annotations.describe("Annotations of the account, such as for workload identity."),
};
export const refineServiceAccount = (
  account: z.output<z.ZodObject<typeof serviceAccountShape>>,
  context: z.RefinementCtx,
): void => {
  if (account.create || account.name !== "" || Object.keys(account.annotations).length === 0) return;
  context.addIssue({
    code: "custom",
    path: ["annotations"],
    message: "annotations are for an account the chart makes, but create is false and name is empty",
  });
};

const host = z
  .string("expected a host name")
  .regex(
    /^(\*\.)?[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/,
    "expected a host name such as app.example.com",
  );
const path = z.strictObject({
  path: z.string().regex(/^\//, 'expected a path that starts with "/"').describe("Path below the host."),
  pathType: z
    .enum(["Prefix", "Exact", "ImplementationSpecific"], "expected Prefix, Exact or ImplementationSpecific")
    .describe("How request paths are matched."),
});

/** Keys of an Ingress. */
export const ingressShape = {
  enabled: flag().describe("Whether there is an Ingress."),
  className: objectName("an ingress class").describe("Default: the cluster's default class."),
  annotations: annotations.describe("Annotations of the Ingress, for its controller."),
  hosts: z
    .array(
      z.strictObject({
        host: host.describe("Host name, once."),
        paths: z.array(path).min(1, "expected at least one path").describe("Paths routed to the service."),
      }),
    )
    .describe("Hosts and paths routed to the service; at least one when enabled."),
  tls: z
    .array(
      z.strictObject({
        secretName: objectName("a Secret's name")
          .min(1, "expected a Secret's name")
          .describe("Secret with the certificate."),
        hosts: z.array(host).min(1, "expected at least one host").describe("Hosts the certificate is used for."),
      }),
    )
    .describe("TLS certificates; if empty, traffic is not encrypted."),
};
/** Whether a certificate's host, such as *.example.com, matches a host: the wildcard stands for one label. */
export const coversHost = (covering: string, host: string): boolean =>
  covering === host || covering === host.replace(/^[^.]+/, "*");
export const refineIngress = (
  { enabled, hosts, tls }: Pick<z.output<z.ZodObject<typeof ingressShape>>, "enabled" | "hosts" | "tls">,
  context: z.RefinementCtx,
): void => {
  if (!enabled) return;
  const names = hosts.map((one) => one.host);
  const complain = (at: (string | number)[], message: string): void =>
    context.addIssue({ code: "custom", path: at, message });
  if (names.length === 0) complain(["hosts"], "expected at least one host, since the ingress is enabled");
  for (const [index, name] of names.entries())
    if (names.indexOf(name) < index)
      complain(
        ["hosts", index, "host"],
        `the same as entry [${names.indexOf(name)}]; put all its paths into one entry`,
      );
  for (const [index, entry] of tls.entries())
    for (const [at, name] of entry.hosts.entries())
      if (!names.some((one) => coversHost(name, one)))
        complain(["tls", index, "hosts", at], "no such host in hosts; add it there or take it out here");
};

/** Keys of an autoscaler by CPU. */
export const autoscalingShape = {
  enabled: flag().describe("Whether the replicas are autoscaled."),
  minReplicas: wholeNumber(1, 500).describe("Minimum replicas; two or more in production."),
  maxReplicas: wholeNumber(1, 500).describe("Maximum replicas; not below the minimum."),
  targetCPUUtilizationPercentage: wholeNumber(1, 100, "of percent from 1 to 100").describe(
    "Target CPU utilization, in percent of the request.",
  ),
  scaleDownWindowSeconds: wholeNumber(0, 3600, "of seconds from 0 to 3600").describe(
    "Scale-down stabilization window in seconds.",
  ),
};
export const refineAutoscaling = (
  { enabled, minReplicas, maxReplicas }: { enabled: boolean; minReplicas: number; maxReplicas: number },
  context: z.RefinementCtx,
): void => {
  if (!enabled || minReplicas <= maxReplicas) return;
  const message = `${minReplicas} is above maxReplicas, ${maxReplicas}; raise the most or lower the least`;
  context.addIssue({ code: "custom", path: ["minReplicas"], message });
};

/** Keys that every probe has, besides its handler. */
export const probeTimings = {
  periodSeconds: wholeNumber(1, 3600, "of seconds from 1 to 3600").describe("Interval of the probe in seconds."),
  timeoutSeconds: wholeNumber(1, 3600, "of seconds from 1 to 3600").describe("Seconds until a probe times out."),
  failureThreshold: wholeNumber(1, 1000, "of failures from 1 to 1000").describe(
    "Consecutive failures until the probe has failed.",
  ),
  initialDelaySeconds: wholeNumber(0, 3600, "of seconds from 0 to 3600")
    .optional()
    .describe("Seconds before the first probe; default: none."),
};
export const httpPath = z.string().regex(/^\//, 'expected a path that starts with "/"');
/** A probe over HTTP on the container's main port. */
export const httpProbe = z.strictObject({ path: httpPath.describe("Path that answers 200 to 399."), ...probeTimings });

const spreading = z.enum(["soft", "hard", "off"], "expected soft, hard or off");
/** Keys of the topology spread of a component's pods. */
export const spreadShape = {
  zone: spreading.describe("Spread over zones: soft is best effort, hard is required, off disables it."),
  host: spreading.describe("Spread over nodes: soft is best effort, hard is required, off disables it."),
};

const destination = z.strictObject({
  port: wholeNumber(1, 65_535).describe("Destination port."),
  protocols: z
    .array(z.enum(["TCP", "UDP", "SCTP"], "expected TCP, UDP or SCTP"))
    .min(1, "expected at least one protocol")
    .optional()
    .describe("Default: TCP."),
  peers: z
    .array(
      peer
        .refine((one) => Object.keys(one).length > 0, "expected a namespaceSelector, a podSelector or an ipBlock")
        .meta({ minProperties: 1 }),
    )
    .min(1, "expected at least one peer: none would mean everyone")
    .describe("Pods by namespaceSelector and podSelector, or addresses by ipBlock."),
});
/** Egress destinations by name. */
export const destinations = z.record(z.string(), destination);
export type Destinations = z.output<typeof destinations>;

/** A duration as Prometheus and Go write it. */
export const duration = (what: string): z.ZodString =>
  z.string().regex(/^\d+(ms|s|m|h)$/, `expected ${what} such as "30s"`);

/** How a chart's metrics are discovered and how often they are scraped; `auto` chooses by the kinds that the cluster serves. */
export const scrapeShape = {
  scrape: z
    .enum(
      ["auto", "annotations", "serviceMonitor", "vmServiceScrape", "off"],
      "expected auto, annotations, serviceMonitor, vmServiceScrape or off",
    )
    .describe(
      "How Prometheus or VictoriaMetrics discovers the endpoint; auto: a ServiceMonitor or VMServiceScrape if the cluster serves the kind, else annotations.",
    ),
  interval: duration("a time").describe("Scrape interval of a ServiceMonitor or VMServiceScrape."),
};

/** Arguments of a command, none of them empty. */
export const command = z.array(text("a word of the command"), "expected a list of words such as [uv, run, app]");
