import { strict as assert } from "node:assert";
import { join } from "node:path";
import { loadAll } from "js-yaml";
import { runHelm } from "../../../cluster/run-helm";

/** Runs the real helm on the charts of this repository; the same command is run once per process. */

export const charts = join(__dirname, "../../../charts");

export interface Container {
  readonly name: string;
  readonly image: string;
  readonly imagePullPolicy: string;
  readonly command?: readonly string[];
  readonly args?: readonly string[];
  readonly env?: readonly { readonly name: string; readonly value: string }[];
  readonly envFrom?: readonly { readonly secretRef: { readonly name: string } }[];
  readonly ports?: readonly { readonly name: string; readonly containerPort: number }[];
  readonly resources: unknown;
  readonly securityContext: Readonly<Record<string, unknown>>;
  readonly volumeMounts: readonly {
    readonly name: string;
    readonly mountPath: string;
    readonly subPath?: string;
    readonly readOnly?: boolean;
  }[];
  readonly [field: string]: unknown;
}
export interface PodSpec {
  readonly containers: readonly [Container];
  readonly volumes: readonly {
    readonly name: string;
    readonly configMap?: { readonly name: string };
    readonly projected?: {
      readonly sources: readonly {
        readonly configMap: {
          readonly name: string;
          readonly items: readonly { readonly key: string; readonly path: string }[];
        };
      }[];
    };
    readonly emptyDir?: unknown;
  }[];
  readonly securityContext: Readonly<Record<string, unknown>>;
  readonly [field: string]: unknown;
}
interface Metadata {
  readonly name: string;
  readonly namespace?: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}
export interface Rendered {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: Metadata;
  readonly data: Readonly<Record<string, string>>;
  readonly stringData: Readonly<Record<string, unknown>>;
  readonly type: string;
  readonly spec: {
    readonly replicas: number;
    readonly selector: { readonly matchLabels: Readonly<Record<string, string>> };
    readonly template: { readonly metadata: Omit<Metadata, "name">; readonly spec: PodSpec };
    readonly [field: string]: unknown;
  };
}

export interface Setting {
  /** @default "mailroom" */
  readonly chart?: string;
  /** @default "mailroom" */
  readonly release?: string;
  /** @default "mail" */
  readonly namespace?: string;
  readonly values?: unknown;
  /** Further arguments of `helm template`. */
  readonly args?: readonly string[];
}

const remembered = new Map<string, Promise<{ stdout: string; stderr: string; code: number | null }>>();

/** Runs helm with values on stdin. */
export function helm(
  args: readonly string[],
  values: unknown = {},
): Promise<{ stdout: string; stderr: string; code: number | null }> {
  const input = JSON.stringify(values);
  const key = JSON.stringify([args, input]);
  const known = remembered.get(key) ?? runHelm(args, input);
  remembered.set(key, known);
  return known.then((result) => {
    assert.notEqual(result.code, 127, "helm is needed: put it on PATH or name it in HELM_BIN");
    return result;
  });
}

const template = ({ chart = "mailroom", release = "mailroom", namespace = "mail", values, args = [] }: Setting) =>
  helm(
    ["template", release, chart.includes("/") ? chart : join(charts, chart), "-n", namespace, "-f", "-", ...args],
    values,
  );

/** Every object a chart renders to; text with a repeated key is refused. */
export async function render(setting: Setting = {}): Promise<Rendered[]> {
  const { stdout, stderr, code } = await template(setting);
  assert.equal(code, 0, stderr);
  const objects = loadAll(stdout).filter((document) => document !== null) as Rendered[];
  assert.ok(objects.length > 0, "nothing was rendered");
  return objects;
}

/** Helm's words when it refuses to render. */
export async function refusal(setting: Setting): Promise<string> {
  const { stderr, code } = await template(setting);
  assert.notEqual(code, 0, "helm rendered what it should refuse");
  return stderr;
}

/** The one object of a kind, and of a name where there are several. */
export function only(objects: readonly Rendered[], kind: string, name?: string): Rendered {
  const found = objects.filter(
    (object) => object.kind === kind && (name === undefined || object.metadata.name === name),
  );
  assert.equal(found.length, 1, `${found.length} objects ${kind} ${name ?? ""}`);
  return found[0] as Rendered;
}

/** Credentials nobody has. */
export const secrets = {
  jmap_token: "token-one",
  carddav_username: "owner@example.com",
  carddav_password: "password-one",
};

/** mailroom's objects, with credentials unless said otherwise. */
export const mailroom = (values: object = {}, rest: Omit<Setting, "values"> = {}): Promise<Rendered[]> =>
  render({ values: { secrets, ...values }, ...rest });
