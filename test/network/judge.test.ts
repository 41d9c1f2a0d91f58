import { strict as assert } from "node:assert";
import { address, type End, pod } from "./cluster";
import { suiteJudge } from "./judge";

const labels = { app: "web" };
const web = pod("shop/web", "shop", labels, { portNames: new Map([[8080, "http"]]) });
const client = pod("shop/client", "shop", { app: "client" });
const visitor = pod("edge/proxy", "edge", { app: "proxy" }, { namespaceLabels: { stage: "prod" } });

const policy = (spec: object, namespace = "shop"): object => ({
  apiVersion: "networking.k8s.io/v1",
  kind: "NetworkPolicy",
  metadata: { name: "one", namespace },
  spec: { podSelector: { matchLabels: labels }, ...spec },
});

/** Policies, a connection, and whether it passes: what the API's own documentation says. */
const cases: [title: string, policies: object[], from: End, to: End, port: number, passes: boolean][] = [
  ["a pod no policy selects is open", [policy({ ingress: [] }, "edge")], client, web, 8080, true],
  ["a policy without rules closes a pod", [policy({})], client, web, 8080, false],
  ["types are Ingress alone when there are no egress rules", [policy({})], web, client, 8080, true],
  ["no peers are everybody", [policy({ ingress: [{ ports: [{ port: 8080 }] }] })], visitor, web, 8080, true],
  [
    "a port without protocol is TCP, and only that port",
    [policy({ ingress: [{ ports: [{ port: 8080 }] }] })],
    visitor,
    web,
    8081,
    false,
  ],
  ["a port has a name", [policy({ ingress: [{ ports: [{ port: "http" }] }] })], visitor, web, 8080, true],
  [
    "a range of ports ends where it says",
    [policy({ ingress: [{ ports: [{ port: 8000, endPort: 8079 }] }] })],
    visitor,
    web,
    8080,
    false,
  ],
  ["policies add up", [policy({}), policy({ ingress: [{}] })], client, web, 8080, true],
  [
    "a pod selector alone means the policy's own namespace",
    [policy({ ingress: [{ from: [{ podSelector: {} }] }] })],
    visitor,
    web,
    8080,
    false,
  ],
  [
    "both selectors in one peer must match",
    [
      policy({
        ingress: [
          { from: [{ namespaceSelector: { matchLabels: { stage: "prod" } }, podSelector: { matchLabels: labels } }] },
        ],
      }),
    ],
    visitor,
    web,
    8080,
    false,
  ],
  [
    "two peers are one or the other",
    [
      policy({
        ingress: [
          {
            from: [{ namespaceSelector: { matchLabels: { stage: "prod" } } }, { podSelector: { matchLabels: labels } }],
          },
        ],
      }),
    ],
    visitor,
    web,
    8080,
    true,
  ],
  [
    "an exception is taken out of a block of addresses",
    [
      policy({
        policyTypes: ["Egress"],
        egress: [{ to: [{ ipBlock: { cidr: "0.0.0.0/0", except: ["10.0.0.0/8"] } }] }],
      }),
    ],
    web,
    address("inside", "10.1.2.3"),
    443,
    false,
  ],
];

describe("network: the judge", function () {
  this.timeout(600_000);
  const judge = suiteJudge();

  for (const [title, policies, from, to, port, passes] of cases) {
    it(title, async () => {
      const connection = { from, to, port, portName: to.portNames.get(port) ?? "", protocol: "TCP" as const };
      const [verdict] = await judge(policies, [connection]);
      assert.equal(verdict?.egress && verdict.ingress, passes);
    });
  }

  it("takes no field that there is not", async () => {
    await assert.rejects(judge([policy({ ingres: [] })], []), /unknown field "spec.ingres"/);
  });
});
