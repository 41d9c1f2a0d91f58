/** Values that are wrong, and what Helm says of them; the type of the values refuses each of them too. */

const path = { path: "/", pathType: "Prefix" };
const host = { host: "a.example.com", paths: [path] };
/** An enabled Ingress with one host, and changes. */
export const ingress = (given: object) => ({ ingress: { enabled: true, hosts: [host], ...given } });
/** An enabled autoscaler, with changes. */
export const scaled = (given: object) => ({ autoscaling: { enabled: true, ...given } });

/** What is wrong, the values, and the words that name the place. */
export const wrong: readonly [title: string, values: object, words: RegExp][] = [
  [
    "[TR-10] a worker without a command",
    { worker: { command: [] } },
    /^worker\.command is empty while worker\.enabled is true; .*such as \[uv, run, arq/m,
  ],
  [
    "[TR-14] an entry without secretName",
    { envFromSecrets: [{ secretName: "a" }, {}] },
    /\/envFromSecrets\/1'?: missing property 'secretName'/,
  ],
  ["[TR-14] an empty secretName", { envFromSecrets: [{ secretName: "" }] }, /\/envFromSecrets\/0\/secretName/],
  [
    "[TR-14] a Secret named twice",
    { envFromSecrets: [{ secretName: "a" }, { secretName: "b" }, { secretName: "a" }] },
    /^envFromSecrets\[2\]\.secretName: "a" is entry \[0\] too$/m,
  ],
  [
    "[TR-17] both migration switches",
    { migrations: { enabled: true } },
    /^migrations\.enabled and migrations\.hookEnabled are both true: choose one/m,
  ],
  ["[TR-17] both switches beside a mode", { migrations: { enabled: true, mode: "hook" } }, /are both true/],
  [
    "[TR-17] an init container in several pods",
    { migrations: { mode: "init" }, replicaCount: 2 },
    /would migrate in several pods at once: use migrations\.mode hook/,
  ],
  [
    "[TR-17] an init container under an autoscaler",
    { migrations: { mode: "init" }, ...scaled({}) },
    /several pods at once/,
  ],
  [
    "[TR-17] an init container by its switch in several pods",
    { migrations: { enabled: true, hookEnabled: false }, replicaCount: 2 },
    /several pods at once/,
  ],
  [
    "[TR-17] an unknown mode",
    { migrations: { mode: "job" } },
    /\/migrations\/mode.*'hook', 'init', 'external', 'none'/,
  ],
  [
    "[TR-05] an Ingress without hosts",
    ingress({ hosts: [] }),
    /^ingress\.hosts is empty while ingress\.enabled is true/m,
  ],
  [
    "[TR-07] a path without pathType",
    ingress({ hosts: [host, { host: "b.example.com", paths: [path, { path: "/x" }] }] }),
    /\/ingress\/hosts\/1\/paths\/1'?: missing property 'pathType'/,
  ],
  [
    "[TR-07] an unknown pathType",
    ingress({ hosts: [{ host: "a.example.com", paths: [{ path: "/", pathType: "prefix" }] }] }),
    /\/ingress\/hosts\/0\/paths\/0\/pathType.*'Prefix', 'Exact', 'ImplementationSpecific'/,
  ],
  [
    "[TR-07] a host without paths",
    ingress({ hosts: [{ host: "a.example.com", paths: [] }] }),
    /\/ingress\/hosts\/0\/paths/,
  ],
  [
    "[TR-07] a host named twice",
    ingress({ hosts: [host, host] }),
    /^ingress\.hosts\[1\]\.host: "a\.example\.com" is there twice/m,
  ],
  [
    "[TR-06] a certificate without secretName",
    ingress({ tls: [{ hosts: ["a.example.com"] }] }),
    /\/ingress\/tls\/0'?: missing property 'secretName'/,
  ],
  [
    "[TR-06] a certificate for a host that is not there",
    ingress({ tls: [{ secretName: "s", hosts: ["a.example.com", "c.example.com"] }] }),
    /^ingress\.tls\[0\]\.hosts\[1\]: "c\.example\.com" is no host of ingress\.hosts/m,
  ],
  [
    "[TR-20] a least above the most",
    scaled({ minReplicas: 9 }),
    /^autoscaling\.minReplicas \(9\) is above autoscaling\.maxReplicas \(3\)/m,
  ],
  [
    "[TR-20] a target of 0",
    scaled({ targetCPUUtilizationPercentage: 0 }),
    /\/autoscaling\/targetCPUUtilizationPercentage.*minimum.*1/,
  ],
  [
    "[TR-20] a target above 100",
    scaled({ targetCPUUtilizationPercentage: 101 }),
    /\/autoscaling\/targetCPUUtilizationPercentage.*maximum.*100/,
  ],
  ["[TR-20] a least of 0", scaled({ minReplicas: 0 }), /\/autoscaling\/minReplicas.*minimum.*1/],
  [
    "[TR-20] no CPU request",
    { resources: { requests: { cpu: null } } },
    /\/resources\/requests'?: missing property 'cpu'/,
  ],
  ["[TR-22] no pods", { replicaCount: 0 }, /\/replicaCount.*minimum.*1/],
  ["[TR-22] pods in words", { replicaCount: "two" }, /\/replicaCount.*want integer/],
  [
    "[TR-04] annotations of an account nobody makes",
    { serviceAccount: { create: false, annotations: { a: "b" } } },
    /^serviceAccount\.annotations are for an account this chart makes, but serviceAccount\.create is false/m,
  ],
  ["[TR-03] a port out of range", { service: { port: 65_536 } }, /\/service\/port.*maximum.*65,?535/],
  ["[TR-03] an unknown type", { service: { type: "External" } }, /\/service\/type.*'ClusterIP'/],
  [
    "[TR-26] a destination open to everyone",
    { networkPolicy: { destinations: { mail: { port: 25, peers: [] } } } },
    /\/destinations\/mail\/peers/,
  ],
  [
    "[TR-26] an address without its mask",
    { networkPolicy: { destinations: { mail: { port: 25, peers: [{ ipBlock: { cidr: "10.1.2.3" } }] } } } },
    /\/destinations\/mail\/peers\/0\/ipBlock\/cidr/,
  ],
  [
    "[TR-26] a peer that says nothing",
    { networkPolicy: { destinations: { mail: { port: 25, peers: [{}] } } } },
    /\/destinations\/mail\/peers\/0/,
  ],
  ["[TR-13] root", { image: { runAsUser: 0 } }, /\/image\/runAsUser.*minimum.*1/],
  ["an unknown key", { replicacount: 2 }, /'replicacount' not allowed/],
  ["an unknown key further down", { worker: { replicas: 2 } }, /\/worker.*'replicas' not allowed/],
  [
    "a variable's name with a dash",
    { env: { "MY-VAR": "x" } },
    /^env\.MY-VAR is no variable's name; use letters, digits and _/m,
  ],
];
