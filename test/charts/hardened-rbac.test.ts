import { strict as assert } from "node:assert";
import { useLibrary } from "./support/library";

const leases = { apiGroups: ["coordination.k8s.io"], resources: ["leases"], verbs: ["get", "update"] };
const account = { name: "agent" };
const wildcard = (at: string, what: string) =>
  `${at} holds the wildcard "${what}", which grants what comes later too; name what the program uses`;
const rights = (at: string, verb: string) =>
  `${at}.verbs holds "${verb}", which gives rights that the role does not name; leave roles and bindings to the deployment`;
const reads = (at: string, verbs: string) =>
  `${at} reads every Secret there is (${verbs}); name them in resourceNames with the verb get, or mount them`;
const unnamed = (at: number, given: string) =>
  `access[${at}].resourceNames holds ${given}, which is no object's name: with it a list without a name is allowed, of all of them; name the objects`;
const secrets = (...verbs: string[]) => ({ apiGroups: [""], resources: ["configmaps", "secrets"], verbs });

describe("charts/hardened: roles and bindings", () => {
  const { object, problems, word } = useLibrary();

  it("a Role and its binding are of the release's namespace, and share a name", async () => {
    const role = (await object("role", { rules: [leases], suffix: "leader" })) as unknown as Record<string, unknown>;
    assert.deepEqual([role.apiVersion, role.kind], ["rbac.authorization.k8s.io/v1", "Role"]);
    assert.deepEqual(role.rules, [leases]);
    const { metadata, ...binding } = await object("roleBinding", { subjects: [account], suffix: "leader" });
    assert.deepEqual([metadata.name, metadata.namespace], ["shop-theirs-leader", "web"]);
    assert.deepEqual(role.metadata, metadata);
    assert.deepEqual(binding as unknown, {
      apiVersion: "rbac.authorization.k8s.io/v1",
      kind: "RoleBinding",
      roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: "shop-theirs-leader" },
      subjects: [{ kind: "ServiceAccount", name: "agent", namespace: "web" }],
    });
  });

  it("a ClusterRole and its binding carry the namespace in their name and in a label, and are in none", async () => {
    const rules = [leases, { nonResourceURLs: ["/metrics"], verbs: ["get"] }];
    const role = (await object("clusterRole", { rules, component: "agent" })) as unknown as Record<string, unknown>;
    assert.deepEqual([role.apiVersion, role.kind], ["rbac.authorization.k8s.io/v1", "ClusterRole"]);
    assert.deepEqual(role.rules, rules);
    const given = { subjects: [account, { name: "probe", namespace: "tools" }], component: "agent" };
    const { metadata, ...binding } = await object("clusterRoleBinding", given);
    assert.deepEqual(role.metadata, metadata);
    assert.deepEqual(metadata as unknown, {
      name: "web.shop-theirs",
      labels: {
        "helm.sh/chart": "theirs-0.1.0",
        "app.kubernetes.io/name": "theirs",
        "app.kubernetes.io/instance": "shop",
        "app.kubernetes.io/version": "1.0",
        "app.kubernetes.io/managed-by": "Helm",
        "app.kubernetes.io/component": "agent",
        "hardened.pulumi/namespace": "web",
      },
    });
    assert.deepEqual(binding as unknown, {
      apiVersion: "rbac.authorization.k8s.io/v1",
      kind: "ClusterRoleBinding",
      roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "web.shop-theirs" },
      subjects: [
        { kind: "ServiceAccount", name: "agent", namespace: "web" },
        { kind: "ServiceAccount", name: "probe", namespace: "tools" },
      ],
    });
  });

  it("a binding may give a ClusterRole of the cluster, and give it to a group of people", async () => {
    const subjects = [{ kind: "Group", name: "operators" }];
    const apiGroup = "rbac.authorization.k8s.io";
    for (const template of ["roleBinding", "clusterRoleBinding"]) {
      const binding: object = await object(template, { subjects, clusterRole: "view", annotations: { note: "kept" } });
      const { roleRef, subjects: found } = binding as Record<string, unknown>;
      assert.deepEqual(
        [roleRef, found],
        [{ apiGroup, kind: "ClusterRole", name: "view" }, [{ ...subjects[0], apiGroup }]],
      );
    }
  });

  it("another role is another binding: a role that is bound can never be changed", async () => {
    const named = async (template: string, given: object) => {
      const binding: object = await object(template, { subjects: [account], suffix: "read", ...given });
      const { metadata, roleRef } = binding as { metadata: { name: string }; roleRef: { kind: string; name: string } };
      return [metadata.name, roleRef.kind, roleRef.name];
    };
    const foreign = "system:auth-delegator";
    assert.deepEqual(await named("roleBinding", { clusterRole: "view" }), [
      "shop-theirs-read:view",
      "ClusterRole",
      "view",
    ]);
    assert.deepEqual(await named("clusterRoleBinding", { clusterRole: foreign }), [
      `web.shop-theirs-read:${foreign}`,
      "ClusterRole",
      foreign,
    ]);
    // an empty name is that of none
    for (const clusterRole of ["", null]) {
      assert.deepEqual(await named("roleBinding", { clusterRole }), ["shop-theirs-read", "Role", "shop-theirs-read"]);
      const own = "web.shop-theirs-read";
      assert.deepEqual(await named("clusterRoleBinding", { clusterRole }), [own, "ClusterRole", own]);
    }
  });

  it("the chart's own ClusterRole may be bound within a namespace, by the name it has", async () => {
    const { metadata } = await object("clusterRole", { rules: [leases], suffix: "read" });
    const name = await word("clusterRoleName", { suffix: "read" });
    assert.equal(name, metadata.name);
    const binding: object = await object("roleBinding", { subjects: [account], clusterRole: name });
    const { roleRef } = binding as { roleRef: unknown };
    assert.deepEqual(roleRef, { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name });
  });

  it("names that YAML takes for something else stay texts, and what is no text is refused", async () => {
    const apiGroup = "rbac.authorization.k8s.io";
    const names = ["123", "true", "null", "1e3"];
    const subjects = names.map((name) => ({ kind: "User", name }));
    for (const template of ["roleBinding", "clusterRoleBinding"]) {
      const binding: object = await object(template, { subjects, clusterRole: "007" });
      const { roleRef, subjects: found } = binding as Record<string, unknown>;
      assert.deepEqual(roleRef, { apiGroup, kind: "ClusterRole", name: "007" });
      assert.deepEqual(
        found,
        names.map((name) => ({ kind: "User", name, apiGroup })),
      );
      const wrong = { subjects: [{ kind: "User", name: 123 }, { name: true }], clusterRole: 7 };
      assert.deepEqual(await problems(template, wrong), [
        "subjects[0].name (123) is no text; put it in quotes",
        "subjects[1].name (true) is no text; put it in quotes",
        "subjects: the name of the clusterRole (7) is no text; put it in quotes",
      ]);
    }
    const [own] = (
      (await object("roleBinding", { subjects: [{ name: "7", namespace: "8" }] })) as unknown as {
        subjects: object[];
      }
    ).subjects;
    assert.deepEqual(own, { kind: "ServiceAccount", name: "7", namespace: "8" });
  });

  it("a ClusterRole that gives more than its name says is not bound; one for other programs is", async () => {
    const use = "write a role of what the program uses";
    const parts = (role: string) =>
      `who: ${role} is a role of Kubernetes' own parts, which changes with its versions; ${use}, or give one of system:{auth-delegator,basic-user,discovery,monitoring,public-info-viewer,service-account-issuer-discovery}`;
    const wrong: [role: string, words: string][] = [
      ["cluster-admin", `who: cluster-admin may do everything; ${use}`],
      ["admin", `who: admin reads and changes every Secret of a namespace, and gives out roles there; ${use}`],
      ["edit", `who: edit reads and changes every Secret of a namespace, and runs pods as any account there; ${use}`],
      ...["system:masters", "system:node", "system:aggregate-to-edit", "system:"].map((role): [string, string] => [
        role,
        parts(role),
      ]),
    ];
    for (const template of ["roleBinding", "clusterRoleBinding"]) {
      for (const [clusterRole, words] of wrong)
        assert.deepEqual(await problems(template, { subjects: [account], clusterRole, key: "who" }), [words]);
      for (const clusterRole of ["view", "editor", "system:auth-delegator", "system:public-info-viewer"])
        assert.ok(await object(template, { subjects: [account], clusterRole }));
    }
  });

  it("Secrets that are named may be read, and secrets of another group too", async () => {
    const named = { ...secrets("get", "update"), resourceNames: ["token"] };
    for (const rules of [[named], [{ ...secrets("list"), apiGroups: ["vault.example.com"] }], [secrets("create")]])
      assert.ok(await object("role", { rules }));
  });

  type Wrong = [title: string, rules: readonly object[], words: readonly string[]];
  const wrong: Wrong[] = [
    ["no rule", [], ["access is empty: the role gives nothing; name what the program uses"]],
    [
      "a rule of nothing",
      [{ apiGroups: [], verbs: [] }],
      ["verbs", "apiGroups", "resources"].map((field) => `access[0].${field} is empty; name what the program uses`),
    ],
    [
      "wildcards, whole and in part",
      [
        { apiGroups: ["*"], resources: ["*"], verbs: ["*"] },
        { ...leases, resources: ["leases/*"] },
      ],
      [
        wildcard("access[0].verbs", "*"),
        wildcard("access[0].apiGroups", "*"),
        wildcard("access[0].resources", "*"),
        wildcard("access[1].resources", "leases/*"),
      ],
    ],
    [
      "verbs that give more than they say",
      [leases, { ...leases, verbs: ["get", "escalate", "bind", "impersonate", "impersonate:user-info"] }],
      ["escalate", "bind", "impersonate", "impersonate:user-info"].map((verb) => rights("access[1]", verb)),
    ],
    ...["get", "list", "watch", "update", "patch", "delete", "deletecollection"].map(
      (verb): Wrong => [`${verb} on all Secrets`, [secrets(verb, "create")], [reads("access[0]", verb)]],
    ),
    [
      "names that are none, by which every object is listed",
      [
        { ...secrets("list", "watch"), resourceNames: [""] },
        { ...leases, resourceNames: ["leader", null, " ", 7] },
      ],
      [unnamed(0, '""'), unnamed(1, "null"), unnamed(1, '" "'), unnamed(1, "7")],
    ],
    [
      "all of it at once",
      [secrets("get", "list"), { ...leases, verbs: ["bind"] }],
      [reads("access[0]", "get, list"), rights("access[1]", "bind")],
    ],
  ];
  for (const [title, rules, words] of wrong)
    it(`${title}: refused in both kinds of roles`, async () => {
      for (const template of ["role", "clusterRole"])
        assert.deepEqual(await problems(template, { rules, key: "access" }), words, template);
    });

  it("paths outside of a namespace belong into a ClusterRole, and are named there", async () => {
    const rules = [{ nonResourceURLs: ["/metrics"], verbs: ["get"] }];
    assert.deepEqual(await problems("role", { rules }), [
      "rules[0].nonResourceURLs belong to no namespace; put them into a ClusterRole",
    ]);
    const wide = [{ nonResourceURLs: ["/metrics/*"], verbs: ["get"] }];
    assert.deepEqual(await problems("clusterRole", { rules: wide }), [
      wildcard("rules[0].nonResourceURLs", "/metrics/*"),
    ]);
  });

  it("a role is given to nobody of Kubernetes itself, to no account that all share, and is not everything", async () => {
    const own = (at: number, kind: string, name: string) =>
      `subjects[${at}].name: ${kind} ${name} is one of Kubernetes' own, many accounts or nobody in particular; name the program's ServiceAccount`;
    const given = {
      clusterRole: "cluster-admin",
      subjects: [
        { kind: "Group", name: "system:authenticated" },
        { kind: "Group", name: "system:serviceaccounts:web" },
        { kind: "User", name: "system:anonymous" },
        { name: "default" },
        { kind: "Robot", name: "one" },
        {},
      ],
    };
    for (const template of ["roleBinding", "clusterRoleBinding"]) {
      assert.deepEqual(await problems(template, given), [
        own(0, "Group", "system:authenticated"),
        own(1, "Group", "system:serviceaccounts:web"),
        own(2, "User", "system:anonymous"),
        "subjects[3].name: the ServiceAccount default is that of every pod that names none; give the program one of its own",
        'subjects[4].kind ("Robot") is none of ServiceAccount, User, Group',
        "subjects[5].name is missing; name the program's ServiceAccount",
        "subjects: cluster-admin may do everything; write a role of what the program uses",
      ]);
      assert.deepEqual(await problems(template, { subjects: [], key: "who" }), [
        "who is empty: the role is given to nobody; name the program's ServiceAccount",
      ]);
    }
  });
});
