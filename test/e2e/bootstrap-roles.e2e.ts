import { strict as assert } from "node:assert";
import { mightyRoles } from "../../cli/generate/bootstrap-roles";
import { list, text } from "../../policy/manifest/read";
import { controllerPrefix, knownRoles, writeRoles } from "../../policy/rules/bootstrap-table";
import { type ApiServer, startApiServer } from "./api-server";

describe("the roles a stock Kubernetes comes with, asked of a real API server", function () {
  this.timeout(300_000);
  let api: ApiServer;
  before(async () => {
    // Whoever asks may do everything, but the roles are made.
    api = await startApiServer({}, "AlwaysAllow,RBAC");
  });
  after(() => api?.stop());

  it("are in the table when they grant what a rule forbids, and no other is", async () => {
    const selector = encodeURIComponent("kubernetes.io/bootstrapping=rbac-defaults");
    const path = `/apis/rbac.authorization.k8s.io/v1/clusterroles?labelSelector=${selector}`;
    const roles = list((await api.call("GET", path)).body, "items");
    assert.ok(roles.length > 50, String(roles.length));
    assert.ok(roles.some((role) => text(role, "metadata", "name").startsWith(controllerPrefix)));
    assert.equal(writeRoles(mightyRoles(roles)), writeRoles(knownRoles));
  });

  it("reads a whole Secret in the answer to its deletion", async () => {
    const secrets = "/api/v1/namespaces/default/secrets";
    const secret = { apiVersion: "v1", kind: "Secret", metadata: { name: "web" }, stringData: { token: "abc" } };
    assert.equal((await api.call("POST", secrets, secret)).status, 201);
    const { body } = await api.call("DELETE", `${secrets}/web?propagationPolicy=Foreground`);
    assert.equal(text(body, "data", "token"), Buffer.from("abc").toString("base64"));
    const all = (await api.call("DELETE", secrets)).body;
    assert.equal(text(list(all, "items")[0], "data", "token"), Buffer.from("abc").toString("base64"));
  });
});
