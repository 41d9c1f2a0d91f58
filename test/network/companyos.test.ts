import { strict as assert } from "node:assert";
import { readStackFile } from "../../operations/stack/stack-file";
import { allowed, type End, type KubernetesObject, neighbours, pod } from "./cluster";
import { goldenObjects } from "./goldens";
import { suiteJudge } from "./judge";

interface Service {
  readonly port?: number;
  readonly destinations?: Readonly<
    Record<string, { readonly service?: string; readonly namespace?: string; readonly port?: number }>
  >;
  readonly ingress?: { readonly from: string };
}
interface Platform {
  readonly namespace: string;
  readonly services: Readonly<Record<string, Service>>;
}
const stacks = ["dev", "staging", "prod"];
const platformOf = (stack: string): Platform =>
  (readStackFile(stack).document as { config: Record<string, Platform> }).config["hardened:companyos"] as Platform;

/** Objects of one namespace, and the namespace. */
const objectsOf = (stack: string, namespace: string): KubernetesObject[] =>
  goldenObjects(stack).filter(({ kind, metadata }) =>
    kind === "Namespace" ? metadata.name === namespace : metadata.namespace === namespace,
  );

/** Pods of the namespaces that services declare as destinations. */
const destinations = ({ services }: Platform): End[] =>
  Object.values(services)
    .flatMap((service) => Object.values(service.destinations ?? {}))
    .flatMap(({ namespace }) => (namespace === undefined ? [] : [pod(`${namespace}/any`, namespace, { app: "any" })]));

/** What the stack's file declares: names, destinations, the ingress controller and Prometheus. */
function declared({ namespace, services }: Platform): string[] {
  return Object.entries(services).flatMap(([name, { port = 8080, destinations = {}, ingress }]) => {
    const own = `${namespace}/${name}`;
    const out = Object.values(destinations).map((one) =>
      one.service === undefined
        ? `${one.namespace}/any TCP ${one.port}`
        : `${namespace}/${one.service} TCP ${one.port ?? services[one.service]?.port ?? 8080}`,
    );
    const into = ["monitoring/prometheus", ...(ingress === undefined ? [] : [`${ingress.from}/controller`])];
    return [
      ...["kube-system/dns TCP 53", "kube-system/dns UDP 53", ...out].map((to) => `${own} → ${to}`),
      ...into.map((from) => `${from} → ${own} TCP ${port}`),
    ];
  });
}

describe("network: companyos, judged by cyclonus", function () {
  this.timeout(600_000);
  const judge = suiteJudge();

  for (const stack of stacks) {
    it(`stack ${stack}: exactly what the services declare passes`, async () => {
      const platform = platformOf(stack);
      const others = [...neighbours, ...destinations(platform)];
      const passing = await allowed(judge, objectsOf(stack, platform.namespace), others);
      assert.deepEqual(passing.sort(), declared(platform).sort());
      assert.ok(passing.length > Object.keys(platform.services).length);
    });
  }

  it("the environments' namespaces do not reach each other on one cluster", async () => {
    const platforms = stacks.map(platformOf);
    assert.equal(new Set(platforms.map(({ namespace }) => namespace)).size, stacks.length);
    const objects = stacks.flatMap((stack) => objectsOf(stack, platformOf(stack).namespace));
    const passing = await allowed(judge, objects, []);
    const namespaceOf = (end = ""): string => end.split("/")[0] as string;
    const across = passing.filter((line) => {
      const [from, to] = line.split(" → ");
      return namespaceOf(from) !== namespaceOf(to);
    });
    assert.deepEqual(across, []);
    for (const { namespace } of platforms)
      assert.ok(
        passing.some((line) => line.startsWith(`${namespace}/`)),
        namespace,
      );
  });
});
