import { strict as assert } from "node:assert";
import type { Rendered } from "./support/helm";
import { selected, useLibrary } from "./support/library";

const image = { repository: "registry.example.com/store", tag: "1.0", pullPolicy: "IfNotPresent" };
const resources = { requests: { cpu: "100m", memory: "64Mi" }, limits: { cpu: "1", memory: "64Mi" } };
const locked = { runAsNonRoot: true, allowPrivilegeEscalation: false };
const mounts = [{ name: "data", mountPath: "/data" }];
const pod = {
  component: "store",
  tmpSizeLimit: "16Mi",
  securityContext: { runAsNonRoot: true, runAsUser: 10001, runAsGroup: 10002 },
  spread: { zone: "soft", host: "hard" },
  containers: [{ name: "store", image, resources, securityContext: locked, mounts }],
};
const claims = [{ name: "data", size: "10Gi" }];
const set = { component: "store", pod, claims, replicas: 3 };
const units = 'write a text such as "10Gi"';
const nothing = "a claim without a size is refused, and nothing fits into a volume of none";

/** Without what only says what it is of. */
const bare = ({ spec }: Rendered) => {
  const { template: _, ...rest } = spec;
  return rest as unknown;
};

describe("charts/hardened: StatefulSets and claims", () => {
  const { object, problems } = useLibrary();

  it("a StatefulSet says all that a replacement has to know, and its claims stay", async () => {
    const { apiVersion, kind, metadata, ...rest } = await object("statefulSet", set);
    assert.deepEqual(
      [apiVersion, kind, metadata.name, metadata.namespace],
      ["apps/v1", "StatefulSet", "shop-theirs", "web"],
    );
    assert.deepEqual(bare({ apiVersion, kind, metadata, ...rest }), {
      serviceName: "shop-theirs",
      replicas: 3,
      podManagementPolicy: "OrderedReady",
      minReadySeconds: 0,
      revisionHistoryLimit: 3,
      updateStrategy: { type: "RollingUpdate" },
      persistentVolumeClaimRetentionPolicy: { whenDeleted: "Retain", whenScaled: "Retain" },
      selector: { matchLabels: selected("store") },
      volumeClaimTemplates: [
        {
          apiVersion: "v1",
          kind: "PersistentVolumeClaim",
          metadata: { name: "data", labels: selected("store") },
          spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "10Gi" } } },
        },
      ],
    });
  });

  it("everything that may be said of it is placed", async () => {
    const { spec, metadata } = await object("statefulSet", {
      ...set,
      suffix: "db",
      serviceName: "peers",
      minReadySeconds: 30,
      podManagementPolicy: "Parallel",
      updateStrategy: { type: "RollingUpdate", rollingUpdate: { partition: 2 } },
      retention: { whenDeleted: "Delete" },
      claims: [{ ...claims[0], accessModes: ["ReadWriteOncePod"], storageClassName: "fast" }],
      annotations: { note: "kept" },
      podAnnotations: { why: "known" },
      reloadOn: ["password"],
    });
    assert.equal(metadata.name, "shop-theirs-db");
    assert.deepEqual(metadata.annotations, { note: "kept", "secret.reloader.stakater.com/reload": "password" });
    assert.deepEqual(spec.template.metadata.annotations, { why: "known" });
    assert.deepEqual(
      [spec.serviceName, spec.minReadySeconds, spec.podManagementPolicy, spec.updateStrategy],
      ["peers", 30, "Parallel", { type: "RollingUpdate", rollingUpdate: { partition: 2 } }],
    );
    assert.deepEqual(spec.persistentVolumeClaimRetentionPolicy, { whenDeleted: "Delete", whenScaled: "Retain" });
    const [claim] = spec.volumeClaimTemplates as [{ spec: object }];
    assert.deepEqual(claim.spec, {
      accessModes: ["ReadWriteOncePod"],
      storageClassName: "fast",
      resources: { requests: { storage: "10Gi" } },
    });
  });

  it("its pod is that of a Deployment, but that its group owns the volumes and that every pod counts for the spread", async () => {
    const ofDeployment = (await object("deployment", { component: "store", pod })).spec.template;
    const ofSet = (await object("statefulSet", set)).spec.template;
    assert.deepEqual(ofSet.metadata, ofDeployment.metadata);
    const { securityContext, ...mine } = ofSet.spec;
    const { securityContext: plain, ...theirs } = ofDeployment.spec;
    assert.deepEqual(securityContext, { ...plain, fsGroup: 10002, fsGroupChangePolicy: "OnRootMismatch" });
    const text = JSON.stringify(theirs);
    assert.ok(text.includes("matchLabelKeys"));
    assert.deepEqual(mine, JSON.parse(text.replaceAll(/,?"matchLabelKeys":\["pod-template-hash"\]/g, "")));
    assert.equal(mine.automountServiceAccountToken, false);
  });

  it("a group of the volumes that is given is left", async () => {
    const { spec } = await object("statefulSet", {
      ...set,
      pod: { ...pod, securityContext: { ...pod.securityContext, fsGroup: 20000 } },
    });
    assert.equal(spec.template.spec.securityContext.fsGroup, 20000);
  });

  it("how the group of the volumes is changed is left as it is given", async () => {
    const securityContext = { ...pod.securityContext, fsGroupChangePolicy: "Always" };
    const { spec } = await object("statefulSet", { ...set, pod: { ...pod, securityContext } });
    assert.equal(spec.template.spec.securityContext.fsGroupChangePolicy, "Always");
  });

  it("a claim has no name that a volume of the pod has", async () => {
    const volumes = [{ name: "tls", secret: { secretName: "tls" } }];
    const given = { ...set, pod: { ...pod, volumes }, claims: [...claims, { name: "tls", size: "1Gi" }] };
    assert.deepEqual(await problems("statefulSet", given), [
      'statefulSet.claims[1].name: there is a volume "tls" already; give each its own',
    ]);
    assert.ok(await object("statefulSet", { ...given, claims }));
  });

  const job = { component: "store", pod, activeDeadlineSeconds: 60, backoffLimit: 0, ttlSecondsAfterFinished: 60 };
  const named: [template: string, kind: string, given: object, why: string][] = [
    [
      "statefulSet",
      "StatefulSet",
      set,
      "the label of its pods' revision would be too long, and it would never get a pod",
    ],
    [
      "cronJob",
      "CronJob",
      { ...job, schedule: "@daily" },
      "its Jobs' names would be too long, and the API server refuses it",
    ],
  ];
  for (const [template, kind, given, why] of named)
    it(`a ${kind}'s name has at most 52 characters, its suffix included`, async () => {
      // "shop-theirs-" before it
      const most = "s".repeat(40);
      const { metadata, spec } = await object(template, { ...given, suffix: most });
      assert.equal(metadata.name.length, 52);
      assert.ok(spec);
      assert.deepEqual(await problems(template, { ...given, key: "store", suffix: `${most}s` }), [
        `store: the name shop-theirs-${most}s has 53 characters, and a ${kind} at most 52: ${why}; set a shorter fullnameOverride`,
      ]);
    });

  it("a headless Service has no address of its own; any other has one", async () => {
    const service = { component: "store", type: "ClusterIP", ports: { http: 8080 } };
    assert.equal((await object("service", { ...service, headless: true })).spec.clusterIP, "None");
    assert.ok(!("clusterIP" in (await object("service", service)).spec));
  });

  it("everything that is wrong with a StatefulSet is said at once, by its key", async () => {
    const wrong = {
      ...set,
      key: "store",
      replicas: "3",
      minReadySeconds: -1,
      podManagementPolicy: "parallel",
      updateStrategy: { type: "Recreate" },
      retention: { whenDeleted: "Keep", whenScaled: "" },
      pod: { ...pod, securityContext: {} },
      claims: [
        { size: "10Gi" },
        { name: "Data", size: "10Gi" },
        { name: "tmp", size: "10Gi" },
        { name: "data", size: "0" },
        { name: "data", size: "-1Gi", accessModes: ["Always"] },
      ],
    };
    assert.deepEqual((await problems("statefulSet", wrong)).sort(), [
      `store.claims[0].name (null) is no name of a volume; use lower-case letters, digits and -`,
      `store.claims[1].name ("Data") is no name of a volume; use lower-case letters, digits and -`,
      `store.claims[2].name: there is a volume "tmp" already; give each its own`,
      `store.claims[3].size is 0: ${nothing}; raise it`,
      `store.claims[4].accessModes[0] ("Always") is none of ReadWriteOnce, ReadWriteOncePod, ReadOnlyMany, ReadWriteMany`,
      `store.claims[4].name: there is a volume "data" already; give each its own`,
      `store.claims[4].size ("-1Gi") is no amount; ${units}`,
      "store.minReadySeconds (-1) is no whole number from 0 to 3600",
      "store.pod.securityContext names neither fsGroup nor runAsGroup: root would own the volumes, and the pod could not write to them; set fsGroup",
      'store.podManagementPolicy ("parallel") is none of OrderedReady, Parallel',
      'store.replicas ("3") is no whole number from 0 to 1000',
      'store.retention.whenDeleted ("Keep") is none of Retain, Delete',
      'store.retention.whenScaled ("") is none of Retain, Delete',
      'store.updateStrategy.type ("Recreate") is none of RollingUpdate, OnDelete',
    ]);
  });

  const sizes: [given: unknown, words: string][] = [
    [undefined, `claim.size is missing: ${nothing}; set it`],
    ["", `claim.size ("") is no amount; ${units}`],
    [10, `claim.size (10) is no amount; ${units}`],
    ["much", `claim.size ("much") is no amount; ${units}`],
    ["10", `claim.size ("10") has no unit of bytes; ${units}`],
    ["100m", `claim.size ("100m") has no unit of bytes; ${units}`],
    ["0Gi", `claim.size is 0Gi: ${nothing}; raise it`],
    ["0.0Ti", `claim.size is 0.0Ti: ${nothing}; raise it`],
    ["-5Gi", `claim.size ("-5Gi") is no amount; ${units}`],
    ["5 Gi", `claim.size ("5 Gi") is no amount; ${units}`],
  ];
  for (const [size, words] of sizes)
    it(`a claim of ${JSON.stringify(size)} is refused`, async () =>
      assert.deepEqual(await problems("persistentVolumeClaim", size === undefined ? {} : { size }), [words]));

  it("a claim stays when its release goes, unless it is said that it shall not", async () => {
    const { metadata, spec } = await object("persistentVolumeClaim", {
      suffix: "archive",
      component: "store",
      size: "1.5Ti",
    });
    assert.equal(metadata.name, "shop-theirs-archive");
    assert.deepEqual(metadata.annotations, { "helm.sh/resource-policy": "keep" });
    assert.deepEqual(spec as unknown, {
      accessModes: ["ReadWriteOnce"],
      resources: { requests: { storage: "1.5Ti" } },
    });
    const given = { size: "1Gi", keep: false, annotations: { note: "kept" } };
    assert.deepEqual((await object("persistentVolumeClaim", given)).metadata.annotations, { note: "kept" });
  });

  it("one claim for several pods has to be for several nodes", async () => {
    const claim = { size: "1Gi", key: "archive", pods: 3 };
    const words = (modes: string) =>
      `archive.accessModes (${modes}): 3 pods mount this one claim, and it is for one node; use ReadWriteMany, one pod, or the claims of a StatefulSet`;
    assert.deepEqual(await problems("persistentVolumeClaim", claim), [words("ReadWriteOnce")]);
    const both = ["ReadWriteOncePod", "ReadWriteOnce"];
    assert.deepEqual(await problems("persistentVolumeClaim", { ...claim, accessModes: both }), [
      "archive.accessModes: ReadWriteOncePod goes with no other; choose",
      words(both.join(", ")),
    ]);
    for (const mode of ["ReadWriteMany", "ReadOnlyMany"])
      assert.deepEqual((await object("persistentVolumeClaim", { ...claim, accessModes: [mode] })).spec.accessModes, [
        mode,
      ]);
    await object("persistentVolumeClaim", { ...claim, pods: 1 });
  });
});
