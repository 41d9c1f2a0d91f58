import { strict as assert } from "node:assert";
import { z } from "zod";
import { explainConfig } from "../../policy/config/explain-config";
import {
  annotations,
  autoscalingShape,
  command,
  destinations,
  envFromSecrets,
  environmentWith,
  httpProbe,
  ingressShape,
  refineAutoscaling,
  refineIngress,
  refineServiceAccount,
  serviceAccountShape,
  spreadShape,
} from "../../systems/workload-schema";

const workload = z.strictObject({
  annotations: annotations.default({}),
  autoscaling: z.strictObject(autoscalingShape).superRefine(refineAutoscaling).optional(),
  command: command.optional(),
  destinations: destinations.default({}),
  env: environmentWith("secrets").default({}),
  envFromSecrets: envFromSecrets.default([]),
  ingress: z.strictObject(ingressShape).superRefine(refineIngress).optional(),
  probe: httpProbe.optional(),
  spread: z.strictObject(spreadShape).optional(),
  serviceAccount: z.strictObject(serviceAccountShape).superRefine(refineServiceAccount).optional(),
});

/** The lines a user reads. */
function lines(given: object): string[] {
  const { error } = workload.safeParse(given);
  return error ? explainConfig(error, workload, "web") : [];
}
const account = { create: true, name: "", annotations: {} };
const host = { host: "a.example.com", paths: [{ path: "/", pathType: "Prefix" }] };
const ingress = { enabled: true, className: "", annotations: {}, hosts: [host], tls: [] };
const probe = { path: "/", periodSeconds: 1, timeoutSeconds: 1, failureThreshold: 1 };
const scaled = {
  enabled: true,
  minReplicas: 1,
  maxReplicas: 500,
  targetCPUUtilizationPercentage: 100,
  scaleDownWindowSeconds: 0,
};
const peers = [{ ipBlock: { cidr: "10.0.0.0/8" } }];
const pathType = (type: string) => ({
  ingress: { ...ingress, hosts: [{ ...host, paths: [{ path: "/", pathType: type }] }] },
});

