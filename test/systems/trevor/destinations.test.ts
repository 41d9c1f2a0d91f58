import { strict as assert } from "node:assert";
import { trevorConfig } from "../../../systems/trevor/config";
import { namedNamespaces, unreachable } from "../../../systems/trevor/destinations";

const parse = (given: object) =>
  trevorConfig.parse({ enabled: true, image: { repository: "registry.example/team/trevor" }, ...given });
/** Names of the variables that are warned of. */
const warned = (env: object, given: object = {}): string[] =>
  unreachable(parse({ env, ...given })).map((line) => /^hardened:trevor\.env\.(\w+) names/.exec(line)?.[1] ?? line);

describe("systems/trevor: destinations", () => {
  const reached = {
    KEYCLOAK_URL: "http://keycloak.identity.svc:8080/realms/x",
    KEYCLOAK_LONG: "http://keycloak.identity.svc.cluster.local:8080",
    OTLP: "http://collector.observability.svc:4317",
    BUCKET: "https://s3.example.com/bucket",
    SEAWEED: "http://seaweedfs.storage.svc:8333",
    NEIGHBOUR: "redis://cache:6379",
    LEVEL: "debug",
    WORDS: "not an address: at all",
    COUNT: 4,
    PUBLIC: "https://203.0.113.7/",
    PUBLIC6: "https://[2001:db8::7]/",
  };
  it("says nothing of what the rules let through, nor of what is no address", () =>
    assert.deepEqual(warned(reached), []));

  const blocked = {
    S3_ENDPOINT: "https://s3.example.com:9000",
    KEYCLOAK_URL: "https://login.example.com:8443",
    PLAIN: "http://api.example.com",
    OTHER: "http://search.data.svc:9200",
    ADDRESS: "https://10.1.2.3/",
    ADDRESS6: "https://[fd00::1]/",
    PRIVATE: "https://vault.internal/",
  };
  it("names each variable whose host or port no rule leads to", () => {
    assert.deepEqual(warned(blocked), Object.keys(blocked));
    const [first] = unreachable(parse({ env: blocked }));
    assert.match(
      first ?? "",
      /s3\.example\.com:9000 outside of the cluster, which no destination of networkPolicy\.destinations leads to.*add one with port 9000/,
    );
  });

  it("a destination for it ends the warning; one for another namespace does not", () => {
    const to = (name: string) => ({
      search: { port: 9200, peers: [{ namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": name } } }] },
    });
    const { OTHER } = blocked;
    assert.deepEqual(warned({ OTHER }, { networkPolicy: { destinations: to("data") } }), []);
    assert.deepEqual(warned({ OTHER }, { networkPolicy: { destinations: to("elsewhere") } }), ["OTHER"]);
    const own = { search: { port: 9200, peers: [{ podSelector: { matchLabels: { app: "search" } } }] } };
    assert.deepEqual(warned({ OTHER }, { networkPolicy: { destinations: own } }), ["OTHER"]);
    assert.deepEqual(warned({ OTHER: "http://search:9200" }, { networkPolicy: { destinations: own } }), []);
  });

  it("an address is within a block of a destination, and a private name behind any but the public ones", () => {
    const to = (cidr: string, ...except: string[]) => ({
      networkPolicy: { destinations: { own: { port: 443, peers: [{ ipBlock: { cidr, except } }] } } },
    });
    const { ADDRESS, PRIVATE } = blocked;
    assert.deepEqual(warned({ ADDRESS, PRIVATE }, to("10.0.0.0/8")), []);
    assert.deepEqual(warned({ ADDRESS }, to("10.0.0.0/8", "10.1.0.0/16")), ["ADDRESS"]);
    assert.deepEqual(warned({ ADDRESS }, to("10.2.0.0/16")), ["ADDRESS"]);
    assert.deepEqual(warned({ ADDRESS6: blocked.ADDRESS6 }, to("fd00::/8")), []);
  });

  it("namespaces that a configuration names are asked for, those of the chart are not", () => {
    const destinations = {
      search: {
        port: 9200,
        peers: [{ namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "data" } } }, { podSelector: {} }],
      },
    };
    assert.deepEqual(namedNamespaces(parse({ networkPolicy: { destinations } })), [
      { name: "data", by: "hardened:trevor.networkPolicy.destinations.search" },
    ]);
    assert.deepEqual(namedNamespaces(parse({})), []);
  });
});
