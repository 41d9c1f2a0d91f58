import { instance, type KubeObject, kubectl, objects } from "../e2e-cluster";
import { pushVisitor } from "./visitor";

type Pod = KubeObject & { readonly status: { readonly podIP: string } };

/** Address of one of the pods of a component. */
export async function podAddress(namespace: string, component: string): Promise<string> {
  const [pod] = await objects<Pod>("pods", "-n", namespace, "-l", `app.kubernetes.io/component=${component}`);
  return pod?.status.podIP ?? "";
}

/** A destination: what it is, address and port. */
export type Destination = readonly [title: string, address: string, port: number];

let made = 0;

/** Which of some destinations a pod with these labels connects to: it is made for the question. */
export async function connectionsFrom(
  namespace: string,
  labels: Readonly<Record<string, string>>,
  destinations: readonly Destination[],
): Promise<string[]> {
  const name = `connecting-${made++}`;
  const container = {
    name: "visitor",
    image: await pushVisitor(instance),
    args: ["serve"],
    securityContext: { allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: ["ALL"] } },
  };
  const pod = {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name, namespace, labels },
    spec: {
      automountServiceAccountToken: false,
      terminationGracePeriodSeconds: 0,
      securityContext: { runAsNonRoot: true, seccompProfile: { type: "RuntimeDefault" } },
      containers: [container],
    },
  };
  await kubectl(["apply", "-f", "-"], JSON.stringify(pod));
  await kubectl(["wait", "--for=condition=Ready", `pod/${name}`, "-n", namespace, "--timeout=60s"]);
  const asked = destinations.map(([, IP, Port]) => JSON.stringify({ IP, Port, Protocol: "CONNECT" })).join("\n");
  const said = await kubectl(["exec", "-i", "-n", namespace, name, "--", "visitor", "reach"], asked);
  await kubectl(["delete", "pod", name, "-n", namespace, "--wait=false"]);
  const answers = JSON.parse(said) as string[];
  return destinations.flatMap(([title], at) => (answers[at]?.startsWith("!") ? [] : [title]));
}
