import { z } from "zod";
import { dnsLabel, wholeNumber } from "../schema";

/** Destinations and sources of a service's traffic; everything else is denied. */

export const destination = z
  .strictObject({
    service: z.string().optional().describe("Another service of this stack."),
    namespace: dnsLabel("a namespace").optional().describe("All pods of a namespace."),
    cidr: z.cidrv4("expected addresses such as 10.20.0.0/16").optional().describe("CIDR range outside the cluster."),
    port: wholeNumber(1, 65_535).optional().describe("TCP port; default for a service: its own port."),
  })
  .superRefine((one, context) => {
    const ways = (["service", "namespace", "cidr"] as const).filter((key) => one[key] !== undefined);
    if (ways.length !== 1)
      context.addIssue({ code: "custom", message: "expected exactly one of service, namespace, cidr" });
    else if (one.service === undefined && one.port === undefined)
      context.addIssue({ code: "custom", path: ["port"], message: "expected the port that is reached" });
  });

export const ingress = z.strictObject({
  host: z
    .string()
    .regex(/^[a-z0-9.-]+\.[a-z0-9-]+$/, "expected a host such as shop.example.com")
    .describe("Host name."),
  className: z.string().default("").describe("Ingress class; if empty, the cluster's default."),
  tlsSecret: dnsLabel("the Secret's name").describe("Secret with the TLS certificate; required."),
  from: dnsLabel("the namespace").describe("Namespace of the ingress controller, which may reach the pods."),
});
