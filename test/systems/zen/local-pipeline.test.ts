import { strict as assert } from "node:assert";
import { checkStack } from "../../../config/stack-schema";
import { systems } from "../../../systems/registry";
import { zen } from "../../../systems/zen/definition";
import { examples } from "../../../systems/zen/examples";
import { aws, type Given, local, resolved } from "./configurations";

/** The profile local as a person runs it, and as the platform's pipeline does. */

/** The local configuration with changes of the agent. */
const withAgent = (agent: Given): Given => ({ ...local, agent: { ...local.agent, ...agent } });
const mkcert = (endpoint: string): Given =>
  withAgent({
    saas: { endpoint, existingSecret: "zen-agent-bootstrap" },
    tls: { enabled: true, existingSecret: "zen-agent-client" },
    caMount: { enabled: true, secretName: "mkcert-ca" },
  });

function mistakes(given: Given, environment: "dev" | "prod" = "dev"): readonly string[] {
  const raw = { environment, cluster: { context: "here" }, mailroom: { enabled: false }, zen: given };
  const checked = checkStack("test", raw, systems);
  return "mistakes" in checked ? checked.mistakes.filter((line) => line.startsWith("hardened:zen")) : [];
}

describe("systems/zen: the profile local", () => {
  it("[ZN-59] the golden path has mutual TLS: a run looks for token, certificate and authority before anything is made", () => {
    const given = mkcert("https://saas.host.k3d.internal");
    assert.deepEqual(mistakes(given), []);
    const [release] = zen.requires(resolved(given).value);
    assert.deepEqual(release?.existingSecret, { name: "zen-agent-bootstrap", keys: ["token"] });
    assert.deepEqual(
      release?.otherSecrets?.map(({ name, by }) => [name, by]),
      [
        ["zen-agent-client", "hardened:zen.agent.tls.existingSecret"],
        ["mkcert-ca", "hardened:zen.agent.caMount.secretName"],
      ],
    );
    assert.match(mistakes(withAgent({ saas: { endpoint: "" } })).join("\n"), /agent\.saas\.endpoint: /);
    const half = withAgent({
      saas: { endpoint: "https://saas.host.k3d.internal", existingSecret: "zen-agent-bootstrap" },
      tls: { enabled: true },
    });
    assert.match(mistakes(half).join("\n"), /agent\.tls\.existingSecret: missing/);
  });

  it("[ZN-42] TLS is off or mkcert's; the SaaS is on the machine or behind k3d's ingress", () => {
    for (const endpoint of ["http://localhost:8080", "http://host.k3d.internal:8080", "http://saas.host.k3d.internal"])
      assert.deepEqual(
        mistakes(withAgent({ saas: { endpoint, existingSecret: "zen-agent-bootstrap" } })),
        [],
        endpoint,
      );
    assert.deepEqual(mistakes(mkcert("https://saas.host.k3d.internal:8443")), []);
    assert.match(String((examples.local.values.saas as Given).endpoint), /^http:\/\/[\w.]*host\.k3d\.internal/);
  });

  it("[ZN-42] [ZN-63] images come from the internal registry, or are imported under their own names; aws refuses the registry", () => {
    const image = { repository: "registry.kube-zen.io:5000/zen-agent" };
    const saas = { ...(local.agent.saas as Given), existingSecret: "zen-agent-bootstrap" };
    assert.deepEqual(mistakes(withAgent({ saas, image })), []);
    assert.deepEqual(mistakes(withAgent({ saas })), []);
    assert.match(
      mistakes({ ...aws, agent: { ...aws.agent, image } }, "prod").join("\n"),
      /agent\.image\.repository: .*no allowed registry/,
    );
  });
});
