import { strict as assert } from "node:assert";
import { verdictOnPod } from "../../../policy/pod-security/evaluate-pod";

const key = "container.apparmor.security.beta.kubernetes.io/";
const detail = (spec: object, kind: "Pod" | "PodTemplate", annotations: object = {}) =>
  verdictOnPod({ metadata: { annotations }, spec }, "baseline", "latest", { kind }).detail;
const ports = [{ containerPort: 80 }, { containerPort: 443, hostPort: 8443 }, {}, null];

describe("pod-defaults", () => {
  it("[FL-14] makes declared ports of a hostNetwork pod host ports", () => {
    const spec = {
      hostNetwork: true,
      initContainers: [{ name: "i", ports }],
      containers: [{ name: "a", ports }, { name: "b" }],
    };
    assert.equal(
      detail(spec, "Pod"),
      'host namespaces (hostNetwork=true), hostPort (containers "i", "a" use hostPorts 80, 8443)',
    );
    assert.equal(
      detail(spec, "PodTemplate"),
      'host namespaces (hostNetwork=true), hostPort (containers "i", "a" use hostPort 8443)',
    );
  });

  it("[FL-14] leaves ports of ephemeral containers and of pods with their own network alone", () => {
    assert.equal(
      detail({ hostNetwork: true, ephemeralContainers: [{ name: "e", ports }] }, "Pod"),
      'host namespaces (hostNetwork=true), hostPort (container "e" uses hostPort 8443)',
    );
    assert.equal(detail({ containers: [{ name: "a", ports: [{ containerPort: 80 }] }] }, "Pod"), "");
  });

  const unconfined = (who: string, type = '"Unconfined", ') =>
    `forbidden AppArmor profile${type === "" ? "" : "s"} (${who} must not set AppArmor profile type to ${type}"${key}a="unconfined"")`;
  const annotation = { [`${key}a`]: "unconfined" };

  it("[FL-14] makes an unconfined annotation the field of its container too, in a pod", () => {
    const rooms = ["initContainers", "containers", "ephemeralContainers"];
    for (const room of rooms)
      assert.equal(
        detail({ [room]: [{ name: "a" }, { name: "b" }] }, "Pod", annotation),
        unconfined('container "a" and annotation'),
      );
    assert.equal(detail({ containers: [{ name: "a" }] }, "PodTemplate", annotation), unconfined("annotation", ""));
    assert.equal(detail({ containers: [{ name: "b" }] }, "Pod", annotation), unconfined("annotation", ""));
    assert.equal(
      detail({ os: { name: "windows" }, containers: [{ name: "a" }] }, "Pod", annotation),
      unconfined("annotation", ""),
    );
  });

  it("[FL-14] keeps a field that is set, and says nothing twice", () => {
    const set = { containers: [{ name: "a", securityContext: { appArmorProfile: { type: "Localhost" } } }] };
    assert.equal(detail(set, "Pod", annotation), unconfined("annotation", ""));
    const podSays = (profile: object) => ({
      securityContext: { appArmorProfile: profile },
      containers: [{ name: "a" }],
    });
    assert.equal(detail(podSays({ type: "Unconfined" }), "Pod", annotation), unconfined("pod and annotation"));
    assert.equal(
      detail(podSays({ type: "RuntimeDefault" }), "Pod", annotation),
      unconfined('container "a" and annotation'),
    );
    const odd = { type: "Unconfined", localhostProfile: "x" };
    assert.equal(detail(podSays(odd), "Pod", annotation), unconfined('pod and container "a" and annotation'));
  });
});