describe("systems: shared types of workloads", () => {
  const refused: [what: string, given: object, line: string][] = [
    [
      "a credential by its name",
      { env: { API_TOKEN: "hidden" } },
      "env.API_TOKEN: a credential in clear; put it into a Secret and name that in secrets",
    ],
    [
      "a credential by its look",
      { env: { BROKER: "amqp://user:hidden@host/x" } },
      "env.BROKER: an address with a password in it; put it into a Secret and name that in secrets",
    ],
    [
      "a variable whose name is none",
      { env: { "1ST": "x" } },
      "env.1ST: expected a variable's name: letters, digits and _, not starting with a digit",
    ],
    [
      "a variable that is no value",
      { env: { LEVEL: ["debug"] } },
      "env.LEVEL: expected a text, a number, true or false",
    ],
    ["an annotation that is a number", { annotations: { port: 80 } }, "annotations.port: expected a text, in quotes"],
    [
      "a Secret without a name",
      { envFromSecrets: [{ secretName: "" }] },
      "envFromSecrets[0].secretName: expected a Secret's name",
    ],
    [
      "a Secret's name that is none",
      { envFromSecrets: [{ secretName: "Not_One" }] },
      "envFromSecrets[0].secretName: expected a Secret's name, or an empty text",
    ],
    [
      "a Secret twice",
      { envFromSecrets: [{ secretName: "a" }, { secretName: "b" }, { secretName: "a" }] },
      "envFromSecrets[2].secretName: the same as entry [0]",
    ],
    [
      "an account's name that is none",
      { serviceAccount: { ...account, name: "Not_One" } },
      "serviceAccount.name: expected an account's name, or an empty text",
    ],
    [
      "annotations for nobody's account",
      { serviceAccount: { ...account, create: false, annotations: { a: "b" } } },
      "serviceAccount.annotations: annotations are for an account the chart makes, but create is false and name is empty",
    ],
    [
      "an ingress class that is none",
      { ingress: { ...ingress, className: "Not_One" } },
      "ingress.className: expected an ingress class, or an empty text",
    ],
    [
      "a host name that is none",
      { ingress: { ...ingress, hosts: [{ ...host, host: "https://a" }] } },
      "ingress.hosts[0].host: expected a host name such as app.example.com",
    ],
    [
      "a host without paths",
      { ingress: { ...ingress, hosts: [{ ...host, paths: [] }] } },
      "ingress.hosts[0].paths: expected at least one path",
    ],
    [
      "a path that starts elsewhere",
      { ingress: { ...ingress, hosts: [{ ...host, paths: [{ path: "x", pathType: "Exact" }] }] } },
      'ingress.hosts[0].paths[0].path: expected a path that starts with "/"',
    ],
    [
      "a path of no type",
      pathType("prefix"),
      "ingress.hosts[0].paths[0].pathType: expected Prefix, Exact or ImplementationSpecific",
    ],
    [
      "an ingress without hosts",
      { ingress: { ...ingress, hosts: [] } },
      "ingress.hosts: expected at least one host, since the ingress is enabled",
    ],
    [
      "a host twice",
      { ingress: { ...ingress, hosts: [host, host] } },
      "ingress.hosts[1].host: the same as entry [0]; put all its paths into one entry",
    ],
    [
      "a certificate for no host",
      { ingress: { ...ingress, tls: [{ secretName: "s", hosts: [] }] } },
      "ingress.tls[0].hosts: expected at least one host",
    ],
    [
      "a certificate for a host that is not there",
      { ingress: { ...ingress, tls: [{ secretName: "s", hosts: ["a.example.com", "b.example.com"] }] } },
      "ingress.tls[0].hosts[1]: no such host in hosts; add it there or take it out here",
    ],
    [
      "a certificate without a Secret",
      { ingress: { ...ingress, tls: [{ secretName: "", hosts: ["a.example.com"] }] } },
      "ingress.tls[0].secretName: expected a Secret's name",
    ],
    [
      "a host that is no text",
      { ingress: { ...ingress, hosts: [{ ...host, host: 1 }] } },
      "ingress.hosts[0].host: expected a host name",
    ],
    [
      "an autoscaler upside down",
      { autoscaling: { ...scaled, minReplicas: 3, maxReplicas: 2 } },
      "autoscaling.minReplicas: 3 is above maxReplicas, 2; raise the most or lower the least",
    ],
    ["a probe of no path", { probe: { ...probe, path: "x" } }, 'probe.path: expected a path that starts with "/"'],
    ["a spread of another word", { spread: { zone: "hard", host: "some" } }, "spread.host: expected soft, hard or off"],
    [
      "a protocol that is none",
      { destinations: { x: { port: 1, protocols: ["tcp"], peers } } },
      "destinations.x.protocols[0]: expected TCP, UDP or SCTP",
    ],
    [
      "a destination of no protocol",
      { destinations: { x: { port: 1, protocols: [], peers } } },
      "destinations.x.protocols: expected at least one protocol",
    ],
    [
      "a destination of nobody",
      { destinations: { x: { port: 1, peers: [] } } },
      "destinations.x.peers: expected at least one peer: none would mean everyone",
    ],
    [
      "a peer that would be everyone",
      { destinations: { x: { port: 1, peers: [{}] } } },
      "destinations.x.peers[0]: expected a namespaceSelector, a podSelector or an ipBlock",
    ],
    ["a command in one text", { command: "run app" }, "command: expected a list of words such as [uv, run, app]"],
    ["a word of nothing", { command: ["run", " "] }, "command[1]: expected a word of the command, not an empty text"],
  ];
  const range: [key: string, given: (value: number) => object, words: string, outside: number[]][] = [
    ["destinations.x.port", (port) => ({ destinations: { x: { port, peers } } }), "from 1 to 65535", [0, 65_536]],
    ...(["periodSeconds", "timeoutSeconds"] as const).map((key): (typeof range)[number] => [
      `probe.${key}`,
      (value) => ({ probe: { ...probe, [key]: value } }),
      "of seconds from 1 to 3600",
      [0, 3601],
    ]),
    [
      "probe.failureThreshold",
      (failureThreshold) => ({ probe: { ...probe, failureThreshold } }),
      "of failures from 1 to 1000",
      [0, 1001],
    ],
    [
      "probe.initialDelaySeconds",
      (initialDelaySeconds) => ({ probe: { ...probe, initialDelaySeconds } }),
      "of seconds from 0 to 3600",
      [-1, 3601],
    ],
    [
      "autoscaling.scaleDownWindowSeconds",
      (scaleDownWindowSeconds) => ({ autoscaling: { ...scaled, scaleDownWindowSeconds } }),
      "of seconds from 0 to 3600",
      [-1, 3601],
    ],
    [
      "autoscaling.maxReplicas",
      (maxReplicas) => ({ autoscaling: { ...scaled, maxReplicas } }),
      "from 1 to 500",
      [0, 501],
    ],
  ];
  for (const [key, given, words, [below = 0, above = 0]] of range)
    it(`take ${key} ${words}, and nothing beside it`, () => {
      for (const value of [below, above, below + 1.5])
        assert.deepEqual(lines(given(value)), [`web.${key}: expected a whole number ${words}`], String(value));
      for (const value of [below + 1, above - 1]) assert.deepEqual(lines(given(value)), [], String(value));
    });

  for (const [what, given, line] of refused)
    it(`refuse ${what}, at its place`, () => assert.deepEqual(lines(given), [`web.${line}`]));

  it("take what is right", () => {
    for (const given of [
      {},
      { env: { API_TOKEN: "$(INJECTED)", LEVEL: "debug", WORKERS: 4, DEBUG: false } },
      { serviceAccount: { ...account, annotations: { a: "b" } } },
      { serviceAccount: { ...account, create: false, name: "theirs", annotations: { a: "b" } } },
      { serviceAccount: { ...account, create: false } },
      { ingress: { ...ingress, enabled: false, hosts: [] } },
      { ingress: { ...ingress, tls: [{ secretName: "s", hosts: ["*.example.com"] }] } },
      { spread: { zone: "soft", host: "off" } },
      { autoscaling: { ...scaled, enabled: false, minReplicas: 3, maxReplicas: 2 } },
      { destinations: { x: { port: 1, protocols: ["TCP", "UDP", "SCTP"], peers } } },
      { command: ["run", "app"] },
      pathType("Exact"),
      pathType("ImplementationSpecific"),
    ])
      assert.deepEqual(lines(given), [], JSON.stringify(given));
  });
});
