import { strict as assert } from "node:assert";
import { readdirSync, readFileSync } from "node:fs";
import { request } from "node:https";
import { join } from "node:path";
import { pki } from "../../cluster/local/certificates";
import { auditFolder } from "../../cluster/local/control-plane";
import { apiUrl } from "../../cluster/local/host-ports";
import { canary, found, searchFiles } from "../support/canaries";
import { cluster, instance, kubectl } from "../support/e2e-cluster";
import { eventually } from "../support/run";
import { textOf } from "../support/tree";

/** Who read which Secret: what the API server notes by the policy of charts/examples/audit-policy.yaml. */

interface Event {
  readonly level: string;
  readonly verb: string;
  readonly user: { readonly username: string };
  readonly objectRef?: { readonly resource: string; readonly namespace?: string; readonly name?: string };
  readonly responseStatus?: { readonly code: number };
  readonly requestObject?: unknown;
  readonly responseObject?: unknown;
}

describe("audit log", () => {
  // The log outlives the test: another run's events are not to count.
  const namespace = `e2e-audit-log-${Date.now().toString(36)}`;
  const value = canary("audited");
  const account = (name: string): string => `system:serviceaccount:${namespace}:${name}`;
  const log = (): string =>
    readdirSync(auditFolder(instance))
      .map((file) => readFileSync(join(auditFolder(instance), file), "utf8"))
      .join("");
  /** Events about the namespace; the last line may be half written. */
  const events = (): Event[] =>
    log()
      .split("\n")
      .slice(0, -1)
      .filter((line) => line.includes(`"${namespace}"`))
      .map((line) => JSON.parse(line) as Event);
  const noted = (wanted: { user: string; verb: string; name?: string; code: number }): Promise<Event> =>
    eventually(`${wanted.user} ${wanted.verb} is in the log`, async () =>
      events().find(
        ({ user, verb, objectRef, responseStatus }) =>
          objectRef?.resource === "secrets" &&
          user.username === account(wanted.user) &&
          verb === wanted.verb &&
          objectRef.name === wanted.name &&
          responseStatus?.code === wanted.code,
      ),
    );

  /** Reads Secrets with the token of a service account, and gives status and body. */
  async function read(name: string, path: string): Promise<{ status: number; body: string }> {
    const token = (await kubectl(["create", "token", name, "-n", namespace])).trim();
    return new Promise((resolve, reject) => {
      const options = {
        ca: readFileSync(pki(instance, "ca.crt")),
        headers: { authorization: `Bearer ${token}` },
        agent: false as const,
      };
      request(`${apiUrl(instance)}/api/v1/namespaces/${namespace}/secrets${path}`, options, (response) => {
        let body = "";
        response.setEncoding("utf8").on("data", (part) => {
          body += part;
        });
        response.on("end", () => resolve({ status: response.statusCode ?? 0, body }));
      })
        .on("error", reject)
        .end();
    });
  }

  before(async () => {
    await cluster();
    await kubectl(["create", "namespace", namespace]);
    const metadata = { name: "reader", namespace };
    const rbac = "rbac.authorization.k8s.io";
    const items = [
      { apiVersion: "v1", kind: "Secret", metadata: { name: "watched", namespace }, stringData: { password: value } },
      { apiVersion: "v1", kind: "ServiceAccount", metadata },
      { apiVersion: "v1", kind: "ServiceAccount", metadata: { name: "stranger", namespace } },
      {
        apiVersion: `${rbac}/v1`,
        kind: "Role",
        metadata,
        rules: [{ apiGroups: [""], resources: ["secrets"], verbs: ["get", "list"] }],
      },
      {
        apiVersion: `${rbac}/v1`,
        kind: "RoleBinding",
        metadata,
        roleRef: { apiGroup: rbac, kind: "Role", name: "reader" },
        subjects: [{ kind: "ServiceAccount", ...metadata }],
      },
    ];
    await kubectl(["apply", "-f", "-"], JSON.stringify({ apiVersion: "v1", kind: "List", items }));
  });
  after(() => kubectl(["delete", "namespace", namespace, "--ignore-not-found", "--wait=false"]));

  it("[COS-20] a Secret that was read is there with who, how and which one", async () => {
    const one = await read("reader", "/watched");
    assert.ok(one.status === 200 && found([value], one.body).length === 1, `${one.status}`);
    assert.equal((await noted({ user: "reader", verb: "get", name: "watched", code: 200 })).level, "Metadata");
    const all = await read("reader", "");
    assert.ok(all.status === 200 && found([value], all.body).length === 1, `${all.status}`);
    await noted({ user: "reader", verb: "list", code: 200 });
  });

  it("[COS-20] who may not read it and tried is there too", async () => {
    assert.equal((await read("stranger", "/watched")).status, 403);
    await noted({ user: "stranger", verb: "get", name: "watched", code: 403 });
  });

  it("[COS-20] who changed it is there, and no line holds what is in it", async () => {
    await kubectl(["label", "secret", "watched", "-n", namespace, "looked-at=yes"]);
    const changed = await eventually("the change is in the log", async () =>
      events().find(({ verb, objectRef }) => verb === "patch" && objectRef?.name === "watched"),
    );
    assert.equal(changed.user.username, "hardened-admin");
    const { read, holding } = searchFiles([value], auditFolder(instance));
    assert.ok(read >= 1);
    assert.deepEqual(holding, []);
    assert.ok(events().every((event) => event.requestObject === undefined && event.responseObject === undefined));
    assert.deepEqual([...new Set(events().map(({ level }) => level))], ["Metadata"]);
  });

  it("[COS-20] the query of the guide finds the reader in it and leaves out the operator and the cluster's own", () => {
    const guide = textOf("docs/how-to/rotate-a-secret.md");
    const [, left = ""] = /\.user\.username \| test\("([^"]+)"\)/.exec(guide) ?? [];
    assert.notEqual(left, "");
    const strangers = events()
      .filter(({ objectRef }) => objectRef?.resource === "secrets")
      .map(({ user }) => user.username)
      .filter((user) => !new RegExp(left).test(user));
    assert.deepEqual([...new Set(strangers)].sort(), ["hardened-admin", account("reader"), account("stranger")].sort());
  });
});
