import { strict as assert } from "node:assert";
import { checkStack } from "../../../config/stack-schema";
import { explainConfig } from "../../../policy/config/explain-config";
import { systems as systemSchemas } from "../../../systems/registry";
import { trevorConfig } from "../../../systems/trevor/config";
import { trevorCredentials } from "../../../systems/trevor/credentials";
import { migrationMode } from "../../../systems/trevor/migrations";
import { supplyChain } from "../../support/supply-chain";

const least = { enabled: true, image: { repository: "registry.example/team/trevor" } };
/** The lines a user reads for a wrong configuration. */
function mistakes(given: object): string[] {
  const { error } = trevorConfig.safeParse({ ...least, ...given });
  return error ? explainConfig(error, trevorConfig, "trevor") : assert.fail("accepted");
}
/** What a whole stack file with this configuration is told. */
function stackMistakes(environment: string, given: object): readonly string[] {
  const raw = {
    environment,
    cluster: { context: "here" },
    ...supplyChain,
    mailroom: { enabled: false },
    trevor: { ...least, credentials: { from: "existing", secretName: "kept" }, ...given },
  };
  const checked = checkStack("test", raw, systemSchemas);
  return "mistakes" in checked ? checked.mistakes : [];
}

describe("systems/trevor: configuration", () => {
  it("is off until a stack says otherwise, and then only needs an image", () => {
    assert.equal(trevorConfig.parse({}).enabled, false);
    const config = trevorConfig.parse(least);
    assert.deepEqual(
      [config.namespace, config.release, config.replicaCount, config.service.port],
      ["trevor", "trevor", 1, 8000],
    );
    assert.deepEqual(config.worker.command, ["uv", "run", "arq", "trevor.worker.WorkerSettings"]);
    assert.deepEqual(config.probes.startup, {
      path: "/health",
      periodSeconds: 2,
      timeoutSeconds: 1,
      failureThreshold: 30,
    });
    assert.equal(migrationMode(config.migrations), "hook");
    assert.match(mistakes({ image: {} }).join(), /trevor\.image\.repository: missing; your registry/);
  });

  const modes: [object, string][] = [
    [{}, "hook"],
    [{ enabled: true }, "init"],
    [{ enabled: true, hookEnabled: false }, "init"],
    [{ hookEnabled: false }, "none"],
    [{ mode: "job" }, "job"],
    [{ mode: "init", enabled: true }, "init"],
  ];
  for (const [given, mode] of modes)
    it(`[TR-51] migrations ${JSON.stringify(given)} means mode ${mode}`, () =>
      assert.equal(migrationMode(trevorConfig.parse({ ...least, migrations: given }).migrations), mode));

  const refused: [title: string, given: object, line: RegExp][] = [
    [
      "both migration switches",
      { migrations: { enabled: true, hookEnabled: true } },
      /trevor\.migrations\.enabled: enabled and hookEnabled are both true .*choose one/,
    ],
    [
      "a switch against the mode",
      { migrations: { enabled: true, mode: "hook" } },
      /trevor\.migrations\.enabled: .*remove enabled/,
    ],
    [
      "the other switch against the mode",
      { migrations: { hookEnabled: true, mode: "job" } },
      /migrations\.hookEnabled: .*remove hookEnabled/,
    ],
    [
      "an init container in several pods",
      { migrations: { mode: "init" }, replicaCount: 2 },
      /trevor\.migrations\.mode: .*several pods at once/,
    ],
    [
      "an init container with an autoscaler",
      { migrations: { mode: "init" }, autoscaling: { enabled: true } },
      /trevor\.migrations\.mode: .*several pods/,
    ],
    ["a worker without command", { worker: { command: [] } }, /trevor\.worker\.command: .*\[uv, run, arq/],
    ["no pods", { replicaCount: 0 }, /trevor\.replicaCount: expected a whole number from 1/],
    [
      "a port that is none",
      { service: { port: 70_000 } },
      /trevor\.service\.port: expected a whole number from 1 to 65535/,
    ],
    [
      "a load balancer, which the namespace's quota refuses",
      { service: { type: "LoadBalancer" } },
      /trevor\.service\.type: expected ClusterIP: the namespace's quota has no load balancers.*set ingress\.enabled/,
    ],
    [
      "a node port, which its network policies do not admit",
      { service: { type: "NodePort" } },
      /trevor\.service\.type: expected ClusterIP/,
    ],
    [
      "an unknown key",
      { replicacount: 1 },
      /trevor\.replicacount: unknown key; did you mean "(trevor\.)?replicaCount"/,
    ],
    [
      "an autoscaler upside down",
      { autoscaling: { enabled: true, minReplicas: 4 } },
      /autoscaling\.minReplicas: 4 is above maxReplicas/,
    ],
    ...[0, 101, "80", -1].map((targetCPUUtilizationPercentage): [string, object, RegExp] => [
      `[TR-20] a CPU target of ${JSON.stringify(targetCPUUtilizationPercentage)}`,
      { autoscaling: { enabled: true, targetCPUUtilizationPercentage } },
      /autoscaling\.targetCPUUtilizationPercentage: expected a whole number of percent from 1 to 100$/,
    ]),
    ...(["resources", "worker.resources"] as const).flatMap((key): [string, object, RegExp][] => {
      const set = (requests: object, memory = "1Gi"): object => {
        const resources = { requests: { memory: "1Gi", ...requests }, limits: { cpu: "1", memory } };
        const scaled = { autoscaling: { enabled: true, minReplicas: 2 }, migrations: { mode: "hook" } };
        return key === "resources" ? { ...scaled, resources } : { ...scaled, worker: { resources } };
      };
      const at = `trevor\\.${key.replace(".", "\\.")}`;
      return [
        [
          `[TR-20] ${key} without a CPU request`,
          set({}),
          new RegExp(`^${at}\\.requests\\.cpu: expected CPU as text`, "m"),
        ],
        [
          `[TR-20] ${key} with a CPU request of 0`,
          set({ cpu: "0" }),
          new RegExp(`^${at}\\.requests\\.cpu: expected more than 0: nothing is set aside, and an autoscaler`, "m"),
        ],
        [
          `[COS-33] ${key} with a memory limit of 0`,
          set({ cpu: "1" }, "0"),
          new RegExp(`^${at}\\.limits\\.memory: expected more than 0: Kubernetes takes that as no limit$`, "m"),
        ],
      ];
    }),
    ["an ingress without hosts", { ingress: { enabled: true } }, /trevor\.ingress\.hosts: expected at least one host/],
    ["a Secret without a name", { envFromSecrets: [{}] }, /trevor\.envFromSecrets\[0\]\.secretName/],
    [
      "a Secret twice",
      { envFromSecrets: [{ secretName: "a" }, { secretName: "a" }] },
      /envFromSecrets\[1\]\.secretName: the same as entry \[0\]/,
    ],
    [
      "annotations for nobody's account",
      { serviceAccount: { create: false, annotations: { a: "b" } } },
      /serviceAccount\.annotations: .*create is false/,
    ],
    [
      "servers for trials without their credentials",
      { datastores: true },
      /credentials\.from: datastores: true makes its own credentials/,
    ],
    [
      "generated credentials for a database elsewhere",
      { credentials: { from: "generated" } },
      /credentials\.from: generated credentials are for the servers/,
    ],
  ];
  for (const [title, given, line] of refused)
    it(`refuses ${title}, by key`, () => assert.match(mistakes(given).join("\n"), line));

  it("[TR-47] refuses a credential in env, by its name or its look, and shows nothing of it", () => {
    for (const env of [{ API_TOKEN: "hidden-word-1" }, { BROKER: "amqp://user:hidden-word-2@host/x" }]) {
      const said = mistakes({ env }).join("\n");
      assert.match(said, new RegExp(`trevor\\.env\\.${Object.keys(env)[0]}: .*Secret.*envFromSecrets`));
      assert.doesNotMatch(said, /hidden-word/);
    }
    assert.ok(trevorConfig.parse({ ...least, env: { LOG_LEVEL: "debug", WORKERS: 4, DEBUG: false } }));
  });

  it("refuses placeholders in addresses: the example's own, and those of manuals", () => {
    const given = {
      database_url: "postgresql://user:hidden-word@db/trevor",
      redis_url: "redis://:hidden-word@cache:6379/0",
    };
    trevorCredentials.parse(given);
    for (const [key, value] of [
      ["database_url", "postgresql://user:password@host:5432/database"],
      ["database_url", "postgresql://user:<password>@db/trevor"],
      ["database_url", "postgresql://user:changeme@db/trevor"],
      ["redis_url", "redis://:password@host:6379/0"],
      ["redis_url", "redis://:your-redis-password-here@cache:6379/0"],
    ] as const) {
      const { error } = trevorCredentials.safeParse({ ...given, [key]: value });
      const said = explainConfig(error ?? assert.fail(value), trevorCredentials, "trevorCredentials");
      const set = `pulumi config set --secret --path trevorCredentials.${key}`;
      assert.deepEqual(said, [`trevorCredentials.${key}: still a placeholder; put the real address: ${set}`]);
    }
  });

  it("refuses addresses that are none, without showing them", () => {
    const { error } = trevorCredentials.safeParse({
      database_url: "mysql://a:hidden-word@b/c",
      redis_url: "hidden-word",
    });
    const said = explainConfig(error ?? assert.fail("accepted"), trevorCredentials, "trevorCredentials").join("\n");
    assert.match(said, /trevorCredentials\.database_url: .*postgresql:\/\//);
    assert.match(said, /trevorCredentials\.redis_url: .*redis:\/\//);
    assert.doesNotMatch(said, /hidden-word/);
    assert.deepEqual(
      Object.keys(
        trevorCredentials.parse({ database_url: "postgresql+asyncpg://a:b@c/d", redis_url: "rediss://:x@y:1/0" }),
      ),
      ["DATABASE_URL", "REDIS_URL"],
    );
  });

  it("[TR-48] production is refused one pod of the API and a database nobody migrates; staging and dev are not", () => {
    const alone = stackMistakes("prod", { migrations: { mode: "none" } });
    assert.equal(alone.length, 2, alone.join("\n"));
    assert.match(alone.join("\n"), /^hardened:trevor\.replicaCount: production needs at least 2 pods.* it is 1$/m);
    assert.match(alone.join("\n"), /^hardened:trevor\.migrations: nobody migrates/m);
    const scaled = { autoscaling: { enabled: true, minReplicas: 1 } };
    assert.match(stackMistakes("prod", scaled).join(), /^hardened:trevor\.autoscaling\.minReplicas: production needs/);
    assert.deepEqual(stackMistakes("prod", { replicaCount: 2 }), []);
    assert.deepEqual(stackMistakes("prod", { autoscaling: { enabled: true, minReplicas: 2 } }), []);
    for (const environment of ["staging", "dev"])
      assert.deepEqual(stackMistakes(environment, { migrations: { mode: "none" } }), []);
    assert.deepEqual(stackMistakes("prod", { enabled: false }), []);
  });
});
