import { z } from "zod";
import { isPlaceholderDigest } from "../policy/images/image-reference";
import { quantityOf } from "../policy/manifest/quantity";

/** Types that several systems' configurations share. Error messages state what is expected and never contain the given value. */

/** A valid name of a namespace, a Service or a label value (RFC 1123). */
export const dnsLabel = (what: string, longest = 63): z.ZodString =>
  z
    .string()
    .max(longest, `${what} must have at most ${longest} characters`)
    .regex(
      /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/,
      `${what} must be lower-case letters, digits and "-", and start and end with a letter or digit`,
    );

/** Name of an object in the cluster (RFC 1123 subdomain), or an empty text for none. */
export const objectName = (what: string): z.ZodString =>
  z.string().regex(/^([a-z0-9]([-a-z0-9.]*[a-z0-9])?)?$/, `expected ${what}, or an empty text`);

/** A whole number in a range; `what` ends the sentence, e.g. "of seconds from 1 to 60". */
export const wholeNumber = (lowest: number, highest: number, what = `from ${lowest} to ${highest}`): z.ZodNumber => {
  const error = `expected a whole number ${what}`;
  return z
    .number({ error })
    .int({ error, abort: true })
    .min(lowest, { error, abort: true })
    .max(highest, { error, abort: true });
};

/** Text with at least one visible character. */
export const text = (what: string): z.ZodString =>
  z.string(`expected ${what}`).regex(/\S/, { error: `expected ${what}, not an empty text`, abort: true });

/** `true` or `false`, not the words in quotes. */
export const flag = (): z.ZodBoolean => z.boolean("expected true or false, without quotes");

/** An amount of CPU. */
export const cpu = z
  .string('expected CPU as text such as "100m" or "0.5"')
  .regex(/^(\d+m|\d+(\.\d{1,3})?)$/, { error: 'expected CPU such as "100m" or "0.5"', abort: true })
  .describe('CPU in cores, such as "0.5", or thousandths of one, such as "100m".');
/** An amount of memory. */
export const memory = z
  .string('expected memory as text such as "128Mi"')
  .regex(/^\d+(Ki|Mi|Gi|Ti|k|M|G|T)?$/, { error: 'expected memory such as "128Mi" or "1Gi"', abort: true })
  .describe('Memory in bytes with a unit, such as "128Mi".');

/** A quantity that matches one of the patterns above, as a number: cores or bytes. */
export const quantity = (written: string): number => quantityOf(written) ?? 0;

const amounts = z.strictObject({ cpu, memory });

/** Requests and limits of a container for CPU and memory, all required. */
export const resources = z
  .strictObject({
    requests: amounts.describe("Resource requests; above zero, because autoscaling is relative to them."),
    limits: amounts.describe("Resource limits; not below the request."),
  })
  .superRefine(({ requests, limits }, context) => {
    for (const kind of ["cpu", "memory"] as const) {
      for (const [part, amount, why] of [
        ["requests", requests[kind], "nothing is set aside, and an autoscaler has nothing to measure by"],
        ["limits", limits[kind], "Kubernetes takes that as no limit"],
      ] as const)
        if (quantity(amount) === 0)
          context.addIssue({ code: "custom", path: [part, kind], message: `expected more than ${amount}: ${why}` });
      if (quantity(limits[kind]) >= quantity(requests[kind]) || quantity(limits[kind]) === 0) continue;
      context.addIssue({
        code: "custom",
        path: ["limits", kind],
        message: `the limit ${limits[kind]} is below the request ${requests[kind]}; raise the limit or lower the request`,
      });
    }
  });
export type Resources = z.output<typeof resources>;

const userId = (what: string) => wholeNumber(1, 2 ** 31 - 1, `above 0, the image's numeric ${what}`);

/** Whether a digest is a valid digest of an image. */
export const isNoPlaceholder = (digest: string): boolean => !isPlaceholderDigest(digest);
/** Error message for one that is not. */
export const placeholderDigest =
  "one digit repeated is no image's digest; put that of the release you run: crane digest IMAGE prints it";

