/** What the stacks' systems declare: every connection of their pods there is to be, and no other, as `<from> → <to> <protocol> <port>`. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { load } from "js-yaml";
import { readStackFile } from "../../operations/stack/stack-file";
import { type End, neighbours, pod } from "./cluster";
import { type Destination, declaredEnds } from "./destinations";

export const stacks = ["dev", "staging", "prod"] as const;
type Stack = (typeof stacks)[number];

const names = ["TCP 53", "UDP 53"].map((port) => `kube-system/dns ${port}`);
const world = ["internet TCP 443", "internet-v6 TCP 443"];
const lines = (all: Readonly<Record<string, readonly string[]>>): string[] =>
  Object.entries(all).flatMap(([from, to]) => to.map((one) => `${from} → ${one}`));

const server = "mailroom-dev-mail/mail-server";
/** Mailroom's, with its mail server where there is one (MR-51). */
export const mailroomDeclared: Readonly<Record<Stack, readonly string[]>> = {
  dev: lines({
    "mailroom-dev/mailroom": [...names, `${server} TCP 8080`],
    "mailroom-dev/mailroom-setup": [...names, `${server} TCP 8080`],
    [server]: names,
    // The trial server's page of mails is for everyone who reaches the node; it is on no other stack.
    ...Object.fromEntries(neighbours.map(({ name }) => [name, [`${server} TCP 8081`]])),
  }),
  staging: lines({
    "mailroom-staging/mailroom": [...names, ...world],
    "mailroom-staging/mailroom-setup": [...names, ...world],
  }),
  prod: lines({ "mailroom/mailroom": [...names, ...world], "mailroom/mailroom-setup": [...names, ...world] }),
};

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
/** The platform as the stack's file has it. */
export const platformOf = (stack: string): Platform =>
  (readStackFile(stack).document as { config: Record<string, Platform> }).config["hardened:companyos"] as Platform;

/** Pods of the namespaces that services declare as destinations. */
export const companyosDestinations = ({ services }: Platform): End[] =>
  Object.values(services)
    .flatMap((service) => Object.values(service.destinations ?? {}))
    .flatMap(({ namespace }) => (namespace === undefined ? [] : [pod(`${namespace}/any`, namespace, { app: "any" })]));

/** What the platform's services declare: names, destinations, the ingress controller and Prometheus. */
export function companyosDeclared({ namespace, services }: Platform): string[] {
  return Object.entries(services).flatMap(([name, { port = 8080, destinations = {}, ingress }]) => {
    const own = `${namespace}/${name}`;
    const out = Object.values(destinations).map((one) =>
      one.service === undefined
        ? `${one.namespace}/any TCP ${one.port}`
        : `${namespace}/${one.service} TCP ${one.port ?? services[one.service]?.port ?? 8080}`,
    );
    const into = ["monitoring/prometheus", ...(ingress === undefined ? [] : [`${ingress.from}/controller`])];
    return [...[...names, ...out].map((to) => `${own} → ${to}`), ...into.map((from) => `${from} → ${own} TCP ${port}`)];
  });
}

const { networkPolicy } = load(readFileSync(join(__dirname, "../../charts/trevor/values.yaml"), "utf8")) as {
  networkPolicy: { destinations: Record<string, Destination> };
};
/** Trevor's destinations as its chart has them. */
export const trevorDestinations = networkPolicy.destinations;
/** The pods of them that no stack has, and one of the namespace in which the larger stacks have their databases. */
export const trevorEnds: readonly End[] = [
  pod("databases/any", "databases", { app: "any" }),
  ...declaredEnds(trevorDestinations, "trevor")
    .map(({ end }) => end)
    .filter(({ namespace }) => namespace === "elsewhere"),
];
/** Trevor's, with the databases in its own namespace of data where there is one (TR-24, TR-25, TR-26). */
export const trevorDeclared = (stack: Stack): string[] => {
  const namespace = stack === "prod" ? "trevor" : `trevor-${stack}`;
  const workloads = ["trevor", "trevor-worker", ...(stack === "dev" ? [] : ["trevor-migrate"])];
  const data = (name: string, port: number): string =>
    stack === "dev" ? `trevor-dev-data/datastores-${name} TCP ${port}` : `databases/any TCP ${port}`;
  const out = [
    ...[...names, ...world, data("postgresql", 5432), data("redis", 6379)],
    ...["keycloak TCP 8080", "opentelemetry TCP 4317", "seaweedfs TCP 8333"].map((one) => `destination/${one}`),
  ];
  const into = ["ingress-nginx/controller", "monitoring/prometheus"].map(
    (from) => `${from} → ${namespace}/trevor TCP 8000`,
  );
  return [...workloads.flatMap((one) => out.map((to) => `${namespace}/${one} → ${to}`)), ...into];
};
