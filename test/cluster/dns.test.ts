import { strict as assert } from "node:assert";
import { type DnsPod, dnsWarnings } from "../../cluster/dns";

const pod = (label: string): DnsPod => ({ metadata: { labels: { "k8s-app": label } } });

describe("cluster/dns: what the network policies allow", () => {
  it("is silent where DNS is the pods of kube-dns", () => assert.deepEqual(dnsWarnings([pod("kube-dns")]), []));

  it("warns where there are none, as on OpenShift", () => {
    const [only, ...others] = dnsWarnings([]);
    assert.match(only ?? "", /no pod labelled k8s-app=kube-dns in kube-system.*use-your-own-cluster\.md#dns/);
    assert.deepEqual(others, []);
  });

  it("warns of NodeLocal DNSCache, which answers at an address of the node", () => {
    const [only, ...others] = dnsWarnings([pod("kube-dns"), pod("node-local-dns")]);
    assert.match(only ?? "", /NodeLocal DNSCache.*use-your-own-cluster\.md#dns/);
    assert.deepEqual(others, []);
  });
});