/** Keys of an image, the same in every chart and configuration. */
export const imageShape = {
  repository: z
    .string()
    .regex(
      /^[a-z0-9][a-z0-9._-]*(:\d+)?(\/[a-z0-9]+([._-]+[a-z0-9]+)*)*$/,
      "expected a repository without tag, such as ghcr.io/owner/name",
    )
    .describe("Registry and repository, without tag."),
  tag: z
    .string('expected a tag as text such as "1.2.0"')
    .regex(/^([A-Za-z0-9_][A-Za-z0-9._-]{0,127})?$/, 'expected a tag such as "1.2.0"')
    .describe("Version; informational when there is a digest."),
  digest: z
    .string()
    .regex(/^(sha256:[a-f0-9]{64})?$/, "expected sha256: and 64 lower-case hexadecimal digits")
    .refine(isNoPlaceholder, placeholderDigest)
    .describe("Digest that pins the content; if empty, the tag is used."),
  pullPolicy: z
    .enum(["Always", "IfNotPresent", "Never"], "expected Always, IfNotPresent or Never")
    .describe("Image pull policy."),
  runAsUser: userId("user id").describe(
    "Numeric user of the process: the kubelet cannot verify that a user name is not root.",
  ),
  runAsGroup: userId("group id").describe("Numeric group of the process."),
};
export const image = z.strictObject(imageShape);
export type Image = z.output<typeof image>;

const labels = z.record(z.string(), z.string());
const selector = z.strictObject({
  matchLabels: labels.optional().describe("Labels to match; if omitted, everything matches."),
});
/** A range of addresses. */
export const cidr = z
  .string()
  .regex(
    /^(\d{1,3}(\.\d{1,3}){3}|[0-9a-f:]*:[0-9a-f:.]*)\/\d{1,3}$/,
    'expected a block of addresses such as "10.0.0.0/8" or "fd00::/8"',
  );
/** Peers of a NetworkPolicy rule. */
export const peer = z.strictObject({
  namespaceSelector: selector.optional(),
  podSelector: selector.optional(),
  ipBlock: z
    .strictObject({
      cidr: cidr.describe("CIDR range outside the cluster."),
      except: z.array(cidr).optional().describe("CIDR ranges excluded from it."),
    })
    .optional(),
});
const ports = z.array(z.strictObject({ protocol: z.enum(["TCP", "UDP", "SCTP"]), port: wholeNumber(1, 65_535) }));

/** Rules of a NetworkPolicy, as Kubernetes writes them. */
export const egressRules = z.array(z.strictObject({ to: z.array(peer).optional(), ports: ports.optional() }));
export const ingressRules = z.array(z.strictObject({ from: z.array(peer).optional(), ports: ports.optional() }));
export type EgressRules = z.output<typeof egressRules>;

const byHelm = z.record(z.string(), z.unknown()).optional();
/** Keys Helm itself adds to a chart's values, so that a strict type must know them (helm#10392). */
export const helmKeys = {
  global: byHelm.describe("Shared with subcharts; unused."),
  hardened: byHelm.describe("Values of the library chart, required by Helm; unused."),
};

/** Keys that every chart of a release has. */
export const chartKeys = {
  chartDigest: z.string().describe("Digest of the chart's files, written on the workloads."),
  nameOverride: objectName("a name").describe("Replaces the chart's name in labels and names."),
  fullnameOverride: objectName("a name").describe("Full name of the release's objects."),
  hardened: helmKeys.hardened,
};

/** Networks that are not on the internet: private ones (RFC 1918, RFC 6598, RFC 4193), and link-local ones with the clouds' metadata services. */
const privateNetworks = {
  v4: ["10.0.0.0/8", "100.64.0.0/10", "169.254.0.0/16", "172.16.0.0/12", "192.168.0.0/16"],
  v6: ["fc00::/7", "fe80::/10"],
};

/** NetworkPolicy peers for the whole internet, without addresses of the cluster or its cloud. */
export const internetPeers = [
  { ipBlock: { cidr: "0.0.0.0/0", except: privateNetworks.v4 } },
  { ipBlock: { cidr: "::/0", except: privateNetworks.v6 } },
];
