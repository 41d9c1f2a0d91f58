import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { CustomResourceDefinitions } from "../../components/custom-resource-definitions";
import { MemoryCluster } from "../support/doubles/memory-cluster";
import { registered, registrationOf, resolved } from "../support/doubles/registered-resources";

const definitions = ["things", "others"].map((plural) => ({
  metadata: { name: `${plural}.a.example`, ...(plural === "things" && { annotations: { from: "elsewhere" } }) },
  spec: { group: "a.example", scope: "Namespaced" },
}));
const type = "kubernetes:apiextensions.k8s.io/v1:CustomResourceDefinition";

/** What kubectl says is written down here: nothing is stored in an older version, or kubectl fails. */
describe("custom-resource-definitions: kinds of a system's own", () => {
  const folder = mkdtempSync(join(tmpdir(), "kinds-"));
  const path = process.env.PATH;
  const asked = (): string[] => readFileSync(join(folder, "asked"), "utf8").split("\n").filter(Boolean);
  const kubectl = (script: string): void => {
    writeFileSync(join(folder, "asked"), "");
    writeFileSync(join(folder, "kubectl"), `#!/bin/sh\necho "$@" >> "${folder}/asked"\n${script}\n`, { mode: 0o755 });
  };
  const kinds = async (isPreview: boolean, protect?: boolean) => {
    let made: CustomResourceDefinitions | undefined;
    let ready: pulumi.Resource | undefined;
    const all = await registered(async () => {
      const args = { system: "web", definitions, context: "here", ...(protect !== undefined && { protect }) };
      made = new CustomResourceDefinitions("web-kinds", args);
      ready = await resolved(made.ready);
    }, isPreview);
    return { all, isReady: ready === made && made !== undefined };
  };
  before(() => {
    process.env.PATH = [folder, path].join(delimiter);
  });
  after(() => {
    process.env.PATH = path;
    rmSync(folder, { recursive: true, force: true });
  });

  const nothing = `echo '{"spec": {"versions": [{"name": "v1", "storage": true}]}, "status": {"storedVersions": ["v1"]}}'`;

  it("[ZN-29] each is awaited, stays when the stack goes, and is asked for objects of older versions in the stack's own cluster", async () => {
    kubectl(nothing);
    const { all, isReady } = await kinds(false);
    assert.ok(isReady);
    for (const { metadata, spec } of definitions) {
      const { inputs, options } = registrationOf(all, `${type} web-kinds-${metadata.name.replace(".a.example", "")}`);
      assert.deepEqual(inputs, {
        ...{ apiVersion: "apiextensions.k8s.io/v1", kind: "CustomResourceDefinition", spec },
        metadata: {
          name: metadata.name,
          labels: {
            "app.kubernetes.io/name": "web",
            "app.kubernetes.io/component": "kinds",
            "app.kubernetes.io/managed-by": "pulumi",
          },
          annotations: { ...metadata.annotations, "pulumi.com/waitFor": "condition=Established" },
        },
      });
      const { retainondelete, protect, parent } = options;
      assert.deepEqual(
        [retainondelete, protect, parent],
        [true, undefined, "hardened:components:CustomResourceDefinitions web-kinds"],
      );
    }
    assert.deepEqual(
      asked().map((words) => /--context (\S+) .*(things|others)\.a\.example/.exec(words)?.slice(1, 3)),
      [
        ["here", "things"],
        ["here", "others"],
      ],
    );
  });

  it("[ZN-29] how many objects of a kind were written into its newest version is told, and nothing of one without", async () => {
    const cluster = new MemoryCluster([
      { apiVersion: "a.example/v1", kind: "Thing", resource: "things", namespaced: false },
    ]);
    cluster.objects = [{ apiVersion: "a.example/v1", kind: "Thing", metadata: { name: "one" } }];
    const { socketPath, close } = await cluster.proxy();
    const old = `{"spec": {"group": "a.example", "names": {"plural": "things"}, "versions": [{"name": "v1", "storage": true}]}, "status": {"storedVersions": ["v0", "v1"]}}`;
    kubectl(
      `case " $* " in *" proxy "*) for word; do case "$word" in --unix-socket=*) ln -s "${socketPath}" "\${word#*=}";; esac; done
       echo Starting to serve; exec sleep 60;; *" get "*" things.a.example "*) echo '${old}';; *" get "*) ${nothing};; esac`,
    );
    const { log } = console;
    const told: string[] = [];
    console.log = (line: string) => void told.push(line);
    try {
      assert.ok((await kinds(false)).isReady);
    } finally {
      console.log = log;
      close();
    }
    assert.deepEqual(told, ["info: [runtime] 1 objects of things.a.example are stored in its newest version now"]);
  });

  it("in production they are protected", async () => {
    kubectl(nothing);
    const { all } = await kinds(true, true);
    for (const plural of ["things", "others"])
      assert.equal(registrationOf(all, `${type} web-kinds-${plural}`).options.protect, true);
  });

  for (const [what, script, says] of [
    [
      "the cluster cannot be asked",
      "echo away >&2; exit 1",
      /^ResourceError: objects of things\.a\.example are still stored in an older version: away$/,
    ],
    ["of any other failure", "echo no JSON", /^SyntaxError: /],
  ] as const)
    it(`what waits for them is told when ${what}`, async () => {
      kubectl(script);
      let failure: unknown;
      await registered(async () => {
        const { ready } = new CustomResourceDefinitions("web-kinds", { system: "web", definitions, context: "here" });
        failure = await (ready as unknown as { promise(): Promise<unknown> })
          .promise()
          .catch((error: unknown) => error);
      }, false).catch(() => undefined);
      const { name, message } = failure as Error;
      assert.match(`${failure instanceof pulumi.ResourceError ? "ResourceError" : name}: ${message}`, says);
    });

  it("a preview asks nobody", async () => {
    kubectl("exit 1");
    assert.ok((await kinds(true)).isReady);
    assert.deepEqual(asked(), []);
  });
});
